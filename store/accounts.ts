// store/accounts.ts: links between visitors and accounts: told by events, read by the segmenter, undone by the officer.
//
// A link is a row, and nothing is made of it here: profiles are kept by visitor and joined when they are read, so taking
// the row away is all that undoing needs.
import type { InStatement } from '@libsql/client';
import type { EpochMs } from '../contract/index.ts';
import type { AccountKind } from '../core/index.ts';
import { LONG_SALT_MS } from '../core/index.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { rekeyAccountStatements } from './rekey.ts';
import { textOf } from './rows.ts';

/** An account as the edge derives it. */
export interface AccountRef {
  readonly kind: AccountKind;
  /** Account key as 24 hex digits. */
  readonly key: string;
  /** The same under the long salt before this one, while both live. */
  readonly former?: string | undefined;
}

/** What an event says of its visitor's accounts. */
interface TellingRow {
  readonly visitor?: string | undefined;
  readonly at: number;
  readonly accounts?: readonly AccountRef[] | undefined;
}

/** That a visitor was identified as an account, both by number. */
export interface StoredLink {
  readonly visitor: number;
  readonly account: number;
  readonly kind: AccountKind;
}

/** Links of one page of a read. */
const PAGE_LINKS = 20_000;
/** Pages of one read at most: two billion links. */
const PAGES_MAX = 100_000;

/** The number of a visitor key; `site` and `key` are SQL. A key of before the last rotation still names its visitor. */
export const visitorIdSql = (site: string, key: string): string =>
  `coalesce((SELECT id FROM visitors WHERE site_id = ${site} AND key = ${key}),
    (SELECT id FROM former_keys WHERE site_id = ${site} AND key = ${key} AND "of" = 'visitors'))`;
const accountIdSql = (site: string, key: string): string =>
  `coalesce((SELECT id FROM accounts WHERE site_id = ${site} AND key = ${key}),
    (SELECT id FROM former_keys WHERE site_id = ${site} AND key = ${key} AND "of" = 'accounts'))`;

// Only where a link will follow: an account that nobody is linked to is one too many (P5).
const ACCOUNTS_SQL = `INSERT INTO accounts (site_id, kind, key) SELECT ?1, value ->> '$[3]', unhex(value ->> '$[1]')
  FROM json_each(?2) WHERE ${accountIdSql('?1', "unhex(value ->> '$[1]')")} IS NULL
    AND ${visitorIdSql('?1', "unhex(value ->> '$[0]')")} IS NOT NULL
    AND value ->> '$[2]' > coalesce((SELECT until FROM unlinks
      WHERE site_id = ?1 AND visitor = ${visitorIdSql('?1', "unhex(value ->> '$[0]')")}), -1) ON CONFLICT DO NOTHING`;
// The latest event that says so counts: told in any order, the row is the same. What an undoing names stays undone.
const LINKS_SQL = `INSERT INTO links (site_id, visitor, account, linked_at)
  SELECT ?1, told.visitor, told.account, max(told.at) FROM (
    SELECT ${visitorIdSql('?1', "unhex(value ->> '$[0]')")} AS visitor,
      ${accountIdSql('?1', "unhex(value ->> '$[1]')")} AS account, value ->> '$[2]' AS at FROM json_each(?2)) AS told
  WHERE told.visitor IS NOT NULL AND told.account IS NOT NULL
    AND told.at > coalesce((SELECT unlinked_at FROM accounts WHERE id = told.account), -1)
    AND told.at > coalesce((SELECT until FROM unlinks WHERE site_id = ?1 AND visitor = told.visitor), -1)
  GROUP BY told.visitor, told.account
  ON CONFLICT DO UPDATE SET linked_at = max(linked_at, excluded.linked_at)`;

/** The statements that keep the links which some events tell of; they go behind those that write the events. */
export function linkStatements(site: SiteRow, rows: readonly TellingRow[]): InStatement[] {
  const told = rows.flatMap(({ visitor, at, accounts = [] }) =>
    visitor === undefined ? [] : accounts.map(({ kind, key }) => [visitor, key, at, kind] as const),
  );
  if (told.length === 0) return [];
  const args = [site, JSON.stringify(told)];
  const known = rows.flatMap(({ accounts = [] }) => accounts);
  return [...rekeyAccountStatements(site, known), { sql: ACCOUNTS_SQL, args }, { sql: LINKS_SQL, args }];
}

