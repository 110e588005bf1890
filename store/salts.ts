// store/salts.ts: wrapped salts. The keys that open them are not here.
import type { SaltPeriod, SaltUse } from '../core/index.ts';
import type { InStatement, Row } from '@libsql/client';
import { auditSiteName, auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { rekeyLetterStatement } from './dead-letters.ts';
import { forgetFormerOrders } from './rekey.ts';
import { textOf } from './rows.ts';

/** A salt as stored: useless without the key that `kekId` names. */
export interface WrappedSalt extends SaltPeriod {
  readonly site: SiteRow;
  readonly kekId: string;
  /** 12 bytes of nonce, then AES-256-GCM of the salt with its tag. */
  readonly wrapped: Uint8Array<ArrayBuffer>;
}

/** Long salts that live at once at most: one, and the one that follows it. */
const LIVE_SALTS_MAX = 2;
const COLUMNS = 'site_id, use, opens_at, closes_at, destroy_at, kek_id, wrapped';

const toSalt = (row: Row): WrappedSalt => ({
  site: Number(row['site_id']),
  use: textOf(row, 'use') as SaltUse,
  opensAt: Number(row['opens_at']) as WrappedSalt['opensAt'],
  closesAt: Number(row['closes_at']) as WrappedSalt['closesAt'],
  destroyAt: Number(row['destroy_at']) as WrappedSalt['destroyAt'],
  kekId: textOf(row, 'kek_id'),
  wrapped: new Uint8Array(row['wrapped'] as ArrayBuffer),
});

/**
 * The salt that serves a period, or undefined where none was made yet. Overlapping is enough: a clock that was set back
 * finds the long salt that was made while it was ahead, and goes on with it.
 */
export async function findSalt(db: Db, site: SiteRow, period: SaltPeriod): Promise<WrappedSalt | undefined> {
  const { rows } = await db.client.execute({
    sql: `SELECT ${COLUMNS} FROM salts WHERE site_id = ? AND use = ? AND opens_at < ? AND closes_at > ? ORDER BY opens_at LIMIT 1`,
    args: [site, period.use, period.closesAt, period.opensAt],
  });
  return rows[0] === undefined ? undefined : toSalt(rows[0]);
}

/** The salts of one use that serve a site at an instant, newest first: of long salts two while one follows the other. */
export async function liveSalts(db: Db, site: SiteRow, use: SaltUse, at: number): Promise<WrappedSalt[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT ${COLUMNS} FROM salts WHERE site_id = ? AND use = ? AND opens_at <= ? AND destroy_at > ?
      ORDER BY opens_at DESC LIMIT ?`,
    args: [site, use, at, at, LIVE_SALTS_MAX],
  });
  return rows.map(toSalt);
}

/**
 * The statement that stores a salt unless its period has one already: of two processes that race, one wins and both read
 * the winner.
 */
export const insertSaltStatement = (salt: WrappedSalt): InStatement => ({
  sql: `INSERT OR IGNORE INTO salts (${COLUMNS}) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
    WHERE NOT EXISTS (SELECT 1 FROM salts WHERE site_id = ?1 AND use = ?2 AND opens_at < ?4 AND closes_at > ?3)`,
  args: [salt.site, salt.use, salt.opensAt, salt.closesAt, salt.destroyAt, salt.kekId, salt.wrapped],
});

/** Every salt there is, by site and age, each with its site's name; what it wraps is left out. */
export async function readSalts(db: Db): Promise<
  {
    readonly site: string;
    readonly use: SaltUse;
    readonly opensAt: number;
    readonly destroyAt: number;
    readonly kekId: string;
  }[]
> {
  const { rows } = await db.client.execute(
    `SELECT s.name, x.use, x.opens_at, x.destroy_at, x.kek_id FROM salts AS x JOIN sites AS s ON s.id = x.site_id
      ORDER BY s.id, x.use, x.opens_at`,
  );
  return rows.map((row) => ({
    site: textOf(row, 'name'),
    use: textOf(row, 'use') as SaltUse,
    opensAt: Number(row['opens_at']),
    destroyAt: Number(row['destroy_at']),
    kekId: textOf(row, 'kek_id'),
  }));
}

/** Every long salt of a site, newest first. */
export async function readLongSalts(db: Db, site: SiteRow): Promise<WrappedSalt[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT ${COLUMNS} FROM salts WHERE site_id = ? AND use = 'long' ORDER BY opens_at DESC`,
    args: [site],
  });
  return rows.map(toSalt);
}

