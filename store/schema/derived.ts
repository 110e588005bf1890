// store/schema/derived.ts: tables of derived.db, all rebuildable from ground.db. Not backed up.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** One visitor's folded events: a JSON state that merges with others of its kind. */
export const profiles = sqliteTable(
  'profiles',
  {
    siteId: integer('site_id').notNull(),
    visitor: integer('visitor').notNull(),
    state: text('state').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.visitor] })],
);

/** How far the fold of a site has come; written in the transaction that writes the profiles it produced. */
export const watermarks = sqliteTable('watermarks', {
  siteId: integer('site_id').primaryKey(),
  seq: integer('seq').notNull(),
  /** Events folded, of those that were read. */
  events: integer('events').notNull(),
  /** Version of the profile states; another one is folded again from the start. */
  stateVersion: integer('state_version').notNull(),
});

/** Who may run the segmenter of a site now. */
export const leases = sqliteTable('leases', {
  name: text('name').primaryKey(),
  holder: text('holder').notNull(),
  expiresAt: integer('expires_at').notNull(),
});

/** Finished runs, each with its model, kept for comparison and rollback. */
export const models = sqliteTable(
  'models',
  {
    siteId: integer('site_id').notNull(),
    /** Counts up per site. */
    version: integer('version').notNull(),
    at: integer('at').notNull(),
    /** The published form as JSON: only what passed P3. */
    model: text('model').notNull(),
    /** Scaling, components, centroids, exact sizes, cleaning report: JSON for the next run and the operator, never published. */
    internals: text('internals').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.version] })],
);

/** Published segments of a model version, as the API answers them. */
export const segments = sqliteTable(
  'segments',
  {
    siteId: integer('site_id').notNull(),
    version: integer('version').notNull(),
    id: text('id').notNull(),
    /** The published form as JSON: only numbers that passed P3. */
    published: text('published').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.version, table.id] })],
);

/** Who is in which segment: internal, never published as such. */
export const memberships = sqliteTable(
  'memberships',
  {
    siteId: integer('site_id').notNull(),
    segmentId: text('segment_id').notNull(),
    visitor: integer('visitor').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.segmentId, table.visitor] }),
    // A visitor's segments are asked for while they wait, and brought up to date with every event of theirs.
    index('memberships_visitor').on(table.siteId, table.visitor),
  ],
);

/** Who entered or left a rule segment when: internal, never published as such. Kept for a bounded time. */
export const segmentChanges = sqliteTable(
  'segment_changes',
  {
    // AUTOINCREMENT: who reads on from a number must never meet it again.
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    siteId: integer('site_id').notNull(),
    segmentId: text('segment_id').notNull(),
    visitor: integer('visitor').notNull(),
    /** When it was found out, epoch ms. */
    at: integer('at').notNull(),
    /** 1 entered, 0 left. */
    entered: integer('entered').notNull(),
  },
  (table) => [
    index('segment_changes_visitor').on(table.siteId, table.visitor),
    index('segment_changes_at').on(table.siteId, table.at),
  ],
);

/** What the memberships of a site's rule segments were judged by; absent while they are not to be relied on. */
export const ruleMarks = sqliteTable('rule_marks', {
  siteId: integer('site_id').primaryKey(),
  /** Rules with their versions, as one text. */
  rules: text('rules').notNull(),
  /** UTC day, whole days since 1970-01-01. */
  day: integer('day').notNull(),
  /** ISO 4217, or '' where nobody bought anything. */
  currency: text('currency').notNull(),
});

/** Which model version the API answers with. Switching it is the last step of a run. */
export const releases = sqliteTable('releases', {
  siteId: integer('site_id').primaryKey(),
  version: integer('version').notNull(),
  at: integer('at').notNull(),
  /** Null where runs release new versions; else the version is held, and this is what its members were found by. */
  held: text('held'),
});

/** Files of the mirror (store/mirror.node.ts): one a stretch of arrival and UTC day. A file without a row here is rubbish. */
export const mirrorParts = sqliteTable(
  'mirror_parts',
  {
    siteId: integer('site_id').notNull(),
    /** Whole days since 1970-01-01 UTC, of the events. */
    day: integer('day').notNull(),
    /** Name below the day's folder. */
    file: text('file').notNull(),
    events: integer('events').notNull(),
    bytes: integer('bytes').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.day, table.file] })],
);

/** How far the mirror of a site has come, in order of arrival. */
export const mirrorMarks = sqliteTable('mirror_marks', {
  siteId: integer('site_id').primaryKey(),
  seq: integer('seq').notNull(),
  /** Raised when the columns of the files change; a mirror of another version is made anew. */
  version: integer('version').notNull(),
});

/** Numbers about people that a report was answered with: frozen, so that asking again tells nothing more (P3). Nothing in it names a visitor. */
export const reportResults = sqliteTable(
  'report_results',
  {
    siteId: integer('site_id').notNull(),
    /** `day`, `funnel`, `retention`, `preview` … */
    kind: text('kind').notNull(),
    /** What was asked, normalised. */
    key: text('key').notNull(),
    /** When it was answered first, epoch ms. */
    at: integer('at').notNull(),
    /** Sets of visitors that one visitor can be in by this answer; they are counted against the site's budget. */
    units: integer('units').notNull(),
    /** The order of arrival it was computed up to. */
    seq: integer('seq').notNull(),
    /** The published form, JSON. */
    result: text('result').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.kind, table.key] }),
    index('report_results_at').on(table.siteId, table.at),
  ],
);

/** What the last run found beside segments, in published form: item rules, predictions, trends, sizes of rule segments. */
export const insights = sqliteTable(
  'insights',
  {
    siteId: integer('site_id').notNull(),
    kind: text('kind').notNull(),
    /** What of it, such as a segment's id; '' where there is one alone. */
    key: text('key').notNull(),
    /** When the run was made, epoch ms. */
    at: integer('at').notNull(),
    /** JSON: only what passed P3. */
    published: text('published').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.kind, table.key] })],
);

/** Models that rules ask about one visitor: parameters alone, never published. A run learns them anew. */
export const visitorModels = sqliteTable(
  'visitor_models',
  {
    siteId: integer('site_id').notNull(),
    /** `value`, `chance` or `alike`. */
    kind: text('kind').notNull(),
    /** The outcome or the segment; '' where there is one alone. */
    key: text('key').notNull(),
    /** What it was learned from, such as a segment's version. */
    learnedOf: text('learned_of').notNull(),
    /** When, epoch ms. */
    at: integer('at').notNull(),
    model: text('model').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.kind, table.key] })],
);

/** Runs of the segmenter: when, what came of each, how long its stages took. Nothing in it names a visitor. */
export const runs = sqliteTable(
  'runs',
  {
    run: integer('run').primaryKey({ autoIncrement: true }),
    siteId: integer('site_id').notNull(),
    startedAt: integer('started_at').notNull(),
    endedAt: integer('ended_at'),
    /** See RunOutcome of store/runs.ts. */
    outcome: text('outcome').notNull(),
    version: integer('version'),
    /** JSON: stages with milliseconds and rows. */
    stages: text('stages').notNull(),
  },
  (table) => [index('runs_site').on(table.siteId, table.run)],
);
