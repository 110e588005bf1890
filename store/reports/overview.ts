// store/reports/overview.ts: the queries behind the overview of a site: by day, by page and by how visitors came.
import type { Db, SiteRow } from '../db.ts';
import type { ReportRange, ReportRow } from './event-source.ts';
import { readReports, sqlInteger, VITALS } from './event-source.ts';

/** Rows of one breakdown at most. */
export const BREAKDOWN_ROWS_MAX = 200;

/** One UTC day, exactly: never published as it is. */
export interface ExactDay {
  /** Whole days since 1970. */
  readonly day: number;
  /** Page views of the whole day. */
  readonly views: number;
  /** What follows counts people, up to the instant asked for alone. */
  readonly visitors: number;
  readonly visits: number;
  readonly orders: number;
  /** Minor units, in the currency of most orders. */
  readonly revenue: number;
}

/** Views by a word. */
export interface ExactCount {
  readonly of: string;
  readonly views: number;
}

/** An overview, exactly. */
export interface ExactOverview {
  readonly days: readonly ExactDay[];
  readonly currency: string | undefined;
  readonly pages: readonly ExactCount[];
  readonly countries: readonly ExactCount[];
  /** `of` is the position in the list of core/context.ts. */
  readonly devices: readonly ExactCount[];
  readonly channels: readonly ExactCount[];
  readonly vitals: readonly { readonly of: string; readonly p75: number; readonly measured: number }[];
}

/** A silence longer than this begins another visit (core/sessions.ts). */
const VISIT_GAP_MS = 1_800_000;

// A purchase without an order id is an order by itself.
const ORDERS = `SELECT coalesce(order_key, 'event ' || CAST(seq AS VARCHAR)) AS order_id, min(day) AS day, min(ms) AS ms,
    min(currency) AS currency, max(value) AS value FROM ev WHERE name = 'purchase' GROUP BY 1`;

const breakdown = (
  column: string,
  where: string,
): string => `SELECT CAST(${column} AS VARCHAR) AS of_word, count(*) AS views
  FROM ev WHERE name = 'page_view' AND ${where} GROUP BY 1 ORDER BY views DESC, of_word LIMIT ${BREAKDOWN_ROWS_MAX}`;

const quartile = (name: string): string => `SELECT '${name}' AS of_word, min(${name}) AS p75, max(n) AS measured FROM (
  SELECT ${name}, row_number() OVER (ORDER BY ${name}) AS nth, count(*) OVER () AS n FROM ev WHERE name = 'web_vitals' AND ${name} IS NOT NULL)
  WHERE nth * 4 >= n * 3`;

/** @param peopleTo people are counted up to this instant, epoch ms. */
const queriesOf = (peopleTo: number): string[] => [
  `SELECT day, count(CASE WHEN name = 'page_view' THEN 1 END) AS views,
    count(DISTINCT CASE WHEN ms < ${sqlInteger(peopleTo)} THEN visitor END) AS visitors FROM ev GROUP BY day ORDER BY day`,
  `SELECT day, count(*) AS visits FROM (SELECT day, ms - lag(ms) OVER (PARTITION BY visitor, day ORDER BY ms) AS gap
    FROM ev WHERE visitor IS NOT NULL AND ms < ${sqlInteger(peopleTo)}) WHERE gap IS NULL OR gap > ${VISIT_GAP_MS} GROUP BY day`,
  `SELECT day, coalesce(currency, '') AS currency, count(*) AS orders, coalesce(sum(value), 0) AS revenue FROM (${ORDERS})
    WHERE ms < ${sqlInteger(peopleTo)} GROUP BY day, coalesce(currency, '')`,
  breakdown('path', 'path IS NOT NULL'),
  breakdown('country', "country <> ''"),
  breakdown('device', 'device <> 0'),
  // Pages inside a visit say nothing of how it began.
  breakdown('channel', 'channel <> 0'),
  VITALS.map((name) => `SELECT * FROM (${quartile(name)})`).join(' UNION ALL '),
];

const countsOf = (rows: readonly ReportRow[]): ExactCount[] =>
  rows.map((row) => ({ of: String(row['of_word']), views: Number(row['views']) }));

/** Computes an overview. Days without events are left out. */
export async function readOverview(
  db: Db,
  site: SiteRow,
  range: ReportRange,
  peopleTo: number,
): Promise<ExactOverview> {
  const [days = [], visits = [], orders = [], pages = [], countries = [], devices = [], channels = [], vitals = []] =
    await readReports(db, site, range, queriesOf(peopleTo));
  const currency = mainOf(orders);
  const visitsOn = new Map(visits.map((row) => [Number(row['day']), Number(row['visits'])]));
  return {
    days: days.map((row) => {
      const day = Number(row['day']);
      const sold = orders.filter((one) => Number(one['day']) === day);
      const own = sold.filter((one) => one['currency'] === currency);
      return {
        day,
        views: Number(row['views']),
        visitors: Number(row['visitors']),
        visits: visitsOn.get(day) ?? 0,
        orders: sold.reduce((sum, one) => sum + Number(one['orders']), 0),
        revenue: own.reduce((sum, one) => sum + Number(one['revenue']), 0),
      };
    }),
    currency,
    pages: countsOf(pages),
    countries: countsOf(countries),
    devices: countsOf(devices),
    channels: countsOf(channels),
    vitals: vitals.flatMap((row) =>
      row['p75'] === null
        ? []
        : [{ of: String(row['of_word']), p75: Number(row['p75']), measured: Number(row['measured']) }],
    ),
  };
}

/** The currency of most orders, ties to the first by alphabet. */
function mainOf(orders: readonly ReportRow[]): string | undefined {
  const counts = new Map<string, number>();
  for (const row of orders) {
    const currency = String(row['currency']);
    if (currency !== '') counts.set(currency, (counts.get(currency) ?? 0) + Number(row['orders']));
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0];
}
