// store/schema/ground-collector.ts: tables of ground.db that the collector's own stages keep: contexts, tracking plans, task runs.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What is known of where and how an event came, as a few words from closed lists: one row for all events that share them. */
export const contexts = sqliteTable('contexts', {
  id: integer('id').primaryKey(),
  /** The columns below as a JSON array, by which a row is found again. */
  code: text('code').notNull().unique(),
  /** ISO 3166-1 alpha-2, or ''. */
  country: text('country').notNull(),
  /** ISO 3166-2 without its country, or ''. */
  region: text('region').notNull(),
  /** Positions in the lists of core/context.ts. */
  device: integer('device').notNull(),
  browser: integer('browser').notNull(),
  os: integer('os').notNull(),
  /** ISO 639-1, or ''. */
  language: text('language').notNull(),
  /** IANA name, or ''. */
  timeZone: text('time_zone').notNull(),
  channel: integer('channel').notNull(),
  /** Where the event came from, a word; see core/context.ts. */
  source: text('source').notNull().default('web'),
});

/** Tracking plans, each version kept: a stored event is read by the plan it came under. */
export const trackingPlans = sqliteTable(
  'tracking_plans',
  {
    siteId: integer('site_id').notNull(),
    /** Counts up per site. */
    version: integer('version').notNull(),
    setAt: integer('set_at').notNull(),
    /** The plan as JSON, checked before it came here. */
    plan: text('plan').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.version] })],
);

/** What events had against the plan, counted per site and day of arrival; names are the plan's own, never the page's. */
export const planFindings = sqliteTable(
  'plan_findings',
  {
    siteId: integer('site_id').notNull(),
    /** Whole days since 1970-01-01 UTC, of arrival. */
    day: integer('day').notNull(),
    /** `warn` where the event was kept, `reject` where it was refused. */
    mode: text('mode').notNull(),
    reason: text('reason').notNull(),
    /** An event of the plan, or '' where it knows none of this name. */
    event: text('event').notNull(),
    /** A property of the plan, or ''. */
    property: text('property').notNull(),
    events: integer('events').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.day, table.mode, table.reason, table.event, table.property] }),
  ],
);

/**
 * Page views by what the page told of consent, counted per site and day of arrival whatever became of them: the consent funnel
 * (docs/adr/0047-consent-is-counted-by-page-views.md). Of nobody: no key, no page, no time but the day.
 */
export const consentCounts = sqliteTable(
  'consent_counts',
  {
    siteId: integer('site_id').notNull(),
    /** Whole days since 1970-01-01 UTC, of arrival. */
    day: integer('day').notNull(),
    /** `unasked`, `refused` or `granted`. */
    state: text('state').notNull(),
    /** Purposes that were granted, as bits: before the site's policy and GPC. */
    purposes: integer('purposes').notNull(),
    /** 1 where the request carried `Sec-GPC: 1`. */
    gpc: integer('gpc').notNull(),
    views: integer('views').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.day, table.state, table.purposes, table.gpc] })],
);

/** When a task of the schedule last ended well. */
export const taskRuns = sqliteTable('task_runs', {
  task: text('task').primaryKey(),
  finishedAt: integer('finished_at').notNull(),
});

/** What is remembered of the clock (core/clock-trust.ts): one row. */
export const clock = sqliteTable('clock', {
  id: integer('id').primaryKey(),
  /** The latest instant that was believed, epoch ms. */
  trustedAt: integer('trusted_at').notNull(),
  /** The first and the last of the readings past it that are not believed yet. */
  aheadSince: integer('ahead_since'),
  aheadLast: integer('ahead_last'),
});

/** Sums of events in blocks by `seq`, by which damage is seen (store/event-sums.ts); triggers remove one where a row of its block changes. */
export const eventSums = sqliteTable('event_sums', {
  /** `seq` by 1,024, rounded down. */
  block: integer('block').primaryKey(),
  /** Which columns are summed: a sum of others is none. */
  form: integer('form').notNull(),
  /** The last event that is in the sum. */
  upto: integer('upto').notNull(),
  /** Sum of the rows' sums, modulo 2^32. */
  sum: integer('sum').notNull(),
});
