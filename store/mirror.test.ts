// store/mirror.test.ts: the mirror holds what ground.db holds, whatever is killed, erased or purged.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, VisitorKey } from '../contract/index.ts';
import { DAY_MS, HOUR_MS } from '../contract/index.ts';
import type { TestStore } from '../segmenter/testing.ts';
import { aRow, insertRows, openTestStore, SHOP, shopRows, T0, visitorKey } from '../segmenter/testing.ts';
import {
  eraseFromMirror,
  listFoldable,
  listParts,
  mirrorCopy,
  purgeMirror,
  readMirroredVisitors,
  syncMirror,
} from './mirror.node.ts';
import { eraseVisitor } from './erasure.ts';
import { setRetention } from './retention.ts';
import { checkRetention } from './retention-check.ts';
import { purgeExpired } from './retention-purge.ts';
import type { StoredEvent } from './event-slices.ts';
import { readEventSlice } from './event-slices.ts';

const SITE = SHOP.row;
const ALL = { part: 0, of: 1 };

let store: TestStore;
let folder: string;
beforeEach(async () => {
  store = await openTestStore();
  folder = join(dirname(store.files.ground), 'mirror');
});
afterEach(() => store.close());

const goOn = async (): Promise<boolean> => true;
const sync = () => syncMirror(store.db, folder, SITE, goOn);
const byId = (a: StoredEvent, b: StoredEvent): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
/** As a profile keeps them. */
const foldable = (event: StoredEvent): StoredEvent => ({ ...event, id: event.name === 'purchase' ? event.id : '' });
async function mirrored(share = ALL, numberedMax?: number): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  let last = -1;
  await listFoldable(store.db, folder, SITE);
  const take = (visitor: number, events: readonly StoredEvent[]): undefined => {
    expect(visitor).toBeGreaterThan(last);
    expect(events.every((event) => event.visitor === visitor)).toBe(true);
    last = visitor;
    all.push(...events);
  };
  await readMirroredVisitors(store.db, folder, SITE, share, take, numberedMax === undefined ? {} : { numberedMax });
  return all.sort(byId);
}
const stored = async (): Promise<StoredEvent[]> =>
  ((await readEventSlice(store.db, SITE, 0, 100_000))?.events ?? []).map(foldable).sort(byId);
const filesBelow = async (): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.parquet')).sort();

describe('M1: the mirror', () => {
  it('gives the events that the slices of ground.db give, whole and in shares', async () => {
    const { visitor: _visitor, ...nobody } = aRow();
    await insertRows(store.db, shopRows(60));
    await insertRows(store.db, [
      aRow({ linked: 0, visitor: visitorKey(901) }),
      aRow({ purposes: 1, visitor: visitorKey(902) }),
      { ...nobody, linked: 0 },
    ]);
    expect(await sync()).toMatchObject({ events: shopRows(60).length + 3 });
    const all = await stored();
    expect(await mirrored()).toEqual(all);
    // As where a shop has more different lists of items than are numbered.
    expect(await mirrored(ALL, 1)).toEqual(all);
    const shares = [await mirrored({ part: 0, of: 2 }), await mirrored({ part: 1, of: 2 })];
    expect(shares.every((share) => share.length > 0)).toBe(true);
    expect(shares.flat().sort(byId)).toEqual(all);
  });

  it('goes on where it stopped, with late events, and makes one file of many', async () => {
    for (let nth = 0; nth < 12; nth += 1) {
      await insertRows(store.db, [aRow({ at: T0 + nth * HOUR_MS }), aRow({ at: T0 - DAY_MS })]);
      expect(await sync()).toMatchObject({ events: 2 });
    }
    expect(await mirrored()).toEqual(await stored());
    const parts = await listParts(store.db, SITE);
    expect(parts.length).toBeLessThan(10);
    expect(await filesBelow()).toHaveLength(parts.length);
    expect(await sync()).toMatchObject({ events: 0, files: 0 });
  });

  it('sweeps what a killed run left, and is made anew where a file is gone', async () => {
    await insertRows(store.db, shopRows(9));
    await sync();
    const [first] = await filesBelow();
    const day = dirname(join(folder, first ?? ''));
    await writeFile(join(day, 'half-written.parquet'), 'PAR1');
    await mkdir(join(folder, `fresh-${SITE}`), { recursive: true });
    await sync();
    expect(await filesBelow()).not.toContainEqual(expect.stringContaining('half-written'));
    expect(await readdir(folder)).toEqual([`site=${SITE}`]);
    await rm(join(folder, first ?? ''));
    await sync();
    expect(await mirrored()).toEqual(await stored());
  });

  it('keeps sites apart', async () => {
    await insertRows(store.db, shopRows(3));
    await insertRows(store.db, [aRow({})], 2);
    await sync();
    await syncMirror(store.db, folder, 2, goOn);
    expect(await mirrored()).toEqual(await stored());
    expect((await listParts(store.db, 2)).map(({ events }) => events)).toEqual([1]);
  });
});

