// store/retention-purge.ts: removes what is past its limit, in steps that hold the write lock briefly (P5).
//
// A run holds the segmenter's lease of each site it purges: no fold reads events that are on their way out. Before the
// first event of a profiled visitor goes, the site's profiles are dropped, and the next run of the segmenter folds those
// events that stayed: a folded sum can't be taken apart. Killed anywhere, the next run finishes.
import type { InStatement } from '@libsql/client';
import type { EpochMs } from '../contract/index.ts';
import { retentionCutoff } from '../core/index.ts';
import { forgetGoneVisitors, sweepAccounts } from './accounts.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { expireStatements, LETTER_DAYS_MAX, OF_LETTERS } from './dead-letters.ts';
import { sweepOrders } from './rekey.ts';
import { settleSpans } from './event-spans.ts';
import type { SiteRetention } from './retention.ts';
import { readRetention } from './retention.ts';
import type { IdSet, Walked } from './retention-walk.ts';
import type { PurgedRecords } from './retention-records.ts';
import { purgeRecords } from './retention-records.ts';
import { overwriting, STRING_COLUMNS, walkEvents } from './retention-walk.ts';
import type { Lease } from './lease.ts';
import { acquireLease, releaseLease, renewLease } from './lease.ts';
import { CHANGES_KEPT_DAYS } from './rule-members.ts';
import { resetFold } from './segmenter.ts';

/** Visitors, texts or profiles in one step. */
const STEP_ROWS = 500;
/** Steps of one sweep at most: ten billion rows. */
const STEPS_MAX = 5_000_000;
const LEASE_MS = 300_000;
const RENEW_MS = 60_000;

/** What became of a site's data. */
export interface SitePurge {
  readonly site: string;
  /** `busy`: the segmenter was at work, so nothing of it was purged; ask again. `no_limits`: nobody decided yet. */
  readonly outcome: 'purged' | 'busy' | 'no_limits';
  readonly events: number;
  readonly visitors: number;
  readonly profiles: number;
  /** Whether profiles were dropped to be folded again from the events that stayed. */
  readonly refold: boolean;
  /** Receipts, requests and audit entries that went, and the oldest of each that stayed. */
  readonly records: PurgedRecords;
  /** The oldest event that stayed, epoch ms. */
  readonly oldestEventAt?: number;
}

/** What a run did. */
export interface PurgeReport {
  /** False where a lease was lost on the way; the next run goes on. */
  readonly finished: boolean;
  readonly sites: readonly SitePurge[];
  /** Texts that no event uses any more, of all sites. */
  readonly strings: number;
  /** Bytes of ground.db that this run freed for reuse; undefined where the database is not a file. */
  readonly freedBytes?: number;
  /** Bytes of ground.db that are free for reuse; undefined where the database is not a file. */
  readonly freeBytes?: number;
}

/** What a run needs of its platform. */
export interface PurgeNeeds {
  readonly db: Db;
  /** A random id of this run, for its leases. */
  readonly holder: string;
  readonly clock: () => number;
}

const NO_RECORDS: PurgedRecords = { rows: { receipts: 0, requests: 0, audit: 0 }, oldestAt: {} };

interface Held extends SiteRetention {
  readonly lease: Lease;
}

/** Between steps, ms: who waits for SQLite's write lock looks for it now and then, and must find it free. */
const PAUSE_MS = 5;

/** Purges every site. Needs ground and derived tables on one connection. `now` is what limits are counted back from. */
export async function purgeExpired(needs: PurgeNeeds, now: EpochMs): Promise<PurgeReport> {
  const { db, clock } = needs;
  const all = await readRetention(db);
  const held: Held[] = [];
  for (const site of all.filter(({ days }) => Object.keys(days).length > 0)) {
    const lease = await acquireLease(db, site.row, needs.holder, { now: clock(), expiresAt: clock() + LEASE_MS });
    if (lease !== undefined) held.push({ ...site, lease });
  }
  try {
    return await purgeHeld(needs, all, held, now);
  } finally {
    for (const { lease } of held) await releaseLease(db, lease);
  }
}

