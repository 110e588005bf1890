// store/schema/dead-letters.ts: tables of ground.db for events that were refused by themselves.
import { blob, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Events that were refused by themselves, scrubbed: to look at, and to replay after a fix. Bounded per site. */
export const deadLetters = sqliteTable(
  'dead_letters',
  {
    // AUTOINCREMENT: a letter's number is what an operator names it by; none is given twice.
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    siteId: integer('site_id').notNull(),
    /** What the stored event's id will be, 16 bytes (core/event-id.ts). */
    id: blob('id', { mode: 'buffer' }).notNull(),
    /** UTC day of arrival, in whose ledger it stands as invalid. */
    day: integer('day').notNull(),
    receivedAt: integer('received_at').notNull(),
    /** When the event happened by our clock; its arrival where that can't be told. */
    at: integer('at').notNull(),
    /** The way it came: `collect`, `events`, `import`. */
    via: text('via').notNull(),
    /** Where the event came from, a word; null for the tag's. */
    source: text('source'),
    /** Line of the import. */
    line: integer('line'),
    reason: text('reason').notNull(),
    /** JSON pointer into the event. */
    pointer: text('pointer').notNull(),
    /** The event as JSON in the wire's keys, scrubbed; null where it was too large to keep. */
    body: text('body'),
    /** Pseudonym, 12 bytes, as `visitors` holds it: a number of that table would keep visitors without events. */
    visitorKey: blob('visitor_key', { mode: 'buffer' }),
    linked: integer('linked').notNull(),
    purposes: integer('purposes').notNull(),
    policyVersion: integer('policy_version').notNull(),
    orderKey: blob('order_key', { mode: 'buffer' }),
    /** What it counts for against the site's bound. */
    bytes: integer('bytes').notNull(),
  },
  (table) => [
    uniqueIndex('dead_letters_id').on(table.siteId, table.id),
    // With the row's number in it, as every index: pages of a site in order.
    index('dead_letters_site').on(table.siteId),
  ],
);

/** How many dead letters a site has, and what became of those that went. */
export const deadLetterTotals = sqliteTable('dead_letter_totals', {
  siteId: integer('site_id').primaryKey(),
  letters: integer('letters').notNull().default(0),
  bytes: integer('bytes').notNull().default(0),
  /** Gone because newer ones needed the room. */
  evicted: integer('evicted').notNull().default(0),
  /** Gone because their time was over. */
  expired: integer('expired').notNull().default(0),
  replayed: integer('replayed').notNull().default(0),
  dropped: integer('dropped').notNull().default(0),
});
