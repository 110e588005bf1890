// store/schema/ground-exports.ts: tables of ground.db that say which exports of a site may be fetched over the API, and where their events are.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Exports, the newest of each site (`EXPORTS_KEPT`). No event is in it: what is fetched is read of `events` then (ADR 0061). */
export const eventExports = sqliteTable(
  'event_exports',
  {
    id: text('id').primaryKey(),
    siteId: integer('site_id').notNull(),
    /** The token or person that made it, as the audit log names them. */
    by: text('by').notNull(),
    format: text('format').notNull(),
    /** Of events from this instant to before that, epoch ms. */
    fromAt: integer('from_at').notNull(),
    toAt: integer('to_at').notNull(),
    /** The last event that was committed when it was made. */
    snapshot: integer('snapshot').notNull(),
    /** How many there were then. */
    events: integer('events').notNull(),
    /** The parts it is fetched in, a JSON array of `[after, upto, events]` by `seq`; empty of one from before there were parts. */
    parts: text('parts').notNull().default('[]'),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    index('event_exports_site').on(table.siteId, table.createdAt),
    index('event_exports_expiry').on(table.expiresAt),
  ],
);

/** Of which days each site's events in a full block of the order of arrival are at most (store/event-spans.ts). */
export const eventSpans = sqliteTable(
  'event_spans',
  {
    siteId: integer('site_id').notNull(),
    /** `seq` divided by `EVENTS_A_SPAN`. */
    block: integer('block').notNull(),
    /** Whole days since 1970-01-01 UTC, of the earliest event and of the last. */
    fromDay: integer('from_day').notNull(),
    toDay: integer('to_day').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.block] }), index('event_spans_block').on(table.block)],
);