/** Renews all leases now and then and lets others have a turn. @returns whether all are still held. */
function keeper({ db, clock }: PurgeNeeds, held: readonly Held[]): () => Promise<boolean> {
  let renewedAt = clock();
  return async () => {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (clock() - renewedAt < RENEW_MS) return true;
    renewedAt = clock();
    for (const { lease } of held) if (!(await renewLease(db, lease, renewedAt + LEASE_MS))) return false;
    return true;
  };
}

async function purgeHeld(
  needs: PurgeNeeds,
  all: readonly SiteRetention[],
  held: readonly Held[],
  now: EpochMs,
): Promise<PurgeReport> {
  const { db } = needs;
  const freeBefore = await freeBytes(db);
  const bySite = new Map(held.map((site) => [site.row, site]));
  const goOn = keeper(needs, held);
  const refold = new Set<SiteRow>();
  const cutoffs = new Map(
    held.flatMap(({ row, days }) => (days.events === undefined ? [] : [[row, retentionCutoff(days.events, now)]])),
  );
  const walked = await walkEvents(db, {
    cutoffOf: (site) => cutoffs.get(site),
    beforeProfiled: async (site) => {
      const lease = bySite.get(site)?.lease;
      if (lease !== undefined) await resetFold(db, site, lease);
      refold.add(site);
    },
    onFirst: (site) =>
      auditStatement({
        kind: 'purge_begun',
        site: bySite.get(site)?.id ?? String(site),
        before: cutoffs.get(site) ?? 0,
        at: now,
      }),
    afterStep: goOn,
  });
  if (walked !== undefined) await settleSpans(db, cutoffs);
  // Asked in every run, so that a run killed before this is made good by the next.
  for (const [site, cutoff] of cutoffs) await db.copy?.purge(site, cutoff);
  const profiles = new Map<SiteRow, number>();
  for (const site of held) profiles.set(site.row, await purgeProfiles(db, site, now, goOn));
  const records = new Map<SiteRow, PurgedRecords>();
  for (const site of all) records.set(site.row, await purgeRecords(db, site, now, goOn));
  for (const { row } of all) await purgeLetters(db, row, cutoffs.get(row), now);
  for (const { row } of all) await purgeChanges(db, row, cutoffs.get(row) ?? 0, now);
  const visitors = walked === undefined ? new Map<SiteRow, number>() : await sweepVisitors(db, held, walked, goOn);
  const strings = walked === undefined ? 0 : await sweepStrings(db, walked, goOn);
  await sweepAccounts(db, now);
  if (walked !== undefined) await sweepContexts(db, walked, goOn);
  await sweepOrders(db);
  const sites = all.map(
    ({ row, id, days }): SitePurge => ({
      site: id,
      outcome: bySite.has(row) ? 'purged' : Object.keys(days).length === 0 ? 'no_limits' : 'busy',
      events: walked?.removed.get(row) ?? 0,
      visitors: visitors.get(row) ?? 0,
      profiles: profiles.get(row) ?? 0,
      refold: refold.has(row),
      records: records.get(row) ?? NO_RECORDS,
      ...(walked?.oldest.get(row) === undefined ? {} : { oldestEventAt: walked.oldest.get(row) ?? 0 }),
    }),
  );
  await record(db, sites, now);
  const free = await settle(db);
  const freed = free.freeBytes === undefined ? {} : { freedBytes: Math.max(0, free.freeBytes - freeBefore) };
  return { finished: walked !== undefined, sites, strings, ...freed, ...free };
}

/** Drops dead letters of events past the limit, and those that nobody mended. There are few of them (store/dead-letters.ts). */
async function purgeLetters(db: Db, site: SiteRow, eventsFrom: number | undefined, now: EpochMs): Promise<void> {
  const expired = expireStatements(site, eventsFrom ?? 0, retentionCutoff(LETTER_DAYS_MAX, now));
  await db.client.batch(overwriting(db, expired), 'write');
}

