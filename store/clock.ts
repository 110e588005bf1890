// store/clock.ts: what is remembered of the clock, so that nothing is destroyed by one that jumped (ADR 0026).
import type { ClockRecord, ClockVerdict } from '../core/index.ts';
import { judgeClock } from '../core/index.ts';
import { auditStatement } from './audit.ts';
import type { Db } from './db.ts';
import { readTaskRuns } from './metrics.ts';

const ACCEPT_SQL = `INSERT INTO clock (id, trusted_at, ahead_since, ahead_last) VALUES (1, ?1, ?2, ?3)
  ON CONFLICT (id) DO UPDATE SET trusted_at = excluded.trusted_at, ahead_since = excluded.ahead_since,
    ahead_last = excluded.ahead_last`;
/** Only over what was judged: the operator's word, given meanwhile, stays. */
const OBSERVE_SQL = `${ACCEPT_SQL} WHERE clock.trusted_at = ?4`;

/** What is remembered. A database from before this was kept answers with its last scheduled task: the clock was believed then. */
async function readRecord(db: Db): Promise<ClockRecord | undefined> {
  const { rows } = await db.client.execute('SELECT trusted_at, ahead_since, ahead_last FROM clock WHERE id = 1');
  const [kept] = rows;
  if (kept !== undefined) {
    const { trusted_at: trustedAt, ahead_since: since, ahead_last: last } = kept;
    return {
      trustedAt: Number(trustedAt),
      ...(since === null || last === null ? {} : { aheadSince: Number(since), aheadLast: Number(last) }),
    };
  }
  const at = Math.max(...(await readTaskRuns(db)).map(({ finishedAt }) => finishedAt));
  return at === Number.NEGATIVE_INFINITY ? undefined : { trustedAt: at };
}

/** Judges a reading and remembers it; call it once for each look of the schedule. */
export async function observeClock(db: Db, now: number): Promise<ClockVerdict> {
  const record = await readRecord(db);
  const verdict = judgeClock(record, now);
  const { trustedAt, aheadSince = null, aheadLast = null } = verdict.record;
  await db.client.execute({
    sql: OBSERVE_SQL,
    args: [trustedAt, aheadSince, aheadLast, record?.trustedAt ?? trustedAt],
  });
  return verdict;
}

/** Judges a reading and remembers nothing: for who only wants to know. */
export const readClock = async (db: Db, now: number): Promise<ClockVerdict> => judgeClock(await readRecord(db), now);

/** Takes the operator's word that the clock is right, with an audit entry. */
export async function acceptClock(db: Db, now: number): Promise<void> {
  const before = (await readRecord(db))?.trustedAt ?? now;
  await db.client.batch(
    [{ sql: ACCEPT_SQL, args: [now, null, null] }, await auditStatement({ kind: 'clock_accepted', before, at: now })],
    'write',
  );
}
