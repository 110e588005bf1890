// segmenter/rules/members.test.ts: who is in a rule segment, kept up to date slice by slice, is who judging everybody finds.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Condition, EpochMs } from '../../contract/index.ts';
import { DAY_MS, HOUR_MS } from '../../contract/index.ts';
import { ok } from '../../contract/index.ts';
import type { Db, EventRow } from '../../store/index.ts';
import { putRuleSegment, removeRuleSegment } from '../../store/index.ts';
import { foldLive } from '../live.ts';
import { runSegmenter } from '../job.ts';
import type { TestStore } from '../testing.ts';
import { aRow, aRun, insertRows, killedAfter, openTestStore, SHOP, T0, visitorKey } from '../testing.ts';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());

const setRule = async (db: Db, id: string, where: Condition, at = T0): Promise<void> => {
  const kept = await putRuleSegment(db, SHOP, () => ok({ id, name: id, rule: { version: 1, where } }), at);
  if (!kept.ok) throw new Error(kept.error.reason);
};
const live = async (db: Db, now: number, holder = 'live'): Promise<void> => {
  const result = await foldLive({ db, site: SHOP.row, now: now as EpochMs, holder, clock: () => now });
  if (!result.ok) throw new Error(result.error);
};
const members = async (db: Db): Promise<string[]> =>
  (
    await db.client.execute(`SELECT segment_id || ' ' || hex(v.key) AS member FROM memberships AS m
      JOIN visitors AS v ON v.id = m.visitor WHERE m.site_id = 1 AND segment_id NOT GLOB 'cluster-*' ORDER BY 1`)
  ).rows.map((row) => String(row['member']));
/** What the entries and exits add up to. */
const replayed = async (db: Db): Promise<string[]> => {
  const { rows } = await db.client.execute(`SELECT segment_id || ' ' || hex(v.key) AS member, entered
    FROM segment_changes AS c JOIN visitors AS v ON v.id = c.visitor ORDER BY seq`);
  const held = new Set<string>();
  for (const row of rows) {
    const member = String(row['member']);
    // Nobody enters twice or leaves where they are not.
    expect(held.has(member)).toBe(row['entered'] === 0);
    if (row['entered'] === 1) held.add(member);
    else held.delete(member);
  }
  return [...held].sort();
};
const changes = async (db: Db): Promise<unknown[]> =>
  (await db.client.execute('SELECT segment_id, visitor, entered FROM segment_changes ORDER BY seq')).rows.map((row) =>
    Object.values(row),
  );

const RULES: Readonly<Record<string, Condition>> = {
  buyers: { event: 'purchase' },
  lately: { event: 'page_view', within_days: 2 },
  quiet: { all: [{ event: 'page_view' }, { not: { segment: 'lately' } }] },
  busy: { event: 'page_view', at_least: 3 },
  spenders: { trait: 'monetary', at_least: 1_500 },
};

const account = (nth: number) => ({
  kind: nth % 2 === 0 ? ('user_id' as const) : ('email' as const),
  key: `acc${nth.toString(16).padStart(21, '0')}`,
});

