// segmenter/publish/rule-sizes.test.ts: sizes of rule segments are made now and then, and those before are kept for their trend.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, ok } from '../../contract/index.ts';
import { acquireLease, putRuleSegment, readInsight } from '../../store/index.ts';
import type { TestStore } from '../testing.ts';
import { aRow, insertRows, openTestStore, SHOP, T0, visitorKey } from '../testing.ts';
import { publishRuleSizes } from './rule-sizes.ts';

const PROFILES = 2_000;
let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
  await insertRows(
    store.db,
    Array.from({ length: 900 }, (_, nth) => aRow({ visitor: visitorKey(nth + 1) })),
  );
});
afterEach(() => store.close());

const setRule = async (event: string, at: number): Promise<void> => {
  const segment = { id: 'mine', name: 'Mine', rule: { version: 1 as const, where: { event } } };
  const kept = await putRuleSegment(store.db, SHOP, () => ok(segment), at);
  if (!kept.ok) throw new Error(kept.error.reason);
};
/** Publishes sizes while so many are members. */
async function publish(members: number, at: number) {
  await store.db.client.batch(
    [
      "DELETE FROM memberships WHERE segment_id = 'mine'",
      { sql: "INSERT INTO memberships SELECT 1, 'mine', id FROM visitors ORDER BY id LIMIT ?", args: [members] },
    ],
    'write',
  );
  const lease = await acquireLease(store.db, SHOP.row, 'test', { now: at, expiresAt: at + 1_000 });
  if (lease === undefined) throw new Error('the lease is held');
  const secret = new Uint8Array(32).fill(9);
  expect(await publishRuleSizes(store.db, lease, { site: SHOP, secret, profiles: PROFILES, now: at })).toBe(true);
  const kept = await readInsight(store.db, SHOP.row, 'segment_size', 'mine');
  return JSON.parse(kept?.published ?? '{}') as {
    readonly size: number | null;
    readonly madeAt: number;
    readonly version: number;
    readonly past: readonly { readonly version: number; readonly at: number; readonly size: number | null }[];
  };
}

describe('P3: sizes of a rule segment', () => {
  it('are kept with when they were made, and one that stands is not made again', async () => {
    await setRule('page_view', T0);
    const first = await publish(300, T0);
    expect(first).toMatchObject({ madeAt: T0, past: [] });
    expect((await publish(300, T0 + DAY_MS)).madeAt).toBe(T0);
    const second = await publish(500, T0 + 8 * DAY_MS);
    expect(second).toMatchObject({ madeAt: T0 + 8 * DAY_MS, past: [{ version: 1, at: T0, size: first.size }] });
    expect(second.size).not.toBe(first.size);
  });

  it('come a week apart whoever came or left: one that came sooner, or stayed for longer, would tell of them', async () => {
    await setRule('page_view', T0);
    const first = await publish(300, T0);
    expect(await publish(301, T0 + DAY_MS)).toMatchObject({ madeAt: T0, size: first.size });
    const sizes = new Set([first.size]);
    for (const week of [1, 2, 3]) {
      const made = await publish(300, T0 + week * 7 * DAY_MS);
      expect(made.madeAt).toBe(T0 + week * 7 * DAY_MS);
      sizes.add(made.size);
    }
    expect(sizes.size).toBeGreaterThan(1);
  });

  it('are kept under the version of the rule that they are of, and half a year of them at most', async () => {
    await setRule('page_view', T0);
    await publish(300, T0);
    await setRule('purchase', T0 + 1);
    const changed = await publish(400, T0 + 8 * DAY_MS);
    expect([changed.version, changed.past.map(({ version }) => version)]).toEqual([2, [1]]);
    let at = T0 + 8 * DAY_MS;
    let last = changed;
    for (let nth = 0; nth < 30; nth += 1) {
      at += 8 * DAY_MS;
      last = await publish(300 + nth, at);
    }
    expect(last.past.length).toBe(26);
    expect(last.past.map((one) => one.at)).toEqual(last.past.map((one) => one.at).toSorted((a, b) => a - b));
  });
});
