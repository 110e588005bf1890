// store/metrics.ts: what operators watch: the whole ledger summed, salts, and when tasks last ended.
import { DAY_MS } from '../contract/index.ts';
import type { LedgerOutcome } from './accept.ts';
import type { Db } from './db.ts';
import { textOf } from './rows.ts';

/** Events of one site, outcome and reason over all days. */
export interface LedgerTotal {
  /** The site's name, or '' where it is not known. */
  readonly site: string;
  readonly outcome: LedgerOutcome;
  readonly reason: string;
  readonly events: number;
}

/** How many salts of a use are alive, or overdue to be destroyed. */
export interface SaltCount {
  readonly use: string;
  readonly state: 'alive' | 'overdue';
  readonly salts: number;
}

/** When a task of the schedule last ended well. */
export interface TaskRun {
  readonly task: string;
  readonly finishedAt: number;
}

/** Sums the ledger: a few rows a site and day. */
export async function readLedgerTotals(db: Db): Promise<LedgerTotal[]> {
  const { rows } = await db.client.execute(
    `SELECT coalesce(s.name, '') AS site, l.outcome, l.reason, sum(l.events) AS events FROM ledger AS l
      LEFT JOIN sites AS s ON s.id = l.site_id GROUP BY l.site_id, l.outcome, l.reason ORDER BY l.site_id, l.outcome, l.reason`,
  );
  return rows.map((row) => ({
    site: textOf(row, 'site'),
    outcome: textOf(row, 'outcome') as LedgerOutcome,
    reason: textOf(row, 'reason'),
    events: Number(row['events']),
  }));
}

/** Counts salts; `now` is what overdue is measured by. */
export async function readSaltCounts(db: Db, now: number): Promise<SaltCount[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT use, destroy_at <= ? AS overdue, count(*) AS salts FROM salts GROUP BY 1, 2 ORDER BY 1, 2`,
    args: [now],
  });
  return rows.map((row) => ({
    use: textOf(row, 'use'),
    state: row['overdue'] === 1 ? 'overdue' : 'alive',
    salts: Number(row['salts']),
  }));
}

/** Says that a task ended well. */
export async function recordTaskRun(db: Db, task: string, finishedAt: number): Promise<void> {
  await db.client.execute({
    sql: `INSERT INTO task_runs (task, finished_at) VALUES (?, ?) ON CONFLICT DO UPDATE SET finished_at = excluded.finished_at`,
    args: [task, finishedAt],
  });
}

/** When tasks last ended well, by name; those that never did are left out. */
export async function readTaskRuns(db: Db): Promise<TaskRun[]> {
  const { rows } = await db.client.execute('SELECT task, finished_at FROM task_runs ORDER BY task');
  return rows.map((row) => ({ task: textOf(row, 'task'), finishedAt: Number(row['finished_at']) }));
}

/**
 * Since when events may have come, epoch ms; undefined where none did. The ledger knows days alone, and on a site's first day
 * midnight would be hours before the site was there.
 */
export async function readLedgerSince(db: Db): Promise<number | undefined> {
  const { rows } = await db.client.execute(
    'SELECT (SELECT min(day) FROM ledger) AS day, (SELECT min(created_at) FROM sites) AS site_at',
  );
  const day = rows[0]?.['day'];
  const siteAt = rows[0]?.['site_at'];
  if (typeof day !== 'number') return undefined;
  return Math.max(day * DAY_MS, typeof siteAt === 'number' ? siteAt : 0);
}
