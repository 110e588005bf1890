import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import {
  acquireLease,
  currentRelease,
  readClusterMembers,
  readVersions,
  resumeReleases,
  rollBack,
} from '../store/index.ts';
import { runSegmenter } from './job.ts';
import type { TestStore } from './testing.ts';
import { aRow, aRun, insertRows, openTestStore, SHOP, shopRows, T0, visitorKey } from './testing.ts';

let store: TestStore;
let day = 40;
beforeEach(async () => {
  store = await openTestStore();
  day = 40;
  await insertRows(store.db, shopRows(150));
});
afterEach(() => store.close());

const now = (): EpochMs => (T0 + day * DAY_MS) as EpochMs;
async function run() {
  const result = await runSegmenter(aRun(store.db, { now: now(), clock: now, holder: `run-${day}` }));
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
const nextDay = async () => {
  day += 1;
  return run();
};
const needs = () => ({ db: store.db, holder: 'officer', clock: now });
const members = async () => [...(await readClusterMembers(store.db, SHOP.row))].sort(([a], [b]) => a - b);
const audited = async () =>
  (await store.db.client.execute("SELECT entry FROM audit_log WHERE entry LIKE '%release%' ORDER BY seq")).rows.map(
    ({ entry }) => (JSON.parse(String(entry)) as { kind: string }).kind,
  );

describe('going back to a version', () => {
  it('changes what is released at once, and leaves nobody in a cluster of another version', async () => {
    await run();
    await nextDay();
    expect(await rollBack(needs(), SHOP, 1, 'kim')).toEqual({ ok: true, value: true });
    expect(await currentRelease(store.db, SHOP.row)).toEqual({ version: 1, at: now() });
    expect(await members()).toEqual([]);
    expect(await readVersions(store.db, SHOP.row)).toMatchObject([
      { version: 2, isReleased: false },
      { version: 1, isReleased: true },
    ]);
    expect(await audited()).toEqual(['release_rolled_back']);
  });

  it('is followed by the members with the next run, as the version itself put them', async () => {
    const first = await run();
    const before = await members();
    await insertRows(store.db, [aRow({ visitor: visitorKey(999), at: T0 + 39 * DAY_MS })]);
    await nextDay();
    await rollBack(needs(), SHOP, 1, 'kim');
    day = 40;
    const back = await run();
    expect(back).toMatchObject({ outcome: 'unchanged', version: 1, model: first.model });
    // Whoever is new since has a place as well.
    const after = await members();
    expect(after).toHaveLength(before.length + 1);
    expect(after.filter(([visitor]) => before.some(([known]) => known === visitor))).toEqual(before);
  });

  it('holds until it is told otherwise, and then new versions come', async () => {
    await run();
    await nextDay();
    await rollBack(needs(), SHOP, 1, 'kim');
    expect(await nextDay()).toMatchObject({ outcome: 'unchanged', version: 1 });
    expect(await nextDay()).toMatchObject({ outcome: 'unchanged', version: 1 });
    expect(await resumeReleases(needs(), SHOP, 'kim')).toEqual({ ok: true, value: true });
    expect(await nextDay()).toMatchObject({ outcome: 'released', version: 3 });
    expect(await audited()).toEqual(['release_rolled_back', 'releases_resumed']);
  });

  it('is refused for a version that is not kept, while a run goes on, and nothing is to resume where none is held', async () => {
    await run();
    const before = await members();
    expect(await rollBack(needs(), SHOP, 7, 'kim')).toEqual({ ok: false, error: 'unknown_version' });
    expect(await resumeReleases(needs(), SHOP, 'kim')).toEqual({ ok: false, error: 'not_held' });
    await acquireLease(store.db, SHOP.row, 'a run', { now: now(), expiresAt: now() + 1_000 });
    expect(await rollBack(needs(), SHOP, 1, 'kim')).toEqual({ ok: false, error: 'busy' });
    expect(await members()).toEqual(before);
    expect(await audited()).toEqual([]);
  });
});
