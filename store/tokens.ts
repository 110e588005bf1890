// store/tokens.ts: tokens that were signed, those that were revoked, and the keys that sign them. Neither a token nor a key is here.
import type { InStatement, Row } from '@libsql/client';
import type { SiteId } from '../contract/index.ts';
import type { Scope } from '../core/index.ts';
import { isScope } from '../core/index.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** Revoked tokens that are not past their end, at most; more than a site ever has, and what an edge keeps in memory. */
const REVOKED_MAX = 100_000;
/** Keys that still check tokens. */
const KEYS_MAX = 100;

/** A token as it is listed. */
export interface SignedToken {
  readonly id: string;
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly kid: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt?: number;
}

const toToken = (row: Row): SignedToken => ({
  id: textOf(row, 'id'),
  label: textOf(row, 'label'),
  scopes: textOf(row, 'scopes').split(' ').filter(isScope),
  kid: textOf(row, 'kid'),
  createdAt: Number(row['created_at']),
  expiresAt: Number(row['expires_at']),
  ...(row['revoked_at'] === null ? {} : { revokedAt: Number(row['revoked_at']) }),
});

const COLUMNS = 'id, label, scopes, kid, created_at, expires_at, revoked_at';

/** Tokens of a site, newest first; those behind `after`, at most `limit`. */
export async function readTokens(
  db: Db,
  site: SiteRow,
  page: { readonly after?: { readonly createdAt: number; readonly id: string }; readonly limit: number },
): Promise<SignedToken[]> {
  const { createdAt, id } = page.after ?? { createdAt: Number.MAX_SAFE_INTEGER, id: '' };
  const { rows } = await db.client.execute({
    sql: `SELECT ${COLUMNS} FROM tokens WHERE site_id = ? AND (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?`,
    args: [site, createdAt, id, page.limit],
  });
  return rows.map(toToken);
}

/** One token of a site. */
export async function findToken(db: Db, site: SiteRow, id: string): Promise<SignedToken | undefined> {
  const { rows } = await db.client.execute({
    sql: `SELECT ${COLUMNS} FROM tokens WHERE site_id = ? AND id = ?`,
    args: [site, id],
  });
  return rows[0] === undefined ? undefined : toToken(rows[0]);
}

/** The statements that note a token before it is signed: the log never lacks one that is out. */
export const tokenStatements = async (
  site: { readonly row: SiteRow; readonly id: SiteId },
  { id, label, scopes, kid, createdAt, expiresAt }: SignedToken,
  by: string,
): Promise<InStatement[]> => [
  {
    sql: `INSERT INTO tokens (id, site_id, scopes, label, kid, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    args: [id, site.row, scopes.join(' '), label, kid, createdAt, expiresAt],
  },
  await auditStatement({ kind: 'token_signed', site: site.id, token: id, scopes, expiresAt, by, at: createdAt }),
];

/** Revokes a token, with the sessions it began. @returns whether there was one that was not revoked before. */
export async function revokeToken(
  db: Db,
  site: { readonly row: SiteRow; readonly id: SiteId },
  id: string,
  { at, by }: { readonly at: number; readonly by: string },
): Promise<boolean> {
  const [revoked] = await db.client.batch(
    [
      {
        sql: 'UPDATE tokens SET revoked_at = ? WHERE site_id = ? AND id = ? AND revoked_at IS NULL',
        args: [at, site.row, id],
      },
      await auditStatement({ kind: 'token_revoked', site: site.id, token: id, by, at }, 'if_changed'),
      { sql: `DELETE FROM sessions WHERE token ->> '$.id' = ?`, args: [id] },
    ],
    'write',
  );
  return revoked?.rowsAffected === 1;
}

/** Ids of revoked tokens that would be valid otherwise. */
export async function readRevoked(db: Db, now: number): Promise<ReadonlySet<string>> {
  const { rows } = await db.client.execute({
    sql: 'SELECT id FROM tokens WHERE revoked_at IS NOT NULL AND expires_at > ? LIMIT ?',
    args: [now, REVOKED_MAX],
  });
  return new Set(rows.map((row) => textOf(row, 'id')));
}

/** A key's name and how long it checks tokens; one without an end signs them. */
export interface SigningKeyRecord {
  readonly kid: string;
  readonly madeAt: number;
  readonly endsAt?: number;
}

/** The keys that were rotated in or out, newest first. Before the first rotation there is none. */
export async function readSigningKeys(db: Db): Promise<SigningKeyRecord[]> {
  const { rows } = await db.client.execute({
    sql: 'SELECT kid, made_at, ends_at FROM signing_keys ORDER BY made_at DESC, kid LIMIT ?',
    args: [KEYS_MAX],
  });
  return rows.map((row) => ({
    kid: textOf(row, 'kid'),
    madeAt: Number(row['made_at']),
    ...(row['ends_at'] === null ? {} : { endsAt: Number(row['ends_at']) }),
  }));
}

/** Makes `kid` the key that signs; the one before it checks tokens until `formerEndsAt`. */
export async function rotateSigningKey(
  db: Db,
  {
    kid,
    former,
    formerEndsAt,
    at,
  }: { readonly kid: string; readonly former: string; readonly formerEndsAt: number; readonly at: number },
): Promise<void> {
  await db.client.batch(
    [
      {
        sql: `INSERT INTO signing_keys (kid, made_at, ends_at) VALUES (?, 0, ?)
          ON CONFLICT (kid) DO UPDATE SET ends_at = excluded.ends_at`,
        args: [former, formerEndsAt],
      },
      // Keys rotated out before may not outlive what was asked for now.
      { sql: 'UPDATE signing_keys SET ends_at = ? WHERE ends_at > ?', args: [formerEndsAt, formerEndsAt] },
      { sql: 'INSERT INTO signing_keys (kid, made_at) VALUES (?, ?)', args: [kid, at] },
      await auditStatement({ kind: 'signing_key_rotated', kid, by: 'command', at }),
    ],
    'write',
  );
}

/** Forgets a key that ended; it must be destroyed before. */
export async function dropSigningKey(db: Db, kid: string, now: number): Promise<void> {
  await db.client.execute({ sql: 'DELETE FROM signing_keys WHERE kid = ? AND ends_at <= ?', args: [kid, now] });
}