/** All links of a site, by visitor and account. */
export async function readLinks(db: Db, site: SiteRow): Promise<StoredLink[]> {
  const links: StoredLink[] = [];
  let after: readonly [number, number] = [-1, -1];
  for (let page = 0; page < PAGES_MAX; page++) {
    const { rows } = await db.client.execute({
      sql: `SELECT l.visitor, l.account, a.kind FROM links AS l CROSS JOIN accounts AS a ON a.id = l.account
        WHERE l.site_id = ? AND (l.visitor, l.account) > (?, ?) ORDER BY l.visitor, l.account LIMIT ?`,
      args: [site, ...after, PAGE_LINKS],
    });
    for (const row of rows) {
      links.push({
        visitor: Number(row['visitor']),
        account: Number(row['account']),
        kind: textOf(row, 'kind') as AccountKind,
      });
    }
    const last = links.at(-1);
    if (rows.length < PAGE_LINKS || last === undefined) break;
    after = [last.visitor, last.account];
  }
  return links;
}

/**
 * The links from which some visitors are reached, over any number of shared accounts: all that decides whom they are one
 * person with. @returns undefined where there are more than `max`.
 */
export async function linksAround(
  db: Db,
  site: SiteRow,
  visitors: readonly number[],
  max: number,
): Promise<StoredLink[] | undefined> {
  const links = new Map<string, StoredLink>();
  let wave = visitors;
  const seen = new Set(visitors);
  // Each round reaches somebody new or is the last, so the bound on links bounds the rounds.
  while (wave.length > 0) {
    const { rows } = await db.client.execute({
      sql: `SELECT DISTINCT l.visitor, l.account, a.kind FROM json_each(?2) AS near
        CROSS JOIN links AS mine ON mine.site_id = ?1 AND mine.visitor = near.value
        CROSS JOIN links AS l ON l.site_id = ?1 AND l.account = mine.account
        CROSS JOIN accounts AS a ON a.id = l.account LIMIT ?3`,
      args: [site, JSON.stringify(wave), max + 1],
    });
    if (rows.length > max) return undefined;
    const next: number[] = [];
    for (const row of rows) {
      const link = {
        visitor: Number(row['visitor']),
        account: Number(row['account']),
        kind: textOf(row, 'kind') as AccountKind,
      };
      links.set(`${link.visitor} ${link.account}`, link);
      if (!seen.has(link.visitor)) next.push(link.visitor);
      seen.add(link.visitor);
    }
    if (links.size > max) return undefined;
    wave = next;
  }
  return [...links.values()];
}

/** The numbers of visitors by keys they have or had; keys that nobody has are left out. */
export async function visitorsOfKeys(db: Db, site: SiteRow, keys: readonly string[]): Promise<number[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT DISTINCT ${visitorIdSql('?1', 'unhex(value)')} AS id FROM json_each(?2) ORDER BY id`,
    args: [site, JSON.stringify(keys)],
  });
  return rows.flatMap((row) => (row['id'] === null ? [] : [Number(row['id'])]));
}

/** The visitors that were identified as any of some accounts, by number, each with its key as 24 hex digits. */
export async function visitorsOfAccounts(
  db: Db,
  site: SiteRow,
  accountKeys: readonly string[],
): Promise<{ readonly visitor: number; readonly key: string }[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT DISTINCT v.id, lower(hex(v.key)) AS key FROM json_each(?2) AS wanted
      CROSS JOIN links AS l ON l.site_id = ?1 AND l.account = ${accountIdSql('?1', 'unhex(wanted.value)')}
      CROSS JOIN visitors AS v ON v.id = l.visitor ORDER BY v.id`,
    args: [site, JSON.stringify(accountKeys)],
  });
  return rows.map((row) => ({ visitor: Number(row['id']), key: textOf(row, 'key') }));
}

/** Whether a visitor is stored under this very key. */
export async function isVisitorKey(db: Db, site: SiteRow, key: string): Promise<boolean> {
  const sql = 'SELECT 1 FROM visitors WHERE site_id = ? AND key = unhex(?)';
  return (await db.client.execute({ sql, args: [site, key] })).rows.length > 0;
}

/** Whom to take apart: all visitors of some accounts, or one visitor from all its accounts. */
export type Unlinking = { readonly accounts: readonly string[] } | { readonly visitor: string };

/**
 * Undoes links as if they had never been, and keeps late events from telling them again; a new `identify` links anew.
 * @param also statements for the same transaction, such as those of the request that asked for it.
 * @returns how many links went.
 */
