// store/reports/results.ts: numbers about people that were answered, frozen, and what they cost (P3).
import type { Db, SiteRow } from '../db.ts';
import { textOf } from '../rows.ts';

/** An answer as it was given. */
export interface ReportResult {
  readonly kind: string;
  readonly key: string;
  readonly at: number;
  /** Sets of visitors that one visitor can be in by it. */
  readonly units: number;
  /** The order of arrival it was computed up to. */
  readonly seq: number;
  /** The published form, JSON. */
  readonly result: string;
}

/** Answers kept of a site at most; the oldest go. What went can be asked again, at its price. */
const RESULTS_MAX = 5_000;

/** Answers of a kind by key. */
export async function readResults(
  db: Db,
  site: SiteRow,
  kind: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, ReportResult>> {
  const { rows } = await db.client.execute({
    sql: `SELECT r.key, r.at, r.units, r.seq, r.result FROM json_each(?) AS wanted
      CROSS JOIN report_results AS r ON r.site_id = ? AND r.kind = ? AND r.key = wanted.value`,
    args: [JSON.stringify(keys), site, kind],
  });
  return new Map(
    rows.map((row) => [
      textOf(row, 'key'),
      {
        kind,
        key: textOf(row, 'key'),
        at: Number(row['at']),
        units: Number(row['units']),
        seq: Number(row['seq']),
        result: textOf(row, 'result'),
      },
    ]),
  );
}

/** What a site's answers since an instant cost, and when the first of them was given. */
export async function readSpent(
  db: Db,
  site: SiteRow,
  since: number,
): Promise<{ readonly units: number; readonly firstAt: number | undefined }> {
  const { rows } = await db.client.execute({
    sql: 'SELECT coalesce(sum(units), 0) AS units, min(at) AS first FROM report_results WHERE site_id = ? AND at > ? AND units > 0',
    args: [site, since],
  });
  const first = rows[0]?.['first'];
  return { units: Number(rows[0]?.['units'] ?? 0), firstAt: first == null ? undefined : Number(first) };
}

/** What a site's answers of one kind since an instant cost. */
export async function readSpentOn(db: Db, site: SiteRow, kind: string, since: number): Promise<number> {
  const { rows } = await db.client.execute({
    sql: 'SELECT coalesce(sum(units), 0) AS units FROM report_results WHERE site_id = ? AND kind = ? AND at > ?',
    args: [site, kind, since],
  });
  return Number(rows[0]?.['units'] ?? 0);
}

/**
 * Keeps answers, where the site can still pay for them. One statement, so that two requests at once can't both take the last
 * of the budget. @param budget units that may be spent since `since`. @returns whether they were kept.
 */
export async function keepResults(
  db: Db,
  site: SiteRow,
  results: readonly ReportResult[],
  { since, budget }: { readonly since: number; readonly budget: number },
): Promise<boolean> {
  if (results.length === 0) return true;
  const rows = JSON.stringify(
    results.map(({ kind, key, at, units, seq, result }) => [kind, key, at, units, seq, result]),
  );
  const cost = results.reduce((sum, { units }) => sum + units, 0);
  const [written] = await db.client.batch(
    [
      {
        sql: `INSERT INTO report_results (site_id, kind, key, at, units, seq, result)
          SELECT ?1, value ->> '$[0]', value ->> '$[1]', value ->> '$[2]', value ->> '$[3]', value ->> '$[4]', value ->> '$[5]'
          FROM json_each(?2) WHERE ?3 = 0 OR ?3 <= ?5 - (
            SELECT coalesce(sum(units), 0) FROM report_results WHERE site_id = ?1 AND at > ?4)
          ON CONFLICT DO UPDATE SET at = excluded.at, units = report_results.units + excluded.units, seq = excluded.seq, result = excluded.result`,
        args: [site, rows, cost, since, budget],
      },
      {
        sql: `DELETE FROM report_results WHERE site_id = ?1 AND rowid IN (SELECT rowid FROM report_results
          WHERE site_id = ?1 AND at <= ?2 ORDER BY at DESC LIMIT -1 OFFSET ${RESULTS_MAX})`,
        args: [site, since],
      },
    ],
    'deferred',
  );
  return (written?.rowsAffected ?? 0) > 0;
}
