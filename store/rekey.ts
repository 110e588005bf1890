// store/rekey.ts: gives visitors, accounts and orders their key under the new long salt when they are met after a rotation.
//
// The row keeps its number, so its whole history follows by changing one key. What is still under way with the key of
// before finds the row by `former_keys`, which goes with the old salt.
import type { InStatement } from '@libsql/client';
import type { Db, SiteRow } from './db.ts';
import { overwriting } from './retention-walk.ts';
import { firstTelling, tellersOf, tellsAnew } from './told-anew.ts';

type Pair = readonly [key: string, former: string];

const renamed = (table: 'visitors' | 'accounts'): string =>
  `UPDATE OR IGNORE ${table} SET key = unhex(pair.value ->> '$[0]') FROM json_each(?2) AS pair
    WHERE ${table}.site_id = ?1 AND ${table}.key = unhex(pair.value ->> '$[1]')`;
const remembered = (table: 'visitors' | 'accounts'): string =>
  `INSERT INTO former_keys (site_id, key, "of", id)
    SELECT ?1, unhex(pair.value ->> '$[1]'), '${table}', known.id FROM json_each(?2) AS pair
    CROSS JOIN ${table} AS known ON known.site_id = ?1 AND known.key = unhex(pair.value ->> '$[0]')
    WHERE true ON CONFLICT DO NOTHING`;
// New ones before they are remembered, and both before any row that knows the former key alone: nobody is there twice.
const NEW_VISITORS_SQL = `INSERT INTO visitors (site_id, key, linked)
  SELECT ?1, unhex(told.value ->> '$[0]'), 1 FROM json_each(?2) AS told WHERE ${tellsAnew("told.value -> '$[2]'")}
  ORDER BY told.key ON CONFLICT DO NOTHING`;
const NEW_ACCOUNTS_SQL = `INSERT INTO accounts (site_id, kind, key)
  SELECT ?1, value ->> '$[2]', unhex(value ->> '$[0]') FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING`;
// An order that is known by its former key stays stored under it, and is found by the new one from now on.
const KNOWN_ORDERS_SQL = `INSERT INTO order_aliases (site_id, key, stands_for, lasting)
  SELECT ?1, unhex(told.value ->> '$[0]'), unhex(told.value ->> '$[1]'), 1 FROM json_each(?2) AS told
  WHERE EXISTS (SELECT 1 FROM events WHERE site_id = ?1 AND order_key = unhex(told.value ->> '$[1]'))
    AND ${tellsAnew("told.value -> '$[2]'")} ON CONFLICT DO NOTHING`;
// Any other is stored under the new key; what is still under way with the former one finds it.
const NEW_ORDERS_SQL = `INSERT INTO order_aliases (site_id, key, stands_for, lasting)
  SELECT ?1, unhex(told.value ->> '$[1]'), unhex(told.value ->> '$[0]'), 0 FROM json_each(?2) AS told
  WHERE NOT EXISTS (SELECT 1 FROM order_aliases WHERE site_id = ?1 AND key = unhex(told.value ->> '$[0]'))
    AND ${tellsAnew("told.value -> '$[2]'")} ON CONFLICT DO NOTHING`;

/** The key under which an order is stored that an event may name by another; `site` and `key` are SQL. */
export const orderKeySql = (site: string, key: string): string =>
  `coalesce((SELECT stands_for FROM order_aliases WHERE site_id = ${site} AND key = ${key}), ${key})`;

const SWEEP_ORDERS_SQL = `DELETE FROM order_aliases WHERE NOT EXISTS
  (SELECT 1 FROM events WHERE site_id = order_aliases.site_id AND order_key = order_aliases.stands_for)`;

/** Drops the other names of orders of which no event is left, on all sites: there are few. */
export const sweepOrders = async (db: Db): Promise<void> => {
  await db.client.batch(overwriting(db, [SWEEP_ORDERS_SQL]), 'write');
};

/** What goes with the old salt: names of orders made with it, after letters that are kept aside were given the newer one. */
export const forgetFormerOrders = (site: SiteRow): InStatement[] =>
  [
    `UPDATE dead_letters SET order_key = a.stands_for FROM order_aliases AS a
      WHERE dead_letters.site_id = ?1 AND a.site_id = ?1 AND a.lasting = 0 AND a.key = dead_letters.order_key`,
    'DELETE FROM order_aliases WHERE site_id = ?1 AND lasting = 0',
  ].map((sql) => ({ sql, args: [site] }));

const statements = (
  site: SiteRow,
  table: 'visitors' | 'accounts',
  pairs: readonly (readonly [...Pair, ...unknown[]])[],
  insert: string,
): InStatement[] => {
  if (pairs.length === 0) return [];
  const args = [site, JSON.stringify(pairs)];
  return [renamed(table), insert, remembered(table)].map((sql) => ({ sql, args }));
};

/** An event's row, as far as it is re-keyed. */
interface RekeyedRow {
  readonly id: string;
  readonly visitor?: string | undefined;
  readonly formerVisitor?: string | undefined;
  readonly orderKey?: string | undefined;
  readonly formerOrder?: string | undefined;
}

/** Keys with their former ones, each once, and the ids of the events that name them. */
function pairsOf(
  rows: readonly RekeyedRow[],
  keysOf: (row: RekeyedRow) => readonly [key: string | undefined, former: string | undefined],
): (readonly [...Pair, readonly string[]])[] {
  const former = new Map(rows.map(keysOf));
  const tellers = tellersOf(rows, (row) => keysOf(row).slice(0, 1));
  return [...tellers].flatMap(([key, ids]) => {
    const before = former.get(key);
    return before === undefined ? [] : [[key, before, ids] as const];
  });
}

/** The statements that re-key the visitors and orders of some rows; they go before those that add visitors. */
export function rekeyStatements(site: SiteRow, rows: readonly RekeyedRow[]): InStatement[] {
  // Outside a rotation nobody has a former key.
  const moving = firstTelling(rows).filter((row) => row.formerVisitor !== undefined || row.formerOrder !== undefined);
  const visitors = pairsOf(moving, ({ visitor, formerVisitor }) => [visitor, formerVisitor]);
  const orders = pairsOf(moving, (row) => [row.orderKey, row.formerOrder]);
  return [
    ...statements(site, 'visitors', visitors, NEW_VISITORS_SQL),
    ...(orders.length === 0 ? [] : [KNOWN_ORDERS_SQL, NEW_ORDERS_SQL]).map((sql) => ({
      sql,
      args: [site, JSON.stringify(orders)],
    })),
  ];
}

/** The same for accounts. */
export function rekeyAccountStatements(
  site: SiteRow,
  accounts: readonly { readonly kind: string; readonly key: string; readonly former?: string | undefined }[],
): InStatement[] {
  const pairs = accounts.flatMap(({ kind, key, former }) =>
    former === undefined ? [] : [[key, former, kind] as const],
  );
  return statements(site, 'accounts', pairs, NEW_ACCOUNTS_SQL);
}