/** Notes a key that is about to be made for a salt; should the process end before the salt is stored, it is found by this. */
export async function notePendingKey(db: Db, kekId: string, at: number): Promise<void> {
  await db.client.execute({ sql: 'INSERT INTO pending_keys (kek_id, at) VALUES (?, ?)', args: [kekId, at] });
}

/** Keys that were noted before an instant and belong to no stored salt. */
export async function abandonedKeys(db: Db, before: number): Promise<string[]> {
  const { rows } = await db.client.execute({
    sql: 'SELECT kek_id FROM pending_keys WHERE at < ? AND kek_id NOT IN (SELECT kek_id FROM salts) LIMIT 1000',
    args: [before],
  });
  return rows.map((row) => textOf(row, 'kek_id'));
}

/** Forgets that keys were noted. */
export async function forgetPendingKeys(db: Db, kekIds: readonly string[]): Promise<void> {
  await db.client.execute({
    sql: 'DELETE FROM pending_keys WHERE kek_id IN (SELECT value FROM json_each(?))',
    args: [JSON.stringify(kekIds)],
  });
}

/**
 * Stores the salt that follows another one and shortens that one's life, with the audit entry; all or nothing, and nothing
 * where another process was first. @returns whether it was stored.
 */
export async function followSalt(
  db: Db,
  former: WrappedSalt,
  following: WrappedSalt,
  formerUntil: number,
  at: number,
): Promise<boolean> {
  const where = "site_id = ? AND use = 'long' AND opens_at = ?";
  const stored = {
    sql: `INSERT OR IGNORE INTO salts (${COLUMNS}) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
      WHERE NOT EXISTS (SELECT 1 FROM salts WHERE site_id = ?1 AND use = 'long' AND opens_at > ?8)
        AND EXISTS (SELECT 1 FROM salts WHERE site_id = ?1 AND use = 'long' AND opens_at = ?8)`,
    args: [
      following.site,
      following.use,
      following.opensAt,
      following.closesAt,
      following.destroyAt,
      following.kekId,
      following.wrapped,
      former.opensAt,
    ],
  };
  const shortened = {
    sql: `UPDATE salts SET closes_at = min(closes_at, ?), destroy_at = min(destroy_at, ?) WHERE ${where} AND changes() > 0`,
    args: [formerUntil, formerUntil, former.site, former.opensAt],
  };
  const site = await auditSiteName(db, former.site);
  const { opensAt } = following;
  const recorded = await auditStatement({ kind: 'salt_rotated', site, opensAt, formerUntil, at }, 'if_changed');
  const noted = { sql: 'DELETE FROM pending_keys WHERE kek_id = ?', args: [following.kekId] };
  const results = await db.client.batch([stored, shortened, recorded, noted], 'write');
  return results[0]?.rowsAffected === 1;
}

/** Salts that must not exist any more at `now`, oldest first. */
export async function expiredSalts(db: Db, now: number): Promise<WrappedSalt[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT ${COLUMNS} FROM salts WHERE destroy_at <= ? ORDER BY destroy_at, site_id`,
    args: [now],
  });
  return rows.map(toSalt);
}

/**
 * Deletes a salt's row and appends the audit entry that says so; call it after its key was destroyed. The row's bytes are
 * overwritten, in the log too where it is a file.
 */
export async function deleteSalt(db: Db, salt: WrappedSalt, at: number): Promise<void> {
  const isFile = db.client.protocol === 'file';
  const removal = {
    sql: 'DELETE FROM salts WHERE site_id = ? AND use = ? AND opens_at = ?',
    args: [salt.site, salt.use, salt.opensAt],
  };
  const { use, opensAt } = salt;
  const site = await auditSiteName(db, salt.site);
  const recorded = await auditStatement({ kind: 'salt_destroyed', site, use, opensAt, at }, 'if_changed');
  // Keys of before the change go with the salt they were made with: nothing must tie the two together any more.
  const former = { sql: 'DELETE FROM former_keys WHERE site_id = ?', args: [salt.site] };
  const orders = forgetFormerOrders(salt.site);
  const removals = salt.use === 'long' ? [rekeyLetterStatement(salt.site), ...orders, former, removal] : [removal];
  await db.client.batch([...(isFile ? ['PRAGMA secure_delete = ON'] : []), ...removals, recorded], 'write');
  if (isFile) await db.client.execute('PRAGMA main.wal_checkpoint(TRUNCATE)');
}
