// store/reports/journeys.ts: what visitors do one after the other: funnels, cohorts that return, paths through the pages.
import { DAY_MS } from '../../contract/index.ts';
import { invariant } from '../../core/index.ts';
import type { Db, SiteRow } from '../db.ts';
import type { ReportRange } from './event-source.ts';
import { readReports, sqlInteger } from './event-source.ts';

/** Steps of a funnel at most. */
export const FUNNEL_STEPS_MAX = 8;
/** Weeks of a retention report at most. */
export const RETENTION_WEEKS_MAX = 8;
/** Moves of a path report at most. */
export const PATHS_MAX = 100;

const WEEK_MS: number = 7 * DAY_MS;

const literal = (name: string): string => {
  invariant(/^[a-z][a-z0-9_]{0,39}$/.test(name), 'P7: only an event’s name gets into a query');
  return `'${name}'`;
};

/**
 * Counts visitors by how far they got: `reached[i]` did the first i + 1 steps, each not before the one before it. The same
 * step twice takes two events.
 */
export async function readFunnel(
  db: Db,
  site: SiteRow,
  range: ReportRange,
  steps: readonly string[],
): Promise<readonly number[]> {
  // The events of the steps are read once, as small numbers: the same name has the same number.
  const kinds = [...new Set(steps)];
  const kind = kinds.map((step, nth) => `WHEN ${literal(step)} THEN ${nth}`).join(' ');
  const ctes = steps.map((step, nth) => {
    const own = `kind = ${kinds.indexOf(step)}`;
    if (nth === 0) return `s0 AS MATERIALIZED (SELECT visitor, min(ms) AS ms FROM k WHERE ${own} GROUP BY visitor)`;
    const later = step === steps[nth - 1] ? '>' : '>=';
    return `s${nth} AS MATERIALIZED (SELECT k.visitor AS visitor, min(k.ms) AS ms FROM k JOIN s${nth - 1} AS b ON b.visitor = k.visitor
      WHERE ${own} AND k.ms ${later} b.ms GROUP BY k.visitor)`;
  });
  const query = `, k AS MATERIALIZED (SELECT visitor, ms, CASE name ${kind} END AS kind FROM ev
      WHERE visitor IS NOT NULL AND name IN (${kinds.map(literal).join(', ')})), ${ctes.join(', ')}
    SELECT ${steps.map((_, nth) => `(SELECT count(*) FROM s${nth}) AS r${nth}`).join(', ')}`;
  const [rows = []] = await readReports(db, site, range, [query]);
  return steps.map((_, nth) => Number(rows[0]?.[`r${nth}`] ?? 0));
}

/** Visitors who were first seen in one week of the range, and how many of them came in each week from then on. */
export interface ExactCohort {
  /** Weeks after the first of the range. */
  readonly week: number;
  /** The first is the cohort's size. */
  readonly returned: readonly number[];
}

/** Counts cohorts among visitors who agreed to be recognised; the others can't return. @param weeks of the range, whole. */
export async function readCohorts(db: Db, site: SiteRow, from: number, weeks: number): Promise<readonly ExactCohort[]> {
  const week = `CAST(floor((ms - ${sqlInteger(from)}) * 1.0 / ${WEEK_MS}) AS INTEGER)`;
  const query = `, active AS (SELECT DISTINCT visitor, ${week} AS week FROM ev WHERE linked = 1 AND visitor IS NOT NULL),
    first AS (SELECT visitor, min(week) AS week FROM active GROUP BY visitor)
    SELECT f.week AS cohort, a.week - f.week AS after, count(*) AS visitors FROM active AS a JOIN first AS f ON f.visitor = a.visitor
    GROUP BY f.week, a.week - f.week`;
  const [rows = []] = await readReports(db, site, { from, to: from + weeks * WEEK_MS }, [query]);
  const counts = new Map(rows.map((row) => [`${row['cohort']} ${row['after']}`, Number(row['visitors'])]));
  return Array.from({ length: weeks }, (_, cohort) => ({
    week: cohort,
    returned: Array.from({ length: weeks - cohort }, (_unused, after) => counts.get(`${cohort} ${after}`) ?? 0),
  }));
}

/** How often one page was followed by another within a visit. */
export interface ExactMove {
  /** Undefined where the visit began with `to`. */
  readonly from: string | undefined;
  /** Undefined where the visit ended with `from`. */
  readonly to: string | undefined;
  readonly moves: number;
  readonly visitors: number;
}

/** A silence longer than this ends a visit (core/sessions.ts). */
const VISIT_GAP_MS = 1_800_000;

/** Counts moves between pages, the most frequent first. A page that was only loaded again is no move. */
export async function readPaths(
  db: Db,
  site: SiteRow,
  range: ReportRange,
  visitorsMin: number,
): Promise<readonly ExactMove[]> {
  const query = `, views AS (SELECT visitor, day, ms, path, lag(path) OVER w AS before, ms - lag(ms) OVER w AS since,
      lead(ms) OVER w - ms AS till FROM ev WHERE name = 'page_view' AND path IS NOT NULL AND visitor IS NOT NULL
      WINDOW w AS (PARTITION BY visitor, day ORDER BY ms, seq)),
    moves AS (SELECT visitor, CASE WHEN since IS NULL OR since > ${VISIT_GAP_MS} THEN NULL ELSE before END AS origin, path AS target FROM views
      UNION ALL SELECT visitor, path, NULL FROM views WHERE till IS NULL OR till > ${VISIT_GAP_MS})
    SELECT origin, target, count(*) AS moves, count(DISTINCT visitor) AS visitors FROM moves
    WHERE origin IS NULL OR target IS NULL OR origin <> target GROUP BY origin, target
    HAVING count(DISTINCT visitor) >= ${sqlInteger(visitorsMin)} ORDER BY moves DESC, coalesce(origin, ''), coalesce(target, '') LIMIT ${PATHS_MAX}`;
  const [rows = []] = await readReports(db, site, range, [query]);
  return rows.map((row) => ({
    from: row['origin'] === null ? undefined : String(row['origin']),
    to: row['target'] === null ? undefined : String(row['target']),
    moves: Number(row['moves']),
    visitors: Number(row['visitors']),
  }));
}
