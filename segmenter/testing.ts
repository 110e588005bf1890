// segmenter/testing.ts: databases, events and arbitraries for tests of the segmenter and its queries. Imported by tests only.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { EpochMs, SiteId } from '../contract/index.ts';
import { DAY_MS, HOUR_MS } from '../contract/index.ts';
import type { Db, EventRow } from '../store/index.ts';
import { acceptJobs, addSite } from '../store/index.ts';
import type { Files } from '../store/open.node.ts';
import { migrateFiles, openFiles } from '../store/open.node.ts';
import type { SegmenterInput } from './job.ts';
import { emptyTable, setRow, sortedTable } from './features/trait-table.ts';
import { sourceCode } from '../core/index.ts';
import type { FoldedEvent } from './profiles/fold.ts';
import { foldEvent } from './profiles/fold.ts';
import type { ProfileState } from './profiles/state.ts';
import { emptyState } from './profiles/state.ts';
import type { ProfileTraits } from './read-traits.ts';

/** 2026-03-02, a Monday. */
export const T0 = 1_772_409_600_000 as EpochMs;
/** The site that tests segment: row 1. */
export const SHOP = { row: 1, id: 'shop' as SiteId, floor: 20 };

/** Two database files in a folder of their own, with the sites `shop` (row 1) and `other` (row 2). */
export interface TestStore {
  readonly db: Db;
  readonly files: Files;
  readonly close: () => Promise<void>;
}

/** Opens a fresh store. */
export async function openTestStore(): Promise<TestStore> {
  const folder = await mkdtemp(`${tmpdir()}/segmenter-`);
  const files = { ground: `${folder}/ground.db`, derived: `${folder}/derived.db` };
  await migrateFiles(files, fileURLToPath(new URL('../migrations', import.meta.url)));
  const db = await openFiles(files);
  for (const id of ['shop', 'other'] as SiteId[]) {
    await addSite(db, { id, origins: [], policy: 'standard', floor: SHOP.floor, at: T0 });
  }
  const close = async (): Promise<void> => {
    db.client.close();
    await rm(folder, { recursive: true });
  };
  return { db, files, close };
}

/** A database whose calls fail from some number on, as if the process were gone. */
export function killedAfter(db: Db, calls: number): Db {
  let made = 0;
  const guard = (): void => {
    made += 1;
    if (made > calls) throw new Error('killed');
  };
  const client = new Proxy(db.client, {
    get(target, name) {
      if (name === 'execute') {
        return async (...args: Parameters<typeof target.execute>) => (guard(), target.execute(...args));
      }
      if (name === 'batch') return async (...args: Parameters<typeof target.batch>) => (guard(), target.batch(...args));
      return Reflect.get(target, name) as unknown;
    },
  });
  return { client, orm: db.orm };
}
const hex = (nth: number, digits: number): string => nth.toString(16).padStart(digits, '0');
/** A visitor key. */
export const visitorKey = (nth: number): string => hex(nth, 24);

let eventsMade = 0;
/** A stored event of a visitor who agreed to everything. */
export const aRow = (over: Partial<EventRow> = {}): EventRow => ({
  id: hex(++eventsMade, 32),
  at: T0,
  name: 'page_view',
  visitor: visitorKey(1),
  linked: 1,
  purposes: 15,
  policyVersion: 1,
  ...over,
});

/** Writes events through the collector's own query. */
export const insertRows = (db: Db, rows: readonly EventRow[], site = SHOP.row): Promise<void> =>
  acceptJobs(db, [{ site, day: Math.floor(T0 / DAY_MS), rows, ledger: [] }]);

