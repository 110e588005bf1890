// store/schema/ground-rotation.ts: tables of ground.db for the time in which one long salt follows another.
import { blob, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Keys that visitors and accounts had under the long salt before this one: gone with that salt. */
export const formerKeys = sqliteTable(
  'former_keys',
  {
    siteId: integer('site_id').notNull(),
    key: blob('key', { mode: 'buffer' }).notNull(),
    /** Whose it was: `visitors` or `accounts`. */
    of: text('of').notNull(),
    id: integer('id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.key] })],
);

/** Keys that are being made for salts that are not stored yet: what a crash leaves of them is destroyed. */
export const pendingKeys = sqliteTable('pending_keys', {
  kekId: text('kek_id').primaryKey(),
  at: integer('at').notNull(),
});

/**
 * Keys of orders that are seen under the salts before and after a rotation: an order is stored under the key it was first
 * seen with, and what names it by the other finds it here.
 */
export const orderAliases = sqliteTable(
  'order_aliases',
  {
    siteId: integer('site_id').notNull(),
    key: blob('key', { mode: 'buffer' }).notNull(),
    /** The key that its events are stored under. */
    standsFor: blob('stands_for', { mode: 'buffer' }).notNull(),
    /** 1 where `key` is of the newer salt; 0 where it is of the older one and goes with it. */
    lasting: integer('lasting').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.key] })],
);
