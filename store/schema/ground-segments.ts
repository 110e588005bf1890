// store/schema/ground-segments.ts: tables of ground.db that say what people made segments of.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Rule segments: what a person decided, so they are not derived. */
export const ruleSegments = sqliteTable(
  'rule_segments',
  {
    siteId: integer('site_id').notNull(),
    /** A word of the site's own; never one of a cluster's. */
    id: text('id').notNull(),
    name: text('name').notNull(),
    /** A SegmentRule as JSON, checked before it came here. */
    rule: text('rule').notNull(),
    /** Counts up with each change of the rule. */
    version: integer('version').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.id] })],
);

/** Traits that a site defines over its own events: what a person decided, so they are not derived. */
export const siteTraits = sqliteTable('site_traits', {
  siteId: integer('site_id').primaryKey(),
  /** Counts up with each change. */
  version: integer('version').notNull(),
  setAt: integer('set_at').notNull(),
  /** A JSON array of SiteTrait, checked before it came here. */
  traits: text('traits').notNull(),
});
