// store/event-spans.test.ts: the days of a site are found in stretches that miss no event and leave out what lies elsewhere.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../contract/index.ts';
import type { SiteRow } from './db.ts';
import { coverEvents, EVENTS_A_SPAN, findStretches, settleSpans } from './event-spans.ts';
import { exportSlices, exportSlicesBeside } from './export-events.ts';
import { planExport } from './exports.ts';
import type { TestDatabase } from './testing.ts';
import { openTestDatabase } from './testing.ts';

const [SHOP, OTHER] = [1, 2] as const;
const DAYS = 10;
/** Full blocks, and some events of one that is not. */
const BLOCKS = 5;
const EVENTS = BLOCKS * EVENTS_A_SPAN + 100;

describe('D1: where events are', () => {
  let store: TestDatabase;
  const ask = async (sql: string, ...args: number[]): Promise<number> => {
    const { rows } = await store.db.client.execute({ sql, args });
    return Number(Object.values(rows[0] ?? {})[0]);
  };
  // Time goes on with the order of arrival; each hundredth event is of the day it may be late by; one in three is of the other site.
  const addEvents = (first: number, last: number): Promise<unknown> =>
    store.db.client.execute({
      sql: `WITH RECURSIVE n (seq) AS (SELECT ?1 UNION ALL SELECT seq + 1 FROM n WHERE seq < ?2)
        INSERT INTO events (seq, site_id, id, at, name, purposes, policy_version)
        SELECT seq, iif(seq % 3 = 0, ${OTHER}, ${SHOP}), unhex(printf('%032x', seq)),
          max(0, CAST(seq AS INTEGER) * ${DAYS * DAY_MS} / ${EVENTS} - iif(seq % 100 = 0, ${DAY_MS}, 0)), 1, 0, 1 FROM n`,
      args: [first, last],
    });
  beforeAll(async () => {
    store = await openTestDatabase();
    await store.db.client.execute("INSERT INTO strings (id, value) VALUES (1, 'page_view')");
    await addEvents(1, 2 * EVENTS_A_SPAN + 7);
    await coverEvents(store.db);
    await addEvents(2 * EVENTS_A_SPAN + 8, EVENTS);
  });
  afterAll(() => store.close());

  const lengthOf = (stretches: readonly { readonly from: number; readonly to: number }[]): number =>
    stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const windows = fc
    .tuple(fc.integer({ min: -DAY_MS, max: 11 * DAY_MS }), fc.integer({ min: 1, max: 11 * DAY_MS }))
    .map(([from, length]) => ({ from, to: from + length }));
  const holdsThem = fc.asyncProperty(
    fc.constantFrom<SiteRow>(SHOP, OTHER),
    windows,
    fc.integer({ min: 0, max: EVENTS }),
    async (site, window, snapshot) => {
      const stretches = await findStretches(store.db, site, window, snapshot);
      const wanted = 'seq <= ? AND site_id = ? AND at >= ? AND at < ?';
      const args = [snapshot, site, window.from, window.to];
      const inside = stretches.map(({ from, to }) => `(seq > ${from} AND seq <= ${to})`).join(' OR ');
      const all = await ask(`SELECT count(*) FROM events WHERE ${wanted}`, ...args);
      const found = await ask(`SELECT count(*) FROM events WHERE ${wanted} AND (${inside || 'false'})`, ...args);
      expect(found).toBe(all);
      for (const [nth, { from, to }] of stretches.entries()) {
        expect(to).toBeGreaterThan(from);
        expect(from).toBeGreaterThanOrEqual(stretches[nth - 1]?.to ?? -1);
      }
      expect(stretches.at(-1)?.to ?? 0).toBeLessThanOrEqual(snapshot);
    },
  );

  it('misses no event while some of history is not gone through yet', async () => {
    await fc.assert(holdsThem, { numRuns: 40 });
  });

  it('misses no event once all of it is, and reads little more than the days that are asked for', async () => {
    await coverEvents(store.db);
    await fc.assert(holdsThem, { numRuns: 40 });
    const day = { from: 4 * DAY_MS, to: 5 * DAY_MS };
    // The day's own blocks, the one of the late events behind it, and the end that no block holds yet.
    expect(lengthOf(await findStretches(store.db, SHOP, day, EVENTS))).toBeLessThanOrEqual(3 * EVENTS_A_SPAN + 101);
    expect(await findStretches(store.db, SHOP, { from: 90 * DAY_MS, to: 99 * DAY_MS }, EVENTS)).toEqual([
      { from: BLOCKS * EVENTS_A_SPAN - 1, to: EVENTS },
    ]);
  });

  it('gives an export the events that are counted for it, and no others', async () => {
    const day = { from: 4 * DAY_MS, to: 5 * DAY_MS };
    const parts = await planExport(store.db, SHOP, day, EVENTS);
    const counted = parts.reduce((sum, part) => sum + part.events, 0);
    let fetched = 0;
    for (const part of parts)
      for await (const slice of exportSlicesBeside(store.db, SHOP, day, part)) fetched += slice.events;
    expect(fetched).toBe(counted);
    expect(await planExport(store.db, SHOP, { from: 90 * DAY_MS, to: 99 * DAY_MS }, EVENTS)).toEqual([
      { from: EVENTS, to: EVENTS, events: 0 },
    ]);
    let events = 0;
    for await (const slice of exportSlices(store.db, SHOP, day, EVENTS)) events += slice.events;
    const sql = 'SELECT count(*) FROM events WHERE site_id = ? AND at >= ? AND at < ?';
    const stored = await ask(sql, SHOP, day.from, day.to);
    expect([events, counted]).toEqual([stored, stored]);
    expect(stored).toBeGreaterThan(0);
  });

  it('P5: tells nothing of days before a limit once their events are gone, and begins no block again', async () => {
    await store.db.client.execute({ sql: 'DELETE FROM events WHERE site_id = ? AND at < ?', args: [SHOP, 5 * DAY_MS] });
    await settleSpans(store.db, new Map([[SHOP, 5 * DAY_MS]]));
    expect(await ask('SELECT min(from_day) FROM event_spans WHERE site_id = ?', SHOP)).toBe(5);
    expect(await ask('SELECT count(*) FROM event_spans WHERE site_id = ?', OTHER)).toBe(BLOCKS);
    await fc.assert(holdsThem, { numRuns: 20 });
  });
});
