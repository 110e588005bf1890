// store/retention-walk.ts: one pass over all events in small steps: removes those past their limit, notes what the rest use.
import type { InStatement, Row } from '@libsql/client';
import { PURPOSE_BIT } from '../contract/index.ts';
import type { Db, SiteRow } from './db.ts';

/** Events in one step: bounds memory and how long the write lock is held; steps of 2,000 were measured to hold it for 160 ms. */
const STEP_EVENTS = 500;

/**
 * Columns of events that hold numbers of `strings`. A table that is to refer to strings or visitors must be named here
 * and in the check, or the purge takes what it needs for unused.
 */
export const STRING_COLUMNS = ['name', 'path', 'title', 'referrer', 'campaign', 'currency', 'coupon'] as const;

/** A set of row ids up to a largest one, a bit each: ten million visitors take 1.25 MB. */
export interface IdSet {
  readonly add: (id: number) => void;
  readonly has: (id: number) => boolean;
}

function idSet(largest: number): IdSet {
  const bits = new Uint8Array(Math.floor(largest / 8) + 1);
  return {
    add: (id) => {
      // What came after the pass began is beyond the end; the deletes ask for it again.
      if (id <= largest) bits[id >> 3] = (bits[id >> 3] ?? 0) | (1 << (id & 7));
    },
    has: (id) => id > largest || ((bits[id >> 3] ?? 0) & (1 << (id & 7))) !== 0,
  };
}

/** What a pass found. */
export interface Walked {
  /** The last event of the pass. */
  readonly endSeq: number;
  readonly maxVisitor: number;
  readonly maxString: number;
  readonly maxContext: number;
  readonly usedVisitors: IdSet;
  readonly usedStrings: IdSet;
  readonly usedContexts: IdSet;
  /** Events removed, per site. */
  readonly removed: ReadonlyMap<SiteRow, number>;
  /** The oldest event that stays, per site, epoch ms. */
  readonly oldest: ReadonlyMap<SiteRow, number>;
}

/** A pass that removes nothing, for who wants to know what is used. */
export const lookingOnly = (afterStep: WalkHooks['afterStep']): WalkHooks => ({
  cutoffOf: () => undefined,
  beforeProfiled: () => Promise.resolve(),
  onFirst: () => Promise.resolve('SELECT 1'),
  afterStep,
});

/** What a pass asks of its caller. */
export interface WalkHooks {
  /** Events of this site before this instant go; undefined where none do. */
  readonly cutoffOf: (site: SiteRow) => number | undefined;
  /** Called before the first event of a profiled visitor of the site goes. */
  readonly beforeProfiled: (site: SiteRow) => Promise<void>;
  /** Statements for the transaction in which the first event of the site goes. */
  readonly onFirst: (site: SiteRow) => Promise<InStatement>;
  /** Called between steps; the pass ends where it says false. */
  readonly afterStep: () => Promise<boolean>;
}

interface Expired {
  readonly seq: number;
  readonly site: SiteRow;
  readonly profiled: boolean;
}

async function limitsOf(db: Db): Promise<Pick<Walked, 'endSeq' | 'maxVisitor' | 'maxString' | 'maxContext'>> {
  const { rows } = await db.client.execute(
    `SELECT (SELECT coalesce(max(id), 0) FROM visitors) AS visitor, (SELECT coalesce(max(id), 0) FROM strings) AS string,
      (SELECT coalesce(max(id), 0) FROM contexts) AS context,
      (SELECT coalesce(max(seq), 0) FROM events) AS seq`,
  );
  const [row] = rows;
  return {
    endSeq: Number(row?.['seq'] ?? 0),
    maxVisitor: Number(row?.['visitor'] ?? 0),
    maxString: Number(row?.['string'] ?? 0),
    maxContext: Number(row?.['context'] ?? 0),
  };
}

const nextStep = async (db: Db, after: number, endSeq: number): Promise<Row[]> =>
  (
    await db.client.execute({
      sql: `SELECT e.seq, e.site_id, e.at, e.visitor, e.purposes, e.context, v.linked, ${STRING_COLUMNS.map((name) => `e.${name}`).join(', ')}
        FROM events AS e NOT INDEXED LEFT JOIN visitors AS v ON v.id = e.visitor
        WHERE e.seq > ? AND e.seq <= ? ORDER BY e.seq LIMIT ?`,
      args: [after, endSeq, STEP_EVENTS],
    })
  ).rows;

/** Walks all events once. @returns undefined where `afterStep` ended it; what was removed stays removed. */
export async function walkEvents(db: Db, hooks: WalkHooks): Promise<Walked | undefined> {
  const limits = await limitsOf(db);
  const [usedVisitors, usedStrings] = [idSet(limits.maxVisitor), idSet(limits.maxString)];
  const usedContexts = idSet(limits.maxContext);
  const removed = new Map<SiteRow, number>();
  const oldest = new Map<SiteRow, number>();
  const profiledSites = new Set<SiteRow>();
  let seq = 0;
  while (seq < limits.endSeq) {
    const rows = await nextStep(db, seq, limits.endSeq);
    if (rows.length === 0) break;
    const expired: Expired[] = [];
    for (const row of rows) {
      const [site, at] = [Number(row['site_id']), Number(row['at'])];
      seq = Number(row['seq']);
      if (at < (hooks.cutoffOf(site) ?? Number.NEGATIVE_INFINITY)) {
        const profiled = row['linked'] === 1 && (Number(row['purposes']) & PURPOSE_BIT.profile) !== 0;
        expired.push({ seq, site, profiled });
        continue;
      }
      oldest.set(site, Math.min(at, oldest.get(site) ?? at));
      if (row['visitor'] !== null) usedVisitors.add(Number(row['visitor']));
      if (row['context'] !== null) usedContexts.add(Number(row['context']));
      for (const name of STRING_COLUMNS) if (row[name] !== null) usedStrings.add(Number(row[name]));
    }
    for (const { site } of expired.filter(({ site, profiled }) => profiled && !profiledSites.has(site))) {
      if (!profiledSites.has(site)) await hooks.beforeProfiled(site);
      profiledSites.add(site);
    }
    if (expired.length > 0) await remove(db, expired, removed, hooks);
    if (!(await hooks.afterStep())) return undefined;
  }
  return { ...limits, usedVisitors, usedStrings, usedContexts, removed, oldest };
}

async function remove(
  db: Db,
  expired: readonly Expired[],
  removed: Map<SiteRow, number>,
  hooks: WalkHooks,
): Promise<void> {
  const statements: InStatement[] = [];
  for (const site of new Set(expired.map((event) => event.site))) {
    if (!removed.has(site)) statements.push(await hooks.onFirst(site));
    removed.set(site, (removed.get(site) ?? 0) + expired.filter((event) => event.site === site).length);
  }
  const seqs = JSON.stringify(expired.map(({ seq }) => seq));
  statements.push({ sql: 'DELETE FROM events WHERE seq IN (SELECT value FROM json_each(?))', args: [seqs] });
  await db.client.batch(overwriting(db, statements), 'write');
}

/** In a file, deleted bytes are overwritten and not only marked as free. */
export const overwriting = (db: Db, statements: readonly InStatement[]): InStatement[] =>
  db.client.protocol === 'file' ? ['PRAGMA secure_delete = ON', ...statements] : [...statements];
