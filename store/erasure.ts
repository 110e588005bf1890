// store/erasure.ts: erases one visitor, so that nothing late and no backup brings them back (P4).
//
// A tombstone is written first, with the audit entry. From then on the erasure can be finished by anybody: killed anywhere,
// replayed after a restore, or met by an event that was still in a queue, the next replay removes what the tombstone names.
import type { InStatement } from '@libsql/client';
import type { EpochMs, Result, VisitorKey } from '../contract/index.ts';
import { ok } from '../contract/index.ts';
import { forgetIdentityUntil, sweepAccounts, visitorsOfKeys } from './accounts.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { eraseLetterStatements, letterKeys } from './dead-letters.ts';
import { dropUnused, forgetDerived, settle, sweepContexts, sweepStrings } from './retention-purge.ts';
import { lookingOnly, overwriting, walkEvents } from './retention-walk.ts';
import type { Lease } from './lease.ts';
import { sweepOrders } from './rekey.ts';
import { eventWindows } from './event-windows.ts';
import { renewLease } from './lease.ts';
import { resetFold } from './segmenter.ts';
import { formerVisitorKeys, instantsOfDigests, readDigests, visitorDigest, visitorKeys } from './visitor-digest.ts';
import type { LeaseNeeds } from './with-lease.ts';
import { withLease, WORK_LEASE_MS } from './with-lease.ts';

/** Events of one step: one visitor rarely has more. */
const STEP_EVENTS = 2_000;
/** Steps of one erasure at most. */
const STEPS_MAX = 1_000_000;
/** Visitors of one step of a replay. */
const STEP_VISITORS = 2_000;

/** Who was erased, without who it was. */
export interface Tombstone {
  readonly site: SiteRow;
  /** SHA-256 as 64 hex digits. */
  readonly digest: string;
  readonly erasedAt: EpochMs;
}

/** Rows that went. */
export interface ErasedRows {
  readonly events: number;
  readonly visitors: number;
  readonly strings: number;
}

/** What an erasure needs of its platform. */
export type ErasureNeeds = LeaseNeeds;

const NOTHING: ErasedRows = { events: 0, visitors: 0, strings: 0 };

/** Whom an erasure is about, and what names it. */
export interface Erasure {
  /** Keys of the visitor as the edge derives them: more than one where they were known by several. */
  readonly keys: readonly VisitorKey[];
  /** Names the erasure in the audit log; nothing of the visitor is in it. */
  readonly receipt: string;
  readonly at: EpochMs;
  /** Statements for the transaction that makes the promise, such as those of the request that asked for it. */
  readonly also?: readonly InStatement[];
}

/**
 * Erases a visitor's events, profile, memberships and keys, and the texts that nobody else used.
 * @returns what went, zeros where nothing was stored; `busy` where the segmenter is at work: the tombstones stand then, and
 * {@link replayTombstones} finishes.
 */
export async function eraseVisitor(
  needs: ErasureNeeds,
  site: { readonly row: SiteRow; readonly id: string },
  { keys, receipt, at, also = [] }: Erasure,
): Promise<Result<ErasedRows, 'busy'>> {
  const tombstones: InStatement[] = [];
  for (const key of keys) {
    const digest = await visitorDigest(site.row, key);
    tombstones.push(tombstoneStatement({ site: site.row, digest, erasedAt: at }));
  }
  const recorded = await auditStatement({ kind: 'visitor_erased', site: site.id, receipt, at });
  await needs.db.client.batch([...also, ...tombstones, recorded], 'write');
  await needs.db.client.batch(overwriting(needs.db, eraseLetterStatements(site.row, keys, at)), 'write');
  const erased = await withLease(needs, site.row, async (lease) => {
    const visitors = await visitorsOfKeys(needs.db, site.row, keys);
    return remove(
      needs,
      lease,
      site.row,
      visitors.map((id) => ({ id, until: at })),
    );
  });
  await settle(needs.db);
  return erased;
}

const tombstoneStatement = ({ site, digest, erasedAt }: Tombstone): InStatement => ({
  sql: `INSERT INTO tombstones (site_id, digest, erased_at) VALUES (?, unhex(?), ?)
    ON CONFLICT DO UPDATE SET erased_at = max(erased_at, excluded.erased_at)`,
  args: [site, digest, erasedAt],
});

/** Every tombstone, to be kept beside the backups and not in them. */
export const readTombstones = async (db: Db): Promise<Tombstone[]> =>
  (await readDigests(db, 'tombstones')).map(({ at, ...of }) => ({ ...of, erasedAt: at }));

/** Brings tombstones into a database that was restored from before them; then replay. */
export async function addTombstones(db: Db, tombstones: readonly Tombstone[]): Promise<void> {
  for (let from = 0; from < tombstones.length; from += STEP_VISITORS) {
    await db.client.batch(tombstones.slice(from, from + STEP_VISITORS).map(tombstoneStatement), 'write');
  }
}