/** Events of a shop with three kinds of visitors: browsers, occasional buyers and heavy buyers, none quite like another. */
export function shopRows(visitors: number): EventRow[] {
  return Array.from({ length: visitors }, (_, nth): EventRow[] => {
    const kind = nth % 3;
    const visitor = visitorKey(nth + 1);
    const row = (over: Partial<EventRow>): EventRow => aRow({ visitor, id: hex(rowId++, 32), ...over });
    let rowId = 1_000_000 + nth * 1_000;
    const views = Array.from({ length: 2 + kind * 3 + (nth % 4) }, (_unused, i) =>
      row({
        at: T0 + i * (5 + (nth % 7)) * HOUR_MS + nth * 1_000,
        path: `/garden/beds-${nth % 3}`,
        title: `Beds ${i}`,
      }),
    );
    const purchases = Array.from({ length: kind === 0 ? 0 : kind * kind + (nth % 2) }, (_unused, i) =>
      row({
        name: 'purchase',
        at: T0 + (1 + i) * (2 + (nth % 5)) * DAY_MS,
        orderKey: hex(nth * 100 + i, 24),
        currency: 'GBP',
        context: nth % 2 === 0 ? undefined : sourceCode('crm'),
        discount: nth % 2 === 0 ? 150 : undefined,
        value: kind * (1_000 + (nth % 13) * 150) + i * 10,
        items: JSON.stringify([{ id: 'tea', category: `c${nth % (kind + 2)}`, price: 500, quantity: 1 + (nth % 3) }]),
      }),
    );
    return [...views, ...purchases];
  }).flat();
}

/** A run's input with a clock that stands still. */
export const aRun = (db: Db, over: Partial<SegmenterInput> = {}): SegmenterInput => ({
  db,
  site: SHOP,
  now: (T0 + 40 * DAY_MS) as EpochMs,
  holder: 'run-1',
  clock: () => T0 + 40 * DAY_MS,
  publishKey: new Uint8Array(32).fill(7),
  options: { k: 3 },
  ...over,
});

/** A state of some events. */
export function stateOf(events: readonly FoldedEvent[]): ProfileState {
  const state = emptyState();
  for (const event of events) foldEvent(state, event);
  return state;
}

/** An event as the fold reads it. */
export const anEvent = (over: Partial<FoldedEvent> = {}): FoldedEvent => ({
  id: hex(++eventsMade, 32),
  at: T0,
  name: 'page_view',
  purposes: 15,
  ...over,
});

/** Traits of some visitors, numbered from 1. */
export function traitsOf(states: readonly ProfileState[], asOf: number, currency = 'GBP'): ProfileTraits {
  const table = emptyTable(states.length);
  states.forEach((state, row) => setRow(table, row, row + 1, state, { asOf, currency }));
  const firstAt = Math.min(...states.map((state) => state.firstAt));
  const lastAt = Math.max(...states.map((state) => state.lastAt));
  return { table: sortedTable(table), currency, firstAt, lastAt };
}

const item = fc.record(
  {
    id: fc.constantFrom('tea', 'mug'),
    category: fc.constantFrom('drinks', 'kitchen', '__proto__'),
    price: fc.nat(5_000),
    quantity: fc.constantFrom(0.1, 0.2, 1, 3),
    discount: fc.nat(500),
  },
  { requiredKeys: ['id'] },
);

/** Events close enough together to share sessions, days and order keys; each id once. */
export const eventsArb: fc.Arbitrary<FoldedEvent[]> = fc.uniqueArray(
  fc.record(
    {
      id: fc.nat(100_000).map((nth) => hex(nth, 32)),
      at: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: T0, max: T0 + 3 * DAY_MS }) },
        fc.integer({ min: T0 - 300 * DAY_MS, max: T0 + 3 * DAY_MS }),
      ),
      purposes: fc.constantFrom(2, 6, 15),
      name: fc.constantFrom('page_view', 'view_item', 'add_to_cart', 'purchase', 'refund', 'custom', 'constructor'),
      orderKey: fc.constantFrom(hex(1, 24), hex(2, 24)),
      currency: fc.constantFrom('GBP', 'EUR'),
      value: fc.integer({ min: -500, max: 10_000 }),
      discount: fc.nat(900),
      topics: fc.subarray(['garden', 'tea', '花园', '__proto__']),
      items: fc.array(item, { maxLength: 3 }),
      source: fc.constantFrom('web', 'crm', 'till-north'),
    },
    { requiredKeys: ['id', 'at', 'name', 'purposes'] },
  ),
  { selector: ({ id }) => id, maxLength: 30 },
);