describe('a member', () => {
  it('enters with the event that decides and leaves when only time has passed', async () => {
    await setRule(store.db, 'lately', RULES['lately'] as Condition);
    await insertRows(store.db, [aRow({ name: 'click' })]);
    await live(store.db, T0);
    expect(await members(store.db)).toEqual([]);
    await insertRows(store.db, [aRow({ at: T0 + HOUR_MS })]);
    await live(store.db, T0 + HOUR_MS);
    expect(await changes(store.db)).toEqual([['lately', 1, 1]]);
    await live(store.db, T0 + 2 * DAY_MS);
    expect(await changes(store.db)).toEqual([
      ['lately', 1, 1],
      ['lately', 1, 0],
    ]);
    expect(await members(store.db)).toEqual([]);
  });

  it('is judged with the other browsers of their account', async () => {
    await setRule(store.db, 'busy', RULES['busy'] as Condition);
    const identify = (visitor: number): EventRow =>
      aRow({ name: 'identify', visitor: visitorKey(visitor), accounts: [account(0)] });
    await insertRows(store.db, [aRow(), aRow(), aRow({ visitor: visitorKey(2) })]);
    await live(store.db, T0);
    expect(await members(store.db)).toEqual([]);
    await insertRows(store.db, [identify(1), identify(2)]);
    await live(store.db, T0 + 1);
    expect(await members(store.db)).toHaveLength(2);
  });

  it('follows a rule that is changed, and goes with one that is removed', async () => {
    await insertRows(store.db, [aRow()]);
    await setRule(store.db, 'mine', { event: 'page_view' });
    await live(store.db, T0);
    await setRule(store.db, 'mine', { event: 'purchase' }, (T0 + 1) as EpochMs);
    await live(store.db, T0 + 1);
    expect(await changes(store.db)).toEqual([
      ['mine', 1, 1],
      ['mine', 1, 0],
    ]);
    await setRule(store.db, 'mine', { event: 'page_view' }, (T0 + 2) as EpochMs);
    await live(store.db, T0 + 2);
    await removeRuleSegment(store.db, SHOP, 'mine', T0 + 3);
    await live(store.db, T0 + 3);
    expect([await members(store.db), await changes(store.db)]).toEqual([[], []]);
  });

  it('C1: is nobody who did not agree to profiles', async () => {
    await setRule(store.db, 'any', { event: 'page_view' });
    await insertRows(store.db, [aRow({ purposes: 1 }), aRow({ visitor: visitorKey(2), linked: 0 })]);
    await live(store.db, T0);
    expect(await members(store.db)).toEqual([]);
  });
});

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ visitor: fc.integer({ min: 1, max: 5 }), name: fc.constantFrom('page_view', 'purchase') }),
  },
  { weight: 2, arbitrary: fc.record({ visitor: fc.integer({ min: 1, max: 5 }), account: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.constantFrom('live' as const, 'run' as const, 'day' as const) },
);

function rowOf(
  one: { visitor: number; name: string } | { visitor: number; account: number },
  nth: number,
  at: number,
): EventRow {
  const visitor = visitorKey(one.visitor);
  if ('account' in one) return aRow({ at, visitor, name: 'identify', accounts: [account(one.account)] });
  if (one.name === 'page_view') return aRow({ at, visitor });
  return aRow({
    at,
    visitor,
    name: 'purchase',
    orderKey: nth.toString(16).padStart(24, '0'),
    currency: 'GBP',
    value: 1_000,
  });
}

describe('M1: after any slices, links, runs and days', () => {
  it('members are those that judging everybody at once finds, and the changes add up to them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        const [kept, fresh] = [await openTestStore(), await openTestStore()];
        for (const db of [kept.db, fresh.db]) {
          for (const [id, where] of Object.entries(RULES)) await setRule(db, id, where);
        }
        let now: number = T0;
        for (const [nth, one] of steps.entries()) {
          now += HOUR_MS;
          if (one === 'day') now += DAY_MS;
          else if (one === 'live') await live(kept.db, now);
          else if (one === 'run') await runSegmenter(aRun(kept.db, { now: now as EpochMs, clock: () => now }));
          else for (const db of [kept.db, fresh.db]) await insertRows(db, [rowOf(one, nth, now)]);
        }
        await live(kept.db, now);
        await live(fresh.db, now);
        const [found, expected, added] = [await members(kept.db), await members(fresh.db), await replayed(kept.db)];
        await Promise.all([kept.close(), fresh.close()]);
        expect(found).toEqual(expected);
        expect(added).toEqual(found);
      }),
      { numRuns: 15 },
    );
  });
});

describe('a fold that is killed', () => {
  it('leaves nothing half done, wherever it was', async () => {
    for (const [id, where] of Object.entries(RULES)) await setRule(store.db, id, where);
    await insertRows(store.db, [aRow(), aRow({ visitor: visitorKey(2) })]);
    await live(store.db, T0);
    let later: number = T0;
    for (let calls = 0; calls < 20; calls++) {
      later += HOUR_MS;
      await insertRows(store.db, [aRow({ at: later }), aRow({ at: later, visitor: visitorKey(2 + (calls % 3)) })]);
      if (calls === 10) later += 2 * DAY_MS;
      await live(killedAfter(store.db, calls), later).catch(() => undefined);
      expect(await replayed(store.db)).toEqual(await members(store.db));
      await live(store.db, later);
      expect(await replayed(store.db)).toEqual(await members(store.db));
    }
    const found = await members(store.db);
    const fresh = await openTestStore();
    await fresh.close();
    await store.db.client.execute('DELETE FROM rule_marks');
    await live(store.db, later);
    expect(await members(store.db)).toEqual(found);
  });
});