/** Removes again whatever a tombstone names: after a restore, after a kill, and now and then for late events. */
export async function replayTombstones(needs: ErasureNeeds): Promise<Result<ErasedRows, 'busy'>> {
  const { rows } = await needs.db.client.execute('SELECT DISTINCT site_id FROM tombstones ORDER BY site_id');
  let sum = NOTHING;
  for (const site of rows.map((row) => Number(row['site_id']))) {
    await eraseLetters(needs.db, site);
    const result = await withLease(needs, site, async (lease) =>
      remove(needs, lease, site, await findErased(needs.db, site)),
    );
    if (!result.ok) return result;
    const { events, visitors, strings } = result.value;
    sum = { events: sum.events + events, visitors: sum.visitors + visitors, strings: sum.strings + strings };
  }
  // Even where nothing was left: a run that was killed at its end left copies in the logs.
  await settle(needs.db);
  return ok(sum);
}

/** Removes the dead letters of erased visitors; they have no row of `visitors` to be found by. */
async function eraseLetters(db: Db, site: SiteRow): Promise<void> {
  for (const [key, until] of await instantsOfDigests(db, 'tombstones', site, await letterKeys(db, site))) {
    await db.client.batch(overwriting(db, eraseLetterStatements(site, [key], until)), 'write');
  }
}

interface Erased {
  readonly id: number;
  readonly until: EpochMs;
}

/** Visitors of a site that a tombstone names, by a key they have or had. */
async function findErased(db: Db, site: SiteRow): Promise<Erased[]> {
  const found = new Map<number, EpochMs>();
  for (const pass of [visitorKeys(db, site), formerVisitorKeys(db, site)]) {
    for await (const keys of pass) {
      const erased = await instantsOfDigests(db, 'tombstones', site, keys);
      for (const { visitor, key } of keys) {
        const until = erased.get(key);
        if (until !== undefined) found.set(visitor, Math.max(until, found.get(visitor) ?? 0) as EpochMs);
      }
    }
  }
  return [...found].map(([id, until]) => ({ id, until }));
}

/** Derived data first, then events, then texts, then the key: a visitor is found again until everything else is gone. */
async function remove(
  { db, clock }: ErasureNeeds,
  lease: Lease,
  site: SiteRow,
  erased: readonly Erased[],
): Promise<ErasedRows> {
  if (erased.length === 0) return NOTHING;
  let events = 0;
  for (const visitor of erased) {
    // Before the events: a kill between the two leaves them, and the next replay comes by here again.
    await db.copy?.erase(site, visitor);
    events += await removeEvents(db, site, lease, visitor);
    // Also where no event was left: a receipt outlives the events of who withdrew.
    await db.client.batch(overwriting(db, forgetIdentityUntil(site, visitor.id, visitor.until)), 'write');
    await renewLease(db, lease, clock() + WORK_LEASE_MS);
  }
  const turn = (): Promise<boolean> => new Promise((resolve) => setTimeout(() => resolve(true), 0));
  const used = await walkEvents(db, lookingOnly(turn));
  if (used === undefined) return { ...NOTHING, events };
  // All texts without use, because those of events that are gone can't be told from others after a kill. The key goes last.
  const strings = await sweepStrings(db, used, turn);
  await sweepContexts(db, used, turn);
  await sweepOrders(db);
  const unused = erased.map(({ id }) => id).filter((id) => !used.usedVisitors.has(id));
  if (unused.length > 0) await forgetDerived(db, site, unused);
  const visitors = await dropUnused(db, 'visitors', unused, ['visitor'], used.endSeq);
  await sweepAccounts(db, clock() as EpochMs);
  return { events, visitors, strings };
}

async function removeEvents(db: Db, site: SiteRow, lease: Lease, { id, until }: Erased): Promise<number> {
  let removed = 0;
  for await (const { from, to } of eventWindows(db)) {
    for (let step = 0; step < STEPS_MAX; step++) {
      // Found without the write lock; there is no index by visitor, so this reads the site's history.
      const { rows } = await db.client.execute({
        sql: `SELECT seq FROM events NOT INDEXED
          WHERE seq > ? AND seq <= ? AND site_id = ? AND visitor = ? AND at <= ? ORDER BY seq LIMIT ?`,
        args: [from, to, site, id, until, STEP_EVENTS],
      });
      if (rows.length === 0) break;
      // Before the events, so that a kill between the two leaves the events to find the profile by.
      if (removed === 0) await forgetFolded(db, site, lease, { id, until });
      const seqs = JSON.stringify(rows.map((row) => Number(row['seq'])));
      const removal = { sql: 'DELETE FROM events WHERE seq IN (SELECT value FROM json_each(?))', args: [seqs] };
      await db.client.batch(overwriting(db, [removal]), 'write');
      removed += rows.length;
    }
  }
  return removed;
}

/** A sum can't lose some of its events: where the visitor came back after the erasure, the site is folded again. */
async function forgetFolded(db: Db, site: SiteRow, lease: Lease, { id, until }: Erased): Promise<void> {
  const { rows } = await db.client.execute({
    sql: 'SELECT 1 FROM events NOT INDEXED WHERE site_id = ? AND visitor = ? AND at > ? LIMIT 1',
    args: [site, id, until],
  });
  if (rows.length > 0) await resetFold(db, site, lease);
  await forgetDerived(db, site, [id]);
}
