// store/schema/ground-notes.ts: tables of ground.db with what people wrote beside reports.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Annotations: what happened on a day, such as a campaign that began, for whoever reads a chart later. */
export const annotations = sqliteTable(
  'annotations',
  {
    // AUTOINCREMENT: a number of one that was deleted is never given again.
    id: integer('id').primaryKey({ autoIncrement: true }),
    siteId: integer('site_id').notNull(),
    /** The UTC day it is about, `YYYY-MM-DD`. */
    date: text('date').notNull(),
    text: text('text').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('annotations_date').on(table.siteId, table.date)],
);
