// store/audit.ts: the append-only audit log: one statement an entry, so that it joins the transaction of what it records.
import type { InStatement, Row } from '@libsql/client';
import type { Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';
import type { AuditEntry, LoggedEntry, NoteSigner } from '../core/index.ts';
import {
  AUDIT_NONCE_BYTES,
  auditLeaf,
  auditText,
  checkpointText,
  commitmentOf,
  growingTree,
  invariant,
  noteVerifierFrom,
  parseCheckpoint,
  sameHash,
} from '../core/index.ts';
import type { Db } from './db.ts';
import { textOf } from './rows.ts';

/** Entries, and checkpoints, that are read into memory at most; an export reads the log in stretches. */
const AUDIT_ENTRIES_MAX = 1_000_000;
const SLICE_ENTRIES = 5_000;
/** Slices of a log that is gone through without keeping it: five thousand million entries. */
const SLICES_MAX = 1_000_000;

/**
 * Appends one entry. The index is taken by the statement that writes it, under the write lock: of two processes that
 * append at once one waits, so the log has no fork and no gap. Arguments: commitment, nonce, entry.
 */
export const AUDIT_INSERT_SQL =
  'INSERT INTO audit_log (seq, commitment, nonce, entry) SELECT coalesce(max(seq) + 1, 0), ?, ?, ? FROM audit_log';

/**
 * The statement that appends an entry; put it into the transaction of what it records.
 * @param when `if_changed`: only where the statement just before it in the transaction changed a row.
 */
export async function auditStatement(
  entry: AuditEntry,
  when: 'always' | 'if_changed' = 'always',
): Promise<InStatement> {
  const text = auditText(entry);
  const nonce = crypto.getRandomValues(new Uint8Array(AUDIT_NONCE_BYTES));
  const commitment = await commitmentOf(nonce, text);
  // HAVING and not WHERE: an aggregate without rows would still give one.
  const sql = when === 'always' ? AUDIT_INSERT_SQL : `${AUDIT_INSERT_SQL} HAVING changes() > 0`;
  return { sql, args: [commitment, nonce, text] };
}

/** Appends an entry by itself, where what it records is not in this database. */
export async function appendAudit(db: Db, entry: AuditEntry): Promise<void> {
  await db.client.execute(await auditStatement(entry));
}

const bytesOf = (row: Row, column: string): Uint8Array<ArrayBuffer> => new Uint8Array(row[column] as ArrayBuffer);

const toLogged = (row: Row): LoggedEntry => ({
  commitment: bytesOf(row, 'commitment'),
  ...(row['nonce'] === null || row['entry'] === null
    ? {}
    : { open: { nonce: bytesOf(row, 'nonce'), text: textOf(row, 'entry') } }),
});

/** The whole log in order. @throws where an index is missing: a row was deleted beside this code. */
export async function readAuditLog(db: Db): Promise<LoggedEntry[]> {
  const entries: LoggedEntry[] = [];
  while (entries.length < AUDIT_ENTRIES_MAX) {
    const slice = await readAuditSlice(db, entries.length, SLICE_ENTRIES);
    if (slice.length === 0) return entries;
    entries.push(...slice);
  }
  invariant(false, `P6: the audit log has at most ${AUDIT_ENTRIES_MAX} entries`);
}

/** Some entries from an index on, and no more than asked for. @throws where an index is missing. */
export async function readAuditSlice(db: Db, from: number, limit: number): Promise<LoggedEntry[]> {
  const { rows } = await db.client.execute({
    sql: 'SELECT seq, commitment, nonce, entry FROM audit_log WHERE seq >= ? ORDER BY seq LIMIT ?',
    args: [from, limit],
  });
  return rows.map((row, nth) => {
    invariant(Number(row['seq']) === from + nth, 'P6: the audit log has no gap');
    return toLogged(row);
  });
}

/** How many entries there are. */
export async function auditSize(db: Db): Promise<number> {
  const { rows } = await db.client.execute('SELECT coalesce(max(seq) + 1, 0) AS size FROM audit_log');
  return Number(rows[0]?.['size'] ?? 0);
}

/** When the last purge of a site ended, as the log has it; undefined where there was none. */
export async function readLastPurge(db: Db, site: string): Promise<number | undefined> {
  const { rows } = await db.client.execute({
    sql: `SELECT entry ->> '$.at' AS at FROM audit_log WHERE entry ->> '$.kind' = 'purged' AND entry ->> '$.site' = ?
      ORDER BY seq DESC LIMIT 1`,
    args: [site],
  });
  return rows[0] === undefined ? undefined : Number(rows[0]['at']);
}

/** Erases what an entry says; its commitment stays, so that the tree and every proof stay what they were. */
export async function eraseAuditEntry(db: Db, index: number): Promise<void> {
  const removal = { sql: 'UPDATE audit_log SET nonce = NULL, entry = NULL WHERE seq = ?', args: [index] };
  const isFile = db.client.protocol === 'file';
  await db.client.batch(isFile ? ['PRAGMA secure_delete = ON', removal] : [removal], 'write');
}

/** A signed note over the first `size` entries. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly note: string;
}

/** Signed checkpoints, smallest first. */
export async function readCheckpoints(db: Db): Promise<StoredCheckpoint[]> {
  const { rows } = await db.client.execute({
    sql: 'SELECT size, note FROM audit_checkpoints ORDER BY size LIMIT ?',
    args: [AUDIT_ENTRIES_MAX],
  });
  return rows.map((row) => ({ size: Number(row['size']), note: textOf(row, 'note') }));
}

/** The last signed note, and what it says; undefined where there is none. */
async function lastCheckpoint(db: Db): Promise<StoredCheckpoint | undefined> {
  const { rows } = await db.client.execute('SELECT size, note FROM audit_checkpoints ORDER BY size DESC LIMIT 1');
  return rows[0] === undefined ? undefined : { size: Number(rows[0]['size']), note: textOf(rows[0], 'note') };
}

/** Size and root of the log as it is, and its root where it had `earlier` entries; in one pass that keeps no entry. */
async function headsOf(
  db: Db,
  earlier: number,
): Promise<{ readonly size: number; readonly root: Uint8Array; readonly before: Uint8Array | undefined }> {
  const tree = growingTree();
  let before = earlier === 0 ? await tree.root() : undefined;
  for (let slice = 0; slice < SLICES_MAX; slice++) {
    const entries = await readAuditSlice(db, tree.size(), SLICE_ENTRIES);
    if (entries.length === 0) return { size: tree.size(), root: await tree.root(), before };
    for (const { commitment } of entries) {
      await tree.add(await auditLeaf(commitment));
      if (tree.size() === earlier) before = await tree.root();
    }
  }
  invariant(false, 'P6: the audit log can be gone through');
}

/**
 * Signs the log as it is, unless it no longer continues the last checkpoint: then nothing is signed.
 * Keep a copy of the note in a second place; a log that is cut back later shows against it.
 */
export async function signCheckpoint(
  db: Db,
  signer: NoteSigner,
  at: number,
): Promise<Result<StoredCheckpoint, 'log_altered'>> {
  const verifier = await noteVerifierFrom(signer.publicKey);
  invariant(verifier !== undefined, 'P6: a signer has a public key');
  const last = await lastCheckpoint(db);
  const opened = last === undefined ? undefined : await verifier.open(last.note);
  const signed = opened === undefined ? undefined : parseCheckpoint(opened);
  if (last !== undefined && signed === undefined) return err('log_altered');
  const { size, root, before } = await headsOf(db, signed?.size ?? 0);
  if (signed !== undefined && (before === undefined || !sameHash(before, signed.root))) return err('log_altered');
  if (last?.size === size) return ok(last);
  const text = checkpointText({ origin: signer.name, size, root: Uint8Array.from(root), extensions: [] });
  const checkpoint = { size, note: await signer.sign(text) };
  // Two processes may sign the same size at once: both notes say the same.
  await db.client.execute({
    sql: 'INSERT INTO audit_checkpoints (size, at, note) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    args: [checkpoint.size, at, checkpoint.note],
  });
  return ok(checkpoint);
}

/** The site's name for an entry, or its number where the row is gone. */
export async function auditSiteName(db: Db, site: number): Promise<string> {
  const { rows } = await db.client.execute({ sql: 'SELECT name FROM sites WHERE id = ?', args: [site] });
  return rows[0] === undefined ? `site ${site}` : textOf(rows[0], 'name');
}
