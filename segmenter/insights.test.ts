// segmenter/insights.test.ts: what a run finds beside segments: learned from real profiles, refused where there is too little.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Condition, EpochMs } from '../contract/index.ts';
import { DAY_MS, ok } from '../contract/index.ts';
import type { EventRow } from '../store/index.ts';
import { putRuleSegment, readInsight, readInsights } from '../store/index.ts';
import { runSegmenter } from './job.ts';
import { foldLive } from './live.ts';
import { seededWords } from './math/random.ts';
import type { PublishedRules } from './patterns/shop-rules.ts';
import type { PublishedValue } from './predictions/lifetime.ts';
import type { PublishedOutlook } from './predictions/outlook.ts';
import type { TestStore } from './testing.ts';
import { aRow, aRun, insertRows, openTestStore, SHOP, T0, visitorKey } from './testing.ts';

const VISITORS = 900;
const DAYS = 90;

/**
 * Every third visitor comes and buys each fortnight; the others come now and then and seldom buy. Tea goes with a mug in
 * most orders.
 */
function history(): EventRow[] {
  const words = seededWords(7);
  const chance = (share: number): boolean => words() / 2 ** 32 < share;
  const rows: EventRow[] = [];
  let orders = 0;
  for (let visitor = 1; visitor <= VISITORS; visitor++) {
    const isKeen = visitor % 3 === 0;
    for (let day = 0; day < DAYS; day++) {
      if (!chance(isKeen ? 0.12 : 0.03)) continue;
      const at = T0 - (DAYS - day) * DAY_MS + visitor * 1_000;
      rows.push(aRow({ at, visitor: visitorKey(visitor) }));
      if (!chance(isKeen ? 0.6 : 0.08)) continue;
      const items = [
        { id: 'tea', quantity: 1 },
        ...(chance(0.8) ? [{ id: 'mug' }] : []),
        ...(chance(0.2) ? [{ id: 'tray' }] : []),
      ];
      rows.push(
        aRow({
          at: at + 1,
          visitor: visitorKey(visitor),
          name: 'purchase',
          orderKey: (++orders).toString(16).padStart(24, '0'),
          currency: 'GBP',
          value: 1_000,
          items: JSON.stringify(items),
        }),
      );
    }
  }
  return rows;
}

const outlooksOf = async ({ db }: TestStore): Promise<PublishedOutlook[]> =>
  [...(await readInsights(db, SHOP.row, 'outlook')).values()].map(
    ({ published }) => JSON.parse(published) as PublishedOutlook,
  );
const rulesOf = async ({ db }: TestStore): Promise<PublishedRules> =>
  JSON.parse((await readInsight(db, SHOP.row, 'item_rules', ''))?.published ?? '{}') as PublishedRules;