/** Drops who entered and left segments before the limit of events, and what nobody read in the time it is kept for. */
async function purgeChanges(db: Db, site: SiteRow, eventsFrom: number, now: EpochMs): Promise<void> {
  const before = Math.max(eventsFrom, retentionCutoff(CHANGES_KEPT_DAYS, now));
  const removal = { sql: 'DELETE FROM segment_changes WHERE site_id = ? AND at < ?', args: [site, before] };
  await db.client.batch([removal], 'deferred');
}

/** Drops profiles whose visitor was last seen before the limit. */
async function purgeProfiles(db: Db, site: Held, now: EpochMs, goOn: () => Promise<boolean>): Promise<number> {
  if (site.days.profiles === undefined) return 0;
  const cutoff = retentionCutoff(site.days.profiles, now);
  let dropped = 0;
  for (let step = 0; step < STEPS_MAX; step++) {
    const { rows } = await db.client.execute({
      sql: `SELECT visitor FROM profiles WHERE site_id = ? AND json_extract(state, '$.at[1]') < ? LIMIT ?`,
      args: [site.row, cutoff, STEP_ROWS],
    });
    if (rows.length === 0) break;
    await forgetDerived(
      db,
      site.row,
      rows.map((row) => Number(row['visitor'])),
    );
    dropped += rows.length;
    if (!(await goOn())) break;
  }
  return dropped;
}

/** Takes visitors out of derived.db. Deferred: only its tables are written, so the ingest's write lock is not taken. */
export async function forgetDerived(db: Db, site: SiteRow, visitors: readonly number[]): Promise<void> {
  const ids = JSON.stringify(visitors);
  const statements = ['profiles', 'memberships', 'segment_changes'].map((table) => ({
    sql: `DELETE FROM ${table} WHERE site_id = ? AND visitor IN (SELECT value FROM json_each(?))`,
    args: [site, ids],
  }));
  await db.client.batch(statements, 'deferred');
}

/** Drops visitors that no event names. Derived data first: a run killed between the two finds them again. */
async function sweepVisitors(
  db: Db,
  held: readonly Held[],
  walked: Walked,
  goOn: () => Promise<boolean>,
): Promise<Map<SiteRow, number>> {
  const removed = new Map<SiteRow, number>();
  const sites = new Set(held.map(({ row }) => row));
  let last = 0;
  for (let step = 0; step < STEPS_MAX && last < walked.maxVisitor; step++) {
    const { rows } = await db.client.execute({
      sql: 'SELECT id, site_id, objected_at FROM visitors WHERE id > ? AND id <= ? ORDER BY id LIMIT ?',
      args: [last, walked.maxVisitor, STEP_ROWS],
    });
    if (rows.length === 0) break;
    last = Number(rows.at(-1)?.['id'] ?? walked.maxVisitor);
    const unused = rows
      .map((row) => ({
        id: Number(row['id']),
        site: Number(row['site_id']),
        // Who objected is known on: the row is what keeps later events of theirs out of profiles.
        stays: row['objected_at'] !== null,
      }))
      .filter(({ id, site }) => sites.has(site) && !walked.usedVisitors.has(id));
    for (const site of new Set(unused.map((visitor) => visitor.site))) {
      const ofSite = unused.filter((visitor) => visitor.site === site);
      await forgetDerived(
        db,
        site,
        ofSite.map(({ id }) => id),
      );
      const leaving = ofSite.filter(({ stays }) => !stays).map(({ id }) => id);
      // An event that came since the pass may name one of them again; those few are asked for under the write lock.
      const count = await dropUnused(db, 'visitors', leaving, ['visitor'], walked.endSeq);
      removed.set(site, (removed.get(site) ?? 0) + count);
    }
    if (!(await goOn())) break;
  }
  return removed;
}

/** A dictionary of the events: its table, the columns that name its rows, and what a pass found of it. */
interface Dictionary {
  readonly table: 'strings' | 'contexts';
  readonly columns: readonly string[];
  readonly largest: number;
  readonly used: IdSet;
}

/** Drops texts that no event names. */
export const sweepStrings = (db: Db, walked: Walked, goOn: () => Promise<boolean>): Promise<number> => {
  const { maxString: largest, usedStrings: used } = walked;
  return sweep(db, { table: 'strings', columns: STRING_COLUMNS, largest, used }, walked.endSeq, goOn);
};