describe('P4, P5: what leaves ground.db leaves the mirror', () => {
  const copied = () => ({ ...store.db, copy: mirrorCopy(store.db, folder) });
  const needs = () => ({ db: copied(), holder: 'test', clock: () => T0 + 40 * DAY_MS });

  it('when a visitor is erased', async () => {
    await insertRows(store.db, shopRows(12));
    await sync();
    const { rows } = await store.db.client.execute('SELECT id FROM visitors WHERE key = unhex(?)', [visitorKey(5)]);
    const id = Number(rows[0]?.['id']);
    expect((await mirrored()).some(({ visitor }) => visitor === id)).toBe(true);
    const before = await mirrored();
    await eraseVisitor(needs(), SHOP, {
      keys: [visitorKey(5) as VisitorKey],
      receipt: '00'.repeat(16),
      at: (T0 + 40 * DAY_MS) as EpochMs,
    });
    expect(await mirrored()).toEqual(before.filter(({ visitor }) => visitor !== id));
  });

  it('when a purge runs, and the check sees it where it did not', async () => {
    const now = (T0 + 40 * DAY_MS) as EpochMs;
    await insertRows(store.db, [aRow({ at: T0 }), aRow({ at: T0 + 39 * DAY_MS })]);
    await sync();
    await setRetention(store.db, SHOP, { events: 10, profiles: 10 }, now);
    const claim = async () => (await checkRetention(copied(), now)).find((one) => one.claim === 'copy_within_limit');
    expect(await claim()).toMatchObject({ holds: false, rows: 1, overLimitMs: 30 * DAY_MS });
    await purgeExpired(needs(), now);
    expect(await claim()).toMatchObject({ holds: true, rows: 0, oldestAt: T0 + 39 * DAY_MS });
  });

  it('when the copy is forgotten: no file stays, and the next run makes all of it anew', async () => {
    await insertRows(store.db, shopRows(12));
    await sync();
    await copied().copy.forget(SITE);
    expect(await filesBelow()).toEqual([]);
    await sync();
    expect(await mirrored()).toEqual(await stored());
  });

  it('every event of an erased visitor up to the instant, and no byte of it stays', async () => {
    await insertRows(store.db, shopRows(30));
    await insertRows(store.db, [
      aRow({ at: T0, visitor: visitorKey(7), path: '/only-of-the-erased' }),
      aRow({ at: T0 + 90 * DAY_MS, visitor: visitorKey(7), path: '/came-back' }),
    ]);
    await sync();
    const before = await mirrored();
    const id = before.find(({ at }) => at === T0 + 90 * DAY_MS)?.visitor ?? -1;
    const gone = before.filter(({ visitor, at }) => visitor === id && at <= T0 + 60 * DAY_MS);
    expect(await eraseFromMirror(store.db, folder, SITE, { id, until: T0 + 60 * DAY_MS })).toMatchObject({
      events: gone.length,
    });
    expect(await mirrored()).toEqual(before.filter((event) => !gone.includes(event)));
    const bytes = await Promise.all((await filesBelow()).map((name) => readFile(join(folder, name))));
    expect(bytes.some((file) => file.includes('only-of-the-erased'))).toBe(false);
    expect(bytes.some((file) => file.includes('came-back'))).toBe(true);
  });

  it('every event older than the cutoff: days before it as files, its own day in part', async () => {
    await insertRows(
      store.db,
      [-2 * DAY_MS, -1, 0, HOUR_MS, 3 * DAY_MS].map((after) => aRow({ at: T0 + after })),
    );
    await sync();
    await purgeMirror(store.db, folder, SITE, T0 + HOUR_MS);
    expect((await mirrored()).map(({ at }) => at - T0).sort((a, b) => a - b)).toEqual([HOUR_MS, 3 * DAY_MS]);
    expect((await listParts(store.db, SITE)).map(({ events }) => events)).toEqual([1, 1]);
    expect((await filesBelow()).length).toBe(2);
  });
});
