// store/reports/baskets.ts: what was bought together, the newest orders first.
import { DAY_MS } from '../../contract/index.ts';
import type { Item } from '../../contract/index.ts';
import type { Db, SiteRow } from '../db.ts';
import { readReports } from './event-source.ts';

/** Orders that patterns are looked for in at most. */
export const BASKETS_MAX = 100_000;
/** Items taken of one order at most: bounds what one order tells of itself (`segmenter/patterns/blurred-sets.ts`). */
export const BASKET_ITEMS_TAKEN = 5;

/** Ids of the items of each order in the days before an instant, each id once, at most {@link BASKET_ITEMS_TAKEN}. */
export async function readBaskets(db: Db, site: SiteRow, to: number, days: number): Promise<string[][]> {
  const query = `SELECT max(items) AS items FROM ev WHERE name = 'purchase' AND items IS NOT NULL
    GROUP BY coalesce(order_key, 'event ' || CAST(seq AS VARCHAR)) ORDER BY max(seq) DESC LIMIT ${BASKETS_MAX}`;
  const [rows = []] = await readReports(db, site, { from: to - days * DAY_MS, to }, [query]);
  return rows.map((row) => {
    // The collector wrote the column from checked items.
    const items = JSON.parse(String(row['items'])) as readonly Item[];
    return [...new Set(items.map(({ id }) => id))].slice(0, BASKET_ITEMS_TAKEN);
  });
}