describe('a run over a shop’s history', () => {
  let store: TestStore;
  const run = async (now: number): Promise<void> => {
    const result = await runSegmenter(aRun(store.db, { now: now as EpochMs, clock: () => now }));
    if (!result.ok) throw new Error(result.error);
  };
  const RULES: Readonly<Record<string, Condition>> = {
    regulars: { event: 'purchase', at_least: 2 },
    next: { alike: 'regulars', closest: 0.1 },
    likely: { trait: 'chance_purchase_30', at_least: 0.5 },
    hopeless: { alike: 'nobody', closest: 0.1 },
    nobody: { event: 'never_sent' },
  };
  const members = async (segment: string): Promise<number[]> =>
    (
      await store.db.client.execute({
        sql: 'SELECT visitor FROM memberships WHERE segment_id = ? ORDER BY visitor',
        args: [segment],
      })
    ).rows.map((row) => Number(row['visitor']));
  const live = (at: number) =>
    foldLive({ db: store.db, site: SHOP.row, now: at as EpochMs, holder: 'live', clock: () => at });
  beforeAll(async () => {
    store = await openTestStore();
    await insertRows(store.db, history());
    for (const [id, where] of Object.entries(RULES)) {
      await putRuleSegment(store.db, SHOP, () => ok({ id, name: id, rule: { version: 1, where } }), T0);
    }
    await run(T0);
  }, 120_000);
  afterAll(() => store.close());

  it('predicts purchases better than chance, on what came later too, with the card of its model', async () => {
    const found = (await outlooksOf(store)).find(({ outcome }) => outcome === 'purchase_30');
    if (found?.status !== 'ready') throw new Error(found?.reason ?? 'nothing was found');
    expect(found.metrics.auc).toBeGreaterThan(0.75);
    expect(found.metrics.aucLater).toBeGreaterThan(0.7);
    expect(found.metrics.brier).toBeLessThan(found.metrics.brierOfRate);
    expect(found).toMatchObject({ horizonDays: 30, asOf: '2026-03-02', window: { to: '2026-03-01' }, seed: 42 });
    expect(found.examples % 10).toBe(0);
    // Under the site's secret: whoever knows everybody else can't try what the last one did.
    expect(found.inputs).toMatch(/^[0-9a-f]{32}$/);
    const other = await openTestStore();
    await insertRows(other.db, history());
    const publishKey = new Uint8Array(32).fill(99);
    await runSegmenter(aRun(other.db, { now: T0, clock: () => T0, publishKey }));
    const elsewhere = (await outlooksOf(other)).find(({ outcome }) => outcome === 'purchase_30');
    await other.close();
    expect(elsewhere).toMatchObject({ status: 'ready' });
    expect(elsewhere?.status === 'ready' && elsewhere.inputs).not.toBe(found.inputs);
    const chances = found.segments.map(({ chance }) => chance);
    expect(chances.length).toBeGreaterThan(0);
    expect(Math.max(...chances)).toBeLessThanOrEqual(1);
  });
  it('M1: learns what rules ask of one visitor, and who is judged by it is the same in a slice and in a sweep', async () => {
    const lookalikes = await readInsights(store.db, SHOP.row, 'lookalike');
    expect([...lookalikes].map(([segment, { published }]) => [segment, JSON.parse(published) as unknown])).toEqual([
      ['nobody', { status: 'refused', asOf: '2026-03-02', reason: 'too_few_members' }],
      ['regulars', { status: 'ready', asOf: '2026-03-02' }],
    ]);
    // What is learned behind a run is judged by with the next fold.
    expect(await members('next')).toEqual([]);
    await live(T0);
    const [regulars, next, likely] = [await members('regulars'), await members('next'), await members('likely')];
    const outside = VISITORS - regulars.length;
    expect(next.length).toBeGreaterThan(0.07 * outside);
    expect(next.length).toBeLessThan(0.13 * outside);
    expect(next.filter((visitor) => regulars.includes(visitor))).toEqual([]);
    expect(likely.length).toBeGreaterThan(50);
    const keen = new Set(await members('regulars'));
    expect(likely.filter((visitor) => keen.has(visitor)).length).toBeGreaterThan(0.9 * likely.length);
    expect(await members('hopeless')).toEqual([]);
    await store.db.client.execute('DELETE FROM rule_marks');
    await live(T0);
    expect([await members('next'), await members('likely')]).toEqual([next, likely]);
  });
  it('says what buyers will spend in the money of the site, or why not, in published form alone', async () => {
    const found = JSON.parse((await readInsight(store.db, SHOP.row, 'value', ''))?.published ?? '{}') as PublishedValue;
    // Nobody is known for longer than the horizon.
    expect(found).toEqual({ horizonDays: 90, asOf: '2026-03-02', status: 'refused', reason: 'history_too_short' });
  });
  it('finds what is bought together, in tens, and what to recommend', async () => {
    const found = await rulesOf(store);
    if (found.status !== 'ready') throw new Error(found.reason);
    const rule = found.rules.find(({ items, also }) => items.join() === 'tray' && also === 'mug');
    expect(rule?.confidence).toBeGreaterThan(0.6);
    for (const { orders } of found.rules) expect(orders % 10).toBe(0);
    const beside = await readInsight(store.db, SHOP.row, 'recommendations', 'tea');
    expect(JSON.parse(beside?.published ?? '[]')).toEqual(['mug', 'tray']);
  });
  it('P3: keeps what it found for the week, whatever comes', async () => {
    const before = [await outlooksOf(store), await rulesOf(store)];
    await insertRows(
      store.db,
      history()
        .slice(0, 500)
        .map((row) => ({ ...row, id: row.id.replace(/^0/, 'f') })),
    );
    await run(T0 + 3_600_000);
    expect([await outlooksOf(store), await rulesOf(store)]).toEqual(before);
  });
});

describe('a run with too little', () => {
  it('refuses with the reason, and finds nothing to recommend', async () => {
    const store = await openTestStore();
    await insertRows(store.db, [aRow({ at: T0 - 80 * DAY_MS }), aRow({ at: T0 - 1 })]);
    await runSegmenter(aRun(store.db));
    expect((await outlooksOf(store)).map((one) => one.status === 'refused' && one.reason)).toEqual([
      'too_few_of_an_outcome',
      'too_few_of_an_outcome',
      'too_few_of_an_outcome',
    ]);
    expect(await rulesOf(store)).toMatchObject({ status: 'refused', reason: 'too_few_orders' });
    expect((await readInsights(store.db, SHOP.row, 'recommendations')).size).toBe(0);
    await store.close();
  });
});
