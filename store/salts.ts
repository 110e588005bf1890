// store/salts.ts: wrapped salts. The keys that open them are not here.
import type { SaltPeriod, SaltUse } from '../core/index.ts';
import type { InStatement, Row } from '@libsql/client';
import { auditSiteName, auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
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
  await db.client.batch([...(isFile ? ['PRAGMA secure_delete = ON'] : []), removal, recorded], 'write');
  if (isFile) await db.client.execute('PRAGMA main.wal_checkpoint(TRUNCATE)');
}
