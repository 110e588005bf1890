// store/schema/ground-imports.ts: the table of ground.db that says what imports over the API came to.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Imports, the newest of each site (`IMPORTS_KEPT`). Counts and reasons alone: what was sent is in `events` and `dead_letters`. */
export const importRuns = sqliteTable(
  'import_runs',
  {
    id: text('id').primaryKey(),
    siteId: integer('site_id').notNull(),
    /** The token or person that sent it, as the audit log names them. */
    by: text('by').notNull(),
    format: text('format').notNull(),
    dryRun: integer('dry_run').notNull(),
    startedAt: integer('started_at').notNull(),
    /** Null while it runs, and of one whose server was killed until the next one starts. */
    endedAt: integer('ended_at'),
    /** The problem that stopped it, or `interrupted`; null where it came to its end. */
    stopped: text('stopped'),
    lines: integer('lines').notNull().default(0),
    accepted: integer('accepted').notNull().default(0),
    nextLine: integer('next_line').notNull().default(1),
    /** Reasons with how many lines, a JSON object. */
    refused: text('refused').notNull().default('{}'),
  },
  (table) => [index('import_runs_site').on(table.siteId, table.startedAt)],
);
