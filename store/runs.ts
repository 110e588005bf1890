// store/runs.ts: which runs of the segmenter there were: when, what came of each, and how long its stages took.
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** Runs of one site that are remembered; older ones go with the next. */
export const RUNS_KEPT = 200;

/** What became of a run. `interrupted`: it ended without saying so, as by a kill; the next run found it. */
export const RUN_OUTCOMES = ['running', 'released', 'unchanged', 'lease_lost', 'failed', 'interrupted'] as const;
/** One of them. */
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** How long one stage took. */
export interface RunStage {
  readonly stage: string;
  readonly ms: number;
  /** What it went through, exactly: events of the fold, profiles of the others, segments of publishing. */
  readonly rows: number;
}

/** How a run ended. */
export interface RunEnd {
  readonly at: number;
  readonly outcome: Exclude<RunOutcome, 'running' | 'interrupted'>;
  /** The version that was released, or stood. */
  readonly version?: number;
  readonly stages: readonly RunStage[];
}

/** A run as it is remembered. */
export interface KeptRun {
  readonly run: number;
  readonly startedAt: number;
  /** Absent while it goes on, and of one that was interrupted. */
  readonly endedAt?: number;
  readonly outcome: RunOutcome;
  readonly version?: number;
  readonly stages: readonly RunStage[];
}

/** Notes that a run begins; the caller holds the site's lease, so whatever else seems to go on has ended. @returns its number. */
export async function beginRun(db: Db, site: SiteRow, at: number): Promise<number> {
  const results = await db.client.batch(
    [
      { sql: "UPDATE runs SET outcome = 'interrupted' WHERE site_id = ? AND outcome = 'running'", args: [site] },
      {
        sql: `DELETE FROM runs WHERE site_id = ?1 AND run <= (
          SELECT run FROM runs WHERE site_id = ?1 ORDER BY run DESC LIMIT 1 OFFSET ${RUNS_KEPT - 1})`,
        args: [site],
      },
      {
        sql: "INSERT INTO runs (site_id, started_at, outcome, stages) VALUES (?, ?, 'running', '[]') RETURNING run",
        args: [site, at],
      },
    ],
    'deferred',
  );
  return Number(results.at(-1)?.rows[0]?.['run']);
}

/** Notes how a run ended. One that another has found interrupted stays so. */
export async function endRun(db: Db, site: SiteRow, run: number, end: RunEnd): Promise<void> {
  await db.client.execute({
    sql: `UPDATE runs SET ended_at = ?, outcome = ?, version = ?, stages = ?
      WHERE site_id = ? AND run = ? AND outcome = 'running'`,
    args: [end.at, end.outcome, end.version ?? null, JSON.stringify(end.stages), site, run],
  });
}

/** Runs before a number, newest first. */
export async function readRuns(db: Db, site: SiteRow, before: number, limit: number): Promise<KeptRun[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT run, started_at, ended_at, outcome, version, stages FROM runs
      WHERE site_id = ? AND run < ? ORDER BY run DESC LIMIT ?`,
    args: [site, before, limit],
  });
  return rows.map((row) => ({
    run: Number(row['run']),
    startedAt: Number(row['started_at']),
    ...(row['ended_at'] === null ? {} : { endedAt: Number(row['ended_at']) }),
    outcome: RUN_OUTCOMES.find((outcome) => outcome === row['outcome']) ?? 'interrupted',
    ...(row['version'] === null ? {} : { version: Number(row['version']) }),
    stages: JSON.parse(textOf(row, 'stages')) as RunStage[],
  }));
}
