// store/rekey.ts: gives visitors and accounts their key under the new long salt on their first visit after a rotation.
//
// The row keeps its number, so its whole history follows by changing one key. What is still under way with the key of
// before finds the row by `former_keys`, which goes with the old salt.
import type { InStatement } from '@libsql/client';
import type { SiteRow } from './db.ts';

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
  SELECT ?1, unhex(value ->> '$[0]'), 1 FROM json_each(?2) WHERE true ORDER BY json_each.key ON CONFLICT DO NOTHING`;
const NEW_ACCOUNTS_SQL = `INSERT INTO accounts (site_id, kind, key)
  SELECT ?1, value ->> '$[2]', unhex(value ->> '$[0]') FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING`;

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

/** The statements that re-key the visitors of some rows; they go before those that add visitors. */
export function rekeyStatements(
  site: SiteRow,
  rows: readonly { readonly visitor?: string | undefined; readonly formerVisitor?: string | undefined }[],
): InStatement[] {
  const pairs = new Map<string, Pair>();
  for (const { visitor, formerVisitor } of rows) {
    if (visitor !== undefined && formerVisitor !== undefined) pairs.set(visitor, [visitor, formerVisitor]);
  }
  return statements(site, 'visitors', [...pairs.values()], NEW_VISITORS_SQL);
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
