// store/login-tries.ts: how often people of some networks tried to log in, counted for all servers together.
import type { InStatement } from '@libsql/client';
import type { Db } from './db.ts';

/** How many tries there may be at once, and after how long each comes back. */
export interface TryRate {
  readonly now: number;
  readonly tryMs: number;
  readonly triesMax: number;
}

// A try counts as an instant at which all are back. Of a clock that went back nobody is barred: what lies further ahead than all tries
// together is of no account.
const BASE = 'CASE WHEN full_at > ?2 + ?4 THEN ?2 ELSE max(full_at, ?2) END';

/** Takes a try of a slot, in one statement, so that of two servers at once one waits. @returns 0, or the milliseconds to wait. */
export async function takeLoginTry(db: Db, slot: number, { now, tryMs, triesMax }: TryRate): Promise<number> {
  const room = tryMs * triesMax;
  const { rowsAffected } = await db.client.execute({
    sql: `INSERT INTO login_tries (slot, full_at) VALUES (?1, ?2 + ?3)
      ON CONFLICT (slot) DO UPDATE SET full_at = ${BASE} + ?3 WHERE ${BASE} + ?3 - ?2 <= ?4`,
    args: [slot, now, tryMs, room],
  });
  if (rowsAffected === 1) return 0;
  const { rows } = await db.client.execute({ sql: 'SELECT full_at FROM login_tries WHERE slot = ?', args: [slot] });
  // Swept between the two: it is empty, and the next try is let through.
  return Math.max(1, Number(rows[0]?.['full_at'] ?? 0) + tryMs - room - now);
}

/** The statement that forgets slots whose tries are all back. */
export const forgetLoginTries = (now: number): InStatement => ({
  sql: 'DELETE FROM login_tries WHERE full_at <= ?',
  args: [now],
});
