// store/withdrawals.ts: purges what relied on a purpose that was withdrawn; the link itself ended with the request (receipts.ts).
//
// Profiles go first, then events, then the mark that says what is still to be done: killed anywhere, the next run finishes.
import type { InStatement } from '@libsql/client';
import { PURPOSE_BIT } from '../contract/index.ts';
import type { Db, SiteRow } from './db.ts';
import { withdrawLetterStatements } from './dead-letters.ts';
import { forgetDerived } from './retention-purge.ts';
import { overwriting } from './retention-walk.ts';
import type { Lease } from './lease.ts';
import { acquireLease, releaseLease, renewLease } from './lease.ts';
import { resetFold } from './segmenter.ts';

/** Events looked at in one step. */
const STEP_EVENTS = 5_000;
/** Withdrawals of one run of a site; more wait for the next. */
const WITHDRAWALS_MAX = 10_000;
const STEPS_MAX = 5_000_000;
const LEASE_MS = 300_000;

/** What a purge of withdrawals needs of its platform. */
export interface WithdrawalNeeds {
  readonly db: Db;
  /** A random id of this run, for its lease. */
  readonly holder: string;
  readonly clock: () => number;
}

/** What a run did. */
export interface WithdrawalPurge {
  readonly withdrawals: number;
  /** Events that relied on nothing else, and went. */
  readonly events: number;
  /** Events that lost the purpose and stay for another. */
  readonly narrowed: number;
  /** Sites whose segmenter was at work: their withdrawals wait for the next run. */
  readonly busy: number;
}

interface Withdrawal {
  readonly visitor: number;
  readonly purposes: number;
  readonly until: number;
}

async function waiting(db: Db): Promise<Map<SiteRow, Withdrawal[]>> {
  const { rows } = await db.client.execute({
    sql: 'SELECT site_id, visitor, purposes, until FROM withdrawals ORDER BY site_id, visitor LIMIT ?',
    args: [WITHDRAWALS_MAX],
  });
  const bySite = new Map<SiteRow, Withdrawal[]>();
  for (const row of rows) {
    const site = Number(row['site_id']);
    const of = bySite.get(site) ?? [];
    of.push({ visitor: Number(row['visitor']), purposes: Number(row['purposes']), until: Number(row['until']) });
    bySite.set(site, of);
  }
  return bySite;
}

/** Purges what waits. Visitors and texts that nothing names any more go with the sweep of the purge that follows. */
export async function purgeWithdrawals(needs: WithdrawalNeeds): Promise<WithdrawalPurge> {
  const { db, holder, clock } = needs;
  let sum: WithdrawalPurge = { withdrawals: 0, events: 0, narrowed: 0, busy: 0 };
  for (const [site, withdrawals] of await waiting(db)) {
    const lease = await acquireLease(db, site, holder, { now: clock(), expiresAt: clock() + LEASE_MS });
    if (lease === undefined) {
      sum = { ...sum, busy: sum.busy + 1 };
      continue;
    }
    try {
      const { events, narrowed } = await purgeSite(needs, site, lease, withdrawals);
      const done = sum.withdrawals + withdrawals.length;
      sum = { ...sum, withdrawals: done, events: sum.events + events, narrowed: sum.narrowed + narrowed };
    } finally {
      await releaseLease(db, lease);
    }
  }
  return sum;
}

async function purgeSite(
  { db, clock }: WithdrawalNeeds,
  site: SiteRow,
  lease: Lease,
  withdrawals: readonly Withdrawal[],
): Promise<{ events: number; narrowed: number }> {
  const named = withdrawals.map(({ visitor, purposes, until }) => [visitor, purposes, until] as const);
  const of = JSON.stringify(named);
  const profiled = withdrawals.filter(({ purposes }) => (purposes & PURPOSE_BIT.profile) !== 0);
  await forgetDerived(
    db,
    site,
    profiled.map(({ visitor }) => visitor),
  );
  // Before the events: what a replay makes an event of until then is among them.
  await db.client.batch(overwriting(db, withdrawLetterStatements(site, named)), 'write');
  // The copy can't lose one purpose of an event: it is made anew from what stays.
  await db.copy?.forget(site);
  let [events, narrowed, seq, isReset] = [0, 0, 0, false];
  for (let step = 0; step < STEPS_MAX; step++) {
    const { rows } = await db.client.execute({
      sql: `SELECT e.seq, e.purposes, e.at, w.value ->> '$[1]' AS withdrawn, w.value ->> '$[2]' AS until
        FROM (SELECT seq, purposes, at, visitor, site_id FROM events NOT INDEXED WHERE seq > ?1 ORDER BY seq LIMIT ?2) AS e
        LEFT JOIN json_each(?3) AS w ON e.site_id = ?4 AND e.visitor = w.value ->> '$[0]' ORDER BY e.seq`,
      args: [seq, STEP_EVENTS, of, site],
    });
    if (rows.length === 0) break;
    seq = Number(rows.at(-1)?.['seq'] ?? seq);
    const own = rows.filter((row) => row['withdrawn'] !== null);
    const past = own.filter((row) => Number(row['at']) <= Number(row['until']));
    // A sum can't be taken apart: where a visitor agreed again since, the site is folded anew from what stays.
    const again = own.some(
      (row) => Number(row['at']) > Number(row['until']) && (Number(row['purposes']) & PURPOSE_BIT.profile) !== 0,
    );
    if (again && !isReset) {
      await resetFold(db, site, lease);
      isReset = true;
    }
    const left = past.map((row) => [Number(row['seq']), Number(row['purposes']) & ~Number(row['withdrawn'])] as const);
    const gone = left.filter(([, purposes]) => purposes === 0).map(([at]) => at);
    const kept = left.filter(([, purposes]) => purposes !== 0);
    await write(db, gone, kept);
    events += gone.length;
    narrowed += kept.length;
    await renewLease(db, lease, clock() + LEASE_MS);
  }
  // A visitor who withdrew again meanwhile waits for the next run.
  await db.client.execute({
    sql: `DELETE FROM withdrawals WHERE site_id = ? AND (visitor, purposes, until) IN
      (SELECT value ->> '$[0]', value ->> '$[1]', value ->> '$[2]' FROM json_each(?))`,
    args: [site, of],
  });
  return { events, narrowed };
}

async function write(
  db: Db,
  gone: readonly number[],
  kept: readonly (readonly [seq: number, purposes: number])[],
): Promise<void> {
  const statements: InStatement[] = [];
  if (gone.length > 0)
    statements.push({
      sql: 'DELETE FROM events WHERE seq IN (SELECT value FROM json_each(?))',
      args: [JSON.stringify(gone)],
    });
  if (kept.length > 0)
    statements.push({
      sql: `UPDATE events SET purposes = w.value ->> '$[1]' FROM json_each(?) AS w WHERE events.seq = w.value ->> '$[0]'`,
      args: [JSON.stringify(kept)],
    });
  if (statements.length > 0) await db.client.batch(overwriting(db, statements), 'write');
}