export async function unlink(
  db: Db,
  site: { readonly row: SiteRow; readonly id: string },
  who: Unlinking,
  at: EpochMs,
  also: readonly InStatement[] = [],
): Promise<number> {
  const removal: InStatement =
    'accounts' in who
      ? {
          sql: `DELETE FROM links WHERE site_id = ?1 AND account IN
            (SELECT ${accountIdSql('?1', 'unhex(value)')} FROM json_each(?2)) AND linked_at <= ?3`,
          args: [site.row, JSON.stringify(who.accounts), at],
        }
      : {
          sql: `DELETE FROM links WHERE site_id = ?1 AND visitor = ${visitorIdSql('?1', 'unhex(?2)')} AND linked_at <= ?3`,
          args: [site.row, who.visitor, at],
        };
  const mark: InStatement =
    'accounts' in who
      ? {
          sql: `UPDATE accounts SET unlinked_at = max(coalesce(unlinked_at, 0), ?3) WHERE id IN
            (SELECT ${accountIdSql('?1', 'unhex(value)')} FROM json_each(?2))`,
          args: [site.row, JSON.stringify(who.accounts), at],
        }
      : unlinkMark(site.row, who.visitor, at);
  const isFile = db.client.protocol === 'file';
  const results = await db.client.batch(
    [
      ...(isFile ? ['PRAGMA secure_delete = ON'] : []),
      ...also,
      mark,
      removal,
      await auditStatement({ kind: 'unlinked', site: site.id, of: 'accounts' in who ? 'account' : 'visitor', at }),
    ],
    'write',
  );
  return results.at(-2)?.rowsAffected ?? 0;
}

/** The statement that keeps events up to `at` from linking a visitor. */
export const unlinkMark = (site: SiteRow, visitorKey: string, at: number): InStatement => ({
  sql: `INSERT INTO unlinks (site_id, visitor, until) SELECT ?1, id, ?3 FROM
    (SELECT ${visitorIdSql('?1', 'unhex(?2)')} AS id) WHERE id IS NOT NULL
    ON CONFLICT DO UPDATE SET until = max(until, excluded.until)`,
  args: [site, visitorKey, at],
});

/** Tables that name visitors by number and speak of them alone: their rows go with the visitor. */
const OF_VISITORS = ['links', 'unlinks', 'receipts', 'withdrawals', 'privacy_request_visitors'] as const;

/** Statements that take away what is kept of visitors besides events, where the visitors themselves are gone. */
export const forgetGoneVisitors = (visitors: readonly number[]): InStatement[] => {
  const args = [JSON.stringify(visitors)];
  const gone = 'SELECT value FROM json_each(?1) WHERE value NOT IN (SELECT id FROM visitors)';
  return [
    ...OF_VISITORS.map((table) => ({ sql: `DELETE FROM ${table} WHERE visitor IN (${gone})`, args })),
    { sql: `DELETE FROM former_keys WHERE "of" = 'visitors' AND id IN (${gone})`, args },
  ];
};

/** Statements that take away what a visitor who is erased up to an instant was linked and agreed to until then. */
export const forgetIdentityUntil = (site: SiteRow, visitor: number, until: EpochMs): InStatement[] =>
  [
    'DELETE FROM links WHERE site_id = ? AND visitor = ? AND linked_at <= ?',
    'DELETE FROM receipts WHERE site_id = ? AND visitor = ? AND at <= ?',
    'DELETE FROM withdrawals WHERE site_id = ? AND visitor = ? AND until <= ?',
  ].map((sql) => ({ sql, args: [site, visitor, until] }));

/** Accounts of one step of a sweep. */
const STEP_ACCOUNTS = 2_000;
const STEPS_MAX = 1_000_000;

/**
 * Removes accounts that no link names: their keys would say that somebody was here. One whose links were undone stays
 * until no event can tell of them any more, which is when the salt of its key is gone.
 */
export async function sweepAccounts(db: Db, now: EpochMs): Promise<number> {
  let removed = 0;
  let last = 0;
  for (let step = 0; step < STEPS_MAX; step++) {
    const { rows } = await db.client.execute({
      sql: `SELECT id, EXISTS (SELECT 1 FROM links WHERE site_id = a.site_id AND account = a.id)
          OR coalesce(unlinked_at > ?, 0) AS used FROM accounts AS a WHERE id > ? ORDER BY id LIMIT ?`,
      args: [now - LONG_SALT_MS, last, STEP_ACCOUNTS],
    });
    if (rows.length === 0) break;
    last = Number(rows.at(-1)?.['id'] ?? last);
    const unused = JSON.stringify(rows.filter((row) => row['used'] !== 1).map((row) => Number(row['id'])));
    if (unused === '[]') continue;
    const still =
      'SELECT value FROM json_each(?1) WHERE value NOT IN (SELECT account FROM links WHERE account IN (SELECT value FROM json_each(?1)))';
    const results = await db.client.batch(
      [
        ...(db.client.protocol === 'file' ? ['PRAGMA secure_delete = ON'] : []),
        { sql: `DELETE FROM former_keys WHERE "of" = 'accounts' AND id IN (${still})`, args: [unused] },
        { sql: `DELETE FROM accounts WHERE id IN (${still})`, args: [unused] },
      ],
      'write',
    );
    removed += results.at(-1)?.rowsAffected ?? 0;
  }
  return removed;
}
