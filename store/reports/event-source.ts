// store/reports/event-source.ts: what reports read: a site's events of a stretch of time as the table `ev`, whichever engine holds them.
//
// A report is one SQL text over `ev` that SQLite and DuckDB read alike: no `/` of whole numbers, no function of one of them.
import { DAY_MS } from '../../contract/index.ts';
import type { Db, SiteRow } from '../db.ts';

/** Stretch of time, epoch ms; `to` is the first instant outside. */
export interface ReportRange {
  readonly from: number;
  readonly to: number;
}

/** A row of a report; numbers are doubles. */
export type ReportRow = Readonly<Record<string, string | number | null>>;

/**
 * A quicker place to read events from than the database. @returns undefined where it holds nothing of the site: then the
 * database is asked.
 */
export type ReportReader = (
  site: SiteRow,
  range: ReportRange,
  queries: readonly string[],
) => Promise<ReportRow[][] | undefined>;

/** Web vitals that reports speak of. */
export const VITALS = ['lcp', 'inp', 'cls'] as const;

/** Everything that `ev` says of an event. */
export const EVENT_SOURCE_SQL = `SELECT e.seq AS seq, e.visitor AS visitor, e."at" AS ms, e."at" / ${DAY_MS} AS day,
    n.value AS name, p.value AS path, coalesce(x.country, '') AS country, coalesce(x.device, 0) AS device,
    coalesce(x.channel, 0) AS channel, nullif(lower(hex(e.order_key)), '') AS order_key, c.value AS currency, e.value AS value,
    e.items AS items, ${VITALS.map(
      (name) => `CASE WHEN json_type(e.properties, '$.${name}') IN ('integer', 'real')
      THEN json_extract(e.properties, '$.${name}') END AS ${name}`,
    ).join(', ')}, CASE WHEN v.linked = 1 THEN 1 ELSE 0 END AS linked
  FROM events AS e NOT INDEXED CROSS JOIN strings AS n ON n.id = e.name LEFT JOIN strings AS p ON p.id = e.path
    LEFT JOIN strings AS c ON c.id = e.currency LEFT JOIN contexts AS x ON x.id = e.context
    LEFT JOIN visitors AS v ON v.id = e.visitor`;

/** A whole number as SQL; anything else is 0, so that nothing but digits can get into a statement. */
export const sqlInteger = (value: number): string => String(Number.isSafeInteger(value) ? value : 0);

/** Asks queries over `ev` of one site and stretch of time. */
export async function readReports(
  db: Db,
  site: SiteRow,
  range: ReportRange,
  queries: readonly string[],
): Promise<ReportRow[][]> {
  const read = await db.reports?.(site, range, queries);
  if (read !== undefined) return read;
  const source = `${EVENT_SOURCE_SQL} WHERE e.site_id = ${sqlInteger(site)} AND e."at" >= ${sqlInteger(range.from)} AND e."at" < ${sqlInteger(range.to)}`;
  const answers: ReportRow[][] = [];
  for (const query of queries) {
    const { rows } = await db.client.execute(`WITH ev AS MATERIALIZED (${source}) ${query}`);
    answers.push(rows.map((row) => ({ ...row }) as ReportRow));
  }
  return answers;
}

/** How far the order of arrival has come, over all sites. */
export async function newestArrival(db: Db): Promise<number> {
  const { rows } = await db.client.execute('SELECT coalesce(max(seq), 0) AS seq FROM events');
  return Number(rows[0]?.['seq'] ?? 0);
}

/** Whether events of the stretch came after `seq`. */
export async function hasArrivals(db: Db, site: SiteRow, range: ReportRange, seq: number): Promise<boolean> {
  const { rows } = await db.client.execute({
    sql: 'SELECT 1 FROM events NOT INDEXED WHERE seq > ? AND site_id = ? AND "at" >= ? AND "at" < ? LIMIT 1',
    args: [seq, site, range.from, range.to],
  });
  return rows.length > 0;
}
