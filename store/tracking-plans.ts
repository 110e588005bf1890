// store/tracking-plans.ts: tracking plans by version, and how often events had what against them.
import type { InStatement } from '@libsql/client';
import type { PlanFinding, PlanMode, PlanReason } from '../core/index.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** A stored plan. */
export interface StoredPlan {
  readonly version: number;
  readonly setAt: number;
  /** The plan as JSON. */
  readonly plan: string;
}

/** Findings of the same kind on one day of arrival. */
export interface PlanFindingCount extends PlanFinding {
  /** Whole days since 1970-01-01 UTC. */
  readonly day: number;
  readonly events: number;
}

/** Findings that are read at most. */
const FINDINGS_MAX = 10_000;

interface SiteName {
  readonly row: SiteRow;
  readonly id: string;
}

/** Puts a plan in force, as the site's next version. @returns that version. */
export async function setTrackingPlan(db: Db, site: SiteName, plan: string, at: number): Promise<number> {
  const next = '(SELECT coalesce(max(version), 0) FROM tracking_plans WHERE site_id = ?1)';
  const results = await db.client.batch(
    [
      {
        sql: `INSERT INTO tracking_plans (site_id, version, set_at, plan) VALUES (?1, ${next} + 1, ?2, ?3)`,
        args: [site.row, at, plan],
      },
      { sql: `UPDATE sites SET plan_version = ${next} WHERE id = ?1`, args: [site.row] },
      await auditStatement({ kind: 'plan_changed', site: site.id, isSet: true, at }, 'if_changed'),
      { sql: 'SELECT plan_version AS version FROM sites WHERE id = ?1', args: [site.row] },
    ],
    'write',
  );
  return Number(results.at(-1)?.rows[0]?.['version']);
}

/** Takes a site's events without a plan again; the versions stay. */
export async function dropTrackingPlan(db: Db, site: SiteName, at: number): Promise<void> {
  await db.client.batch(
    [
      { sql: 'UPDATE sites SET plan_version = NULL WHERE id = ? AND plan_version IS NOT NULL', args: [site.row] },
      await auditStatement({ kind: 'plan_changed', site: site.id, isSet: false, at }, 'if_changed'),
    ],
    'write',
  );
}

/** A version of a site's plan; without one the version in force, or undefined where there is none. */
export async function readTrackingPlan(db: Db, site: SiteRow, version?: number): Promise<StoredPlan | undefined> {
  const { rows } = await db.client.execute({
    sql: `SELECT version, set_at, plan FROM tracking_plans
      WHERE site_id = ?1 AND version = coalesce(?2, (SELECT plan_version FROM sites WHERE id = ?1))`,
    args: [site, version ?? null],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  return { version: Number(row['version']), setAt: Number(row['set_at']), plan: textOf(row, 'plan') };
}

/** What a site's events had against its plan from a day on, the most frequent first. */
export async function readPlanFindings(db: Db, site: SiteRow, fromDay: number): Promise<PlanFindingCount[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT day, mode, reason, event, property, events FROM plan_findings WHERE site_id = ? AND day >= ?
      ORDER BY events DESC, day DESC, reason, event, property LIMIT ?`,
    args: [site, fromDay, FINDINGS_MAX],
  });
  return rows.map((row) => ({
    day: Number(row['day']),
    mode: textOf(row, 'mode') as Exclude<PlanMode, 'allow'>,
    reason: textOf(row, 'reason') as PlanReason,
    event: textOf(row, 'event'),
    property: textOf(row, 'property'),
    events: Number(row['events']),
  }));
}

/** Counts findings; run it in the transaction of the events they are about. */
export function findingStatements(
  jobs: readonly { readonly site: SiteRow; readonly day: number; readonly findings?: readonly PlanFinding[] }[],
): InStatement[] {
  const rows = jobs.flatMap(({ site, day, findings = [] }) =>
    findings.map(({ mode, reason, event, property }) => [site, day, mode, reason, event, property]),
  );
  if (rows.length === 0) return [];
  return [
    {
      sql: `INSERT INTO plan_findings (site_id, day, mode, reason, event, property, events)
        SELECT value ->> '$[0]', value ->> '$[1]', value ->> '$[2]', value ->> '$[3]', value ->> '$[4]', value ->> '$[5]', count(*)
        FROM json_each(?) WHERE true GROUP BY 1, 2, 3, 4, 5, 6 ON CONFLICT DO UPDATE SET events = events + excluded.events`,
      args: [JSON.stringify(rows)],
    },
  ];
}
