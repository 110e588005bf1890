// store/schema/ground-privacy.ts: tables of ground.db about whom a site's data is given to.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Whom a site's data is given to: told of every erasure, and named in files and records. Their signing keys are not here. */
export const destinations = sqliteTable(
  'destinations',
  {
    siteId: integer('site_id').notNull(),
    name: text('name').notNull(),
    /** Where erasures are told, https. */
    url: text('url').notNull(),
    /** What it is given and why, in words. */
    purpose: text('purpose').notNull(),
    addedAt: integer('added_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.name] })],
);
