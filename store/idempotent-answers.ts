// store/idempotent-answers.ts: what was answered under an Idempotency-Key, for a day.
import type { Db } from './db.ts';
import { textOf } from './rows.ts';

/** How long an answer is remembered. */
export const ANSWER_MS = 86_400_000;
/** After this an answer that never came is nobody's any more: its process ended. */
const ABANDONED_MS = 60_000;

/** A key and what was asked under it, as keyed hashes. */
export interface IdempotentRequest {
  readonly key: Uint8Array;
  readonly fingerprint: Uint8Array;
}
/** What stands under a key: nothing yet, another request, one under way, or an answer. */
export type Claim = 'yours' | 'other_request' | 'under_way' | { readonly status: number; readonly body: string };

/** Claims a key for a request. */
export async function claimAnswer(db: Db, { key, fingerprint }: IdempotentRequest, now: number): Promise<Claim> {
  const claimed = await db.client.execute({
    sql: `INSERT INTO idempotent_answers (key, fingerprint, at) VALUES (?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, at = excluded.at, status = NULL, body = NULL
      WHERE at <= ? OR (status IS NULL AND at <= ?)`,
    args: [key, fingerprint, now, now - ANSWER_MS, now - ABANDONED_MS],
  });
  if (claimed.rowsAffected === 1) return 'yours';
  const { rows } = await db.client.execute({
    sql: 'SELECT status, body, hex(fingerprint) = hex(?) AS same FROM idempotent_answers WHERE key = ?',
    args: [fingerprint, key],
  });
  const [row] = rows;
  // Given back between the two statements: the request that had it failed, and this one may come again.
  if (row === undefined) return 'under_way';
  if (row['same'] !== 1) return 'other_request';
  return row['status'] === null ? 'under_way' : { status: Number(row['status']), body: textOf(row, 'body') };
}

/** Keeps the answer of a claimed key. */
export async function keepAnswer(db: Db, key: Uint8Array, status: number, body: string): Promise<void> {
  await db.client.execute({
    sql: 'UPDATE idempotent_answers SET status = ?, body = ? WHERE key = ?',
    args: [status, body, key],
  });
}

/** Gives a claimed key back: nothing came of the request. */
export async function dropClaim(db: Db, key: Uint8Array): Promise<void> {
  await db.client.execute({ sql: 'DELETE FROM idempotent_answers WHERE key = ?', args: [key] });
}