/** Drops contexts that no event names: a rare one would go on saying that somebody of its kind was there. */
export const sweepContexts = (db: Db, walked: Walked, goOn: () => Promise<boolean>): Promise<number> => {
  const { maxContext: largest, usedContexts: used } = walked;
  return sweep(db, { table: 'contexts', columns: ['context'], largest, used }, walked.endSeq, goOn);
};

async function sweep(
  db: Db,
  { table, columns, largest, used }: Dictionary,
  endSeq: number,
  goOn: () => Promise<boolean>,
): Promise<number> {
  let removed = 0;
  let last = 0;
  for (let step = 0; step < STEPS_MAX && last < largest; step++) {
    const { rows } = await db.client.execute({
      sql: `SELECT id FROM ${table} WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`,
      args: [last, largest, STEP_ROWS],
    });
    if (rows.length === 0) break;
    const ids = rows.map((row) => Number(row['id']));
    last = ids.at(-1) ?? largest;
    const unused = ids.filter((id) => !used.has(id));
    if (unused.length > 0) removed += await dropUnused(db, table, unused, columns, endSeq);
    if (!(await goOn())) break;
  }
  return removed;
}

/** Deletes those of the rows that no event after `endSeq` names either; that those before it don't is the caller's to know. */
export async function dropUnused(
  db: Db,
  table: 'visitors' | 'strings' | 'contexts',
  ids: readonly number[],
  columns: readonly string[],
  endSeq: number,
): Promise<number> {
  const usedSince = columns.map(
    (name) => `SELECT ${name} FROM events NOT INDEXED WHERE seq > ?2 AND ${name} IS NOT NULL`,
  );
  // A receipt proves what a visitor agreed to, so it keeps the key by which it is found; a dead letter is found by it too.
  if (table === 'visitors')
    usedSince.push('SELECT visitor FROM receipts WHERE visitor IN (SELECT value FROM json_each(?1))', OF_LETTERS);
  const removal: InStatement = {
    sql: `DELETE FROM ${table} WHERE id IN (SELECT value FROM json_each(?1)) AND id NOT IN (${usedSince.join(' UNION ALL ')})`,
    args: [JSON.stringify(ids), endSeq],
  };
  // In the same transaction: a link or a receipt that outlived its visitor would be found by nobody any more.
  const after = table === 'visitors' ? forgetGoneVisitors(ids) : [];
  const results = await db.client.batch(overwriting(db, [removal, ...after]), 'write');
  return results.at(-1 - after.length)?.rowsAffected ?? 0;
}

/** Says in the audit log what went, per site of which something went. */
async function record(db: Db, sites: readonly SitePurge[], at: EpochMs): Promise<void> {
  const entries: InStatement[] = [];
  for (const { site, events, visitors, profiles, records } of sites) {
    const rows = { events, visitors, profiles, ...records.rows };
    if (Object.values(rows).every((count) => count === 0)) continue;
    entries.push(await auditStatement({ kind: 'purged', site, rows, at }));
  }
  if (entries.length > 0) await db.client.batch(entries, 'write');
}

/** Empties the write-ahead logs, which hold copies of what went, and says how much room there is. */
export async function settle(db: Db): Promise<{ readonly freeBytes?: number }> {
  if (db.client.protocol !== 'file') return {};
  // Passive first: it lets writers write, and leaves little for the one that does not.
  await db.client.execute('PRAGMA main.wal_checkpoint(PASSIVE)');
  await db.client.execute('PRAGMA main.wal_checkpoint(TRUNCATE)');
  await db.client.execute('PRAGMA derived.wal_checkpoint(TRUNCATE)');
  return { freeBytes: await freeBytes(db) };
}

/** Bytes of ground.db that are free for reuse; 0 where it is not a file. */
async function freeBytes(db: Db): Promise<number> {
  if (db.client.protocol !== 'file') return 0;
  const free = await db.client.execute('PRAGMA main.freelist_count');
  const size = await db.client.execute('PRAGMA main.page_size');
  return Number(free.rows[0]?.[0] ?? 0) * Number(size.rows[0]?.[0] ?? 0);
}
