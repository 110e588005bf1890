// store/reports/by-segment.ts: what members of segments did, counted segment by segment; exact, never published as it is.
//
// Read from the database and not from the mirror: who is in a segment is known here alone. Each is paid for and then frozen.
import type { Db, SiteRow } from '../db.ts';
import { textOf } from '../rows.ts';
import type { ReportRange } from './event-source.ts';

/** Words of one segment and kind that are read at most, the most frequent first. */
const WORDS_MAX = 50;
/** A silence longer than this begins another visit (core/sessions.ts). */
const VISIT_GAP_MS = 1_800_000;

/** What a visitor's favourite is chosen among. */
export type FavouriteKind = 'page' | 'item';

/** Visitors of a segment whose favourite is a page or item. */
export interface ExactFavourite {
  readonly segment: string;
  readonly kind: FavouriteKind;
  readonly word: string;
  readonly visitors: number;
}

// Events come first: a site's members of all segments are more rows than its newest events, and are looked up by visitor.
const OWN = `SELECT m.segment_id AS segment, e.visitor AS visitor, e.seq AS seq, e."at" AS ms, e.name AS name, e.path AS path,
    e.items AS items, e.order_key AS order_key, e.currency AS currency, e.value AS value
  FROM events AS e NOT INDEXED
    CROSS JOIN memberships AS m ON m.site_id = e.site_id AND m.visitor = e.visitor
  WHERE e.site_id = ?1 AND e."at" >= ?2 AND e."at" < ?3 AND e.visitor IS NOT NULL
    AND m.segment_id IN (SELECT value FROM json_each(?4))`;
const NAMED = (name: string): string => `(SELECT id FROM strings WHERE value = '${name}')`;
const SEEN: { readonly [K in FavouriteKind]: string } = {
  page: `SELECT segment, visitor, p.value AS word FROM own CROSS JOIN strings AS p ON p.id = own.path
    WHERE own.name = ${NAMED('page_view')}`,
  item: `SELECT segment, visitor, coalesce(i.value ->> '$.name', i.value ->> '$.id') AS word
    FROM own CROSS JOIN json_each(own.items) AS i WHERE own.items IS NOT NULL`,
};
// Each visitor counts once in a kind, at what they looked at most: the groups share no visitor.
const FAVOURITES = (kind: FavouriteKind): string => `WITH own AS MATERIALIZED (${OWN}),
    counted AS (SELECT segment, visitor, word, count(*) AS times FROM (${SEEN[kind]}) WHERE word IS NOT NULL GROUP BY 1, 2, 3),
    best AS (SELECT segment, word, row_number() OVER (PARTITION BY segment, visitor ORDER BY times DESC, word) AS nth FROM counted),
    sums AS (SELECT segment, word, count(*) AS visitors FROM best WHERE nth = 1 GROUP BY 1, 2)
  SELECT segment, word, visitors FROM (
    SELECT *, row_number() OVER (PARTITION BY segment ORDER BY visitors DESC, word) AS place FROM sums)
  WHERE place <= ${WORDS_MAX} ORDER BY segment, place`;

/** What members of some segments looked at most. */
export async function readFavourites(
  db: Db,
  site: SiteRow,
  { from, to }: ReportRange,
  segments: readonly string[],
): Promise<ExactFavourite[]> {
  const found: ExactFavourite[] = [];
  for (const kind of ['page', 'item'] as const) {
    const { rows } = await db.client.execute({
      sql: FAVOURITES(kind),
      args: [site, from, to, JSON.stringify(segments)],
    });
    for (const row of rows) {
      found.push({
        segment: textOf(row, 'segment'),
        kind,
        word: textOf(row, 'word'),
        visitors: Number(row['visitors']),
      });
    }
  }
  return found;
}

/** How a segment did over some days. */
export interface ExactSegmentTotals {
  readonly segment: string;
  readonly visitors: number;
  readonly visits: number;
  readonly orders: number;
  /** Minor units, in the currency of most orders of the segment. */
  readonly revenue: number;
  readonly currency: string | undefined;
}

const TOTALS_SQL = `WITH own AS MATERIALIZED (${OWN}),
    gaps AS (SELECT segment, visitor, ms - lag(ms) OVER (PARTITION BY segment, visitor ORDER BY ms) AS gap FROM own),
    people AS (SELECT segment, count(DISTINCT visitor) AS visitors,
      count(CASE WHEN gap IS NULL OR gap > ${VISIT_GAP_MS} THEN 1 END) AS visits FROM gaps GROUP BY segment),
    sold AS (SELECT segment, coalesce(hex(order_key), 'event ' || seq) AS id, min(currency) AS currency, max(value) AS value
      FROM own WHERE name = ${NAMED('purchase')} GROUP BY 1, 2),
    sums AS (SELECT segment, currency, count(*) AS orders, sum(value) AS revenue FROM sold GROUP BY 1, 2),
    main AS (SELECT segment, currency, revenue, row_number() OVER (PARTITION BY segment ORDER BY orders DESC, currency) AS nth FROM sums)
  SELECT p.segment, p.visitors, p.visits, coalesce((SELECT sum(orders) FROM sums WHERE segment = p.segment), 0) AS orders,
    coalesce(c.value, '') AS currency, coalesce(m.revenue, 0) AS revenue
  FROM people AS p LEFT JOIN main AS m ON m.segment = p.segment AND m.nth = 1 LEFT JOIN strings AS c ON c.id = m.currency
  ORDER BY p.segment`;

/** How members of some segments did over some days; a segment without events is left out. */
export async function readSegmentTotals(
  db: Db,
  site: SiteRow,
  { from, to }: ReportRange,
  segments: readonly string[],
): Promise<ExactSegmentTotals[]> {
  const { rows } = await db.client.execute({ sql: TOTALS_SQL, args: [site, from, to, JSON.stringify(segments)] });
  return rows.map((row) => {
    const currency = textOf(row, 'currency');
    return {
      segment: textOf(row, 'segment'),
      visitors: Number(row['visitors']),
      visits: Number(row['visits']),
      orders: Number(row['orders']),
      revenue: Number(row['revenue']),
      currency: currency === '' ? undefined : currency,
    };
  });
}

/** How many members of one segment are members of each of some others, too. */
export async function readOverlaps(
  db: Db,
  site: SiteRow,
  segment: string,
  others: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.client.execute({
    sql: `SELECT o.segment_id AS segment, count(*) AS visitors FROM memberships AS m
      CROSS JOIN memberships AS o ON o.site_id = m.site_id AND o.visitor = m.visitor
      WHERE m.site_id = ? AND m.segment_id = ? AND o.segment_id IN (SELECT value FROM json_each(?)) GROUP BY 1`,
    args: [site, segment, JSON.stringify(others)],
  });
  return new Map(rows.map((row) => [textOf(row, 'segment'), Number(row['visitors'])]));
}
