import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs, Item } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import type { EventRow } from '../store/index.ts';
import type { ModelInput } from './model.ts';
import { modelVisitors, visitorsNeeded } from './model.ts';
import type { ProfileState } from './profiles/state.ts';
import { anEvent, SHOP, shopRows, stateOf, T0, traitsOf } from './testing.ts';

const AS_OF = T0 + 40 * DAY_MS;
const shopStates = (visitors: number): ProfileState[] => {
  const rows = new Map<string | undefined, EventRow[]>();
  for (const row of shopRows(visitors)) rows.set(row.visitor, [...(rows.get(row.visitor) ?? []), row]);
  return [...rows.values()].map((events) =>
    stateOf(
      events.map(({ items, ...event }) =>
        anEvent({
          id: event.id,
          at: event.at,
          name: event.name,
          ...(event.orderKey === undefined ? {} : { orderKey: event.orderKey }),
          ...(event.value === undefined ? {} : { currency: 'GBP', value: event.value }),
          ...(items === undefined ? {} : { items: JSON.parse(items) as Item[] }),
        }),
      ),
    ),
  );
};
const inputOf = (states: readonly ProfileState[], over: Partial<ModelInput> = {}): ModelInput => ({
  site: SHOP,
  version: 1,
  at: AS_OF as EpochMs,
  options: { k: 3, seed: 42 },
  profiles: traitsOf(states, AS_OF),
  last: { clusters: [], members: new Map() },
  publishKey: new Uint8Array(32).fill(7),
  ...over,
});

describe('M1: same visitors, same seed, same segments', () => {
  it('in whatever order the visitors come', async () => {
    const states = shopStates(150);
    const first = await modelVisitors(inputOf(states));
    const law = fc.asyncProperty(fc.shuffledSubarray(states, { minLength: states.length }), async (shuffled) => {
      const other = await modelVisitors(inputOf(shuffled));
      expect(JSON.stringify(other.internals)).toBe(JSON.stringify(first.internals));
      const sizes = ({ memberships }: typeof first) => memberships.map(({ visitors }) => visitors.length);
      expect(sizes(other)).toEqual(sizes(first));
    });
    await fc.assert(law, { numRuns: 10 });
  });

  it('takes the ids over and agrees with itself', async () => {
    const states = shopStates(600);
    const first = await modelVisitors(inputOf(states));
    const members = new Map(
      first.memberships.flatMap(({ segment, visitors }) => visitors.map((visitor) => [visitor, segment] as const)),
    );
    const last = { clusters: [...first.internals.clusters].reverse(), members };
    const second = await modelVisitors(inputOf(states, { last }));
    expect(second.memberships).toEqual(first.memberships);
    // 1, less what the noise of each cell of their table takes.
    if (second.model.status !== 'segmented') throw new Error('it is segmented');
    expect(second.model.metrics.ariWithLast).toBeGreaterThan(0.6);
    expect(second.model.metrics.nmiWithLast).toBeGreaterThan(0.6);
  });
});

describe('what a model says', () => {
  it('puts every visitor into one cluster', async () => {
    const { memberships } = await modelVisitors(inputOf(shopStates(150)));
    const members = memberships.flatMap(({ visitors }) => visitors);
    expect(members.sort((a, b) => a - b)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
  });

  it('finds the heavy buyers of the shop', async () => {
    const { segments } = await modelVisitors(inputOf(shopStates(3_000)));
    const heavy = segments.filter(
      (segment) =>
        segment.status === 'published' &&
        ['frequency', 'monetary_minor', 'items_bought'].every((id) =>
          segment.traits.some((trait) => trait.id === id && trait.compared === 'higher'),
        ),
    );
    expect(heavy).toHaveLength(1);
  });

  it.each([
    { why: 'a handful', visitors: 8, status: 'no_segments' },
    { why: 'many more than needed', visitors: 200, status: 'segmented' },
  ])('P3: $status with $why; near the threshold noise decides (attacks.test.ts)', async ({ visitors, status }) => {
    const { model } = await modelVisitors(inputOf(shopStates(visitors)));
    expect(model.status).toBe(status);
    expect(model.status === 'no_segments' ? model.reason : 'not_enough_visitors').toBe('not_enough_visitors');
  });

  it.each([
    { k: 5, floor: 10, needed: 50 },
    { k: 5, floor: 25, needed: 50 },
    { k: 5, floor: 50, needed: 100 },
  ])('needs $needed visitors for k $k and floor $floor', ({ k, floor, needed }) => {
    expect(visitorsNeeded(k, floor)).toBe(needed);
  });

  it('P3: goes on with segments once it had them, as long as there are visitors for as many clusters', async () => {
    const { history } = await modelVisitors(inputOf(shopStates(200)));
    for (const [visitors, status] of [
      [12, 'segmented'],
      [2, 'no_segments'],
    ] as const) {
      const { model, segments } = await modelVisitors(
        inputOf(shopStates(visitors), { last: { clusters: [], members: new Map(), history } }),
      );
      expect(model.status).toBe(status);
      expect(
        segments.every((segment) => segment.status === 'withheld' || segment.at !== model.at || visitors > 100),
      ).toBe(true);
    }
  });

  it('says that visitors do not differ', async () => {
    const { model } = await modelVisitors(inputOf(Array.from({ length: 100 }, () => stateOf([anEvent()]))));
    expect(model).toMatchObject({ status: 'no_segments', reason: 'traits_do_not_vary' });
  });

  it('finds as many clusters as there are different visitors, where k asks for more', async () => {
    const two = Array.from({ length: 100 }, (_, i) => stateOf(i % 2 === 0 ? [anEvent()] : [anEvent(), anEvent()]));
    const { memberships } = await modelVisitors(inputOf(two, { options: { k: 5, seed: 42 } }));
    expect(memberships.map(({ visitors }) => visitors.length)).toEqual([50, 50]);
  });

  it('says so of nobody at all', async () => {
    const { model } = await modelVisitors(
      inputOf([], { profiles: { table: traitsOf([], AS_OF).table, currency: undefined } }),
    );
    expect(model).toMatchObject({ status: 'no_segments', reason: 'not_enough_visitors' });
  });
});

describe('P3: what a model says of itself', () => {
  const saidBy = ({ model }: Awaited<ReturnType<typeof modelVisitors>>) => {
    if (model.status !== 'segmented') throw new Error('it is segmented');
    return { metrics: model.metrics, traits: model.traits };
  };

  it('has other noise for another site’s secret, and stands as long as no new sets are released', async () => {
    const states = shopStates(150);
    const first = await modelVisitors(inputOf(states));
    const other = await modelVisitors(inputOf(states, { publishKey: new Uint8Array(32).fill(8) }));
    expect(saidBy(other).metrics).not.toEqual(saidBy(first).metrics);
    let history = first.history;
    const said: unknown[] = [];
    for (let run = 1; run <= 6; run++) {
      const over = { version: 1 + run, at: (AS_OF + run * 60_000) as EpochMs };
      const last = { clusters: first.internals.clusters, members: new Map<number, string>(), history };
      const next = await modelVisitors(inputOf(shopStates(150 + run), { ...over, last }));
      history = next.history;
      said.push(saidBy(next).metrics);
    }
    // Two releases at once, then a pause (ADR 0012): what the second said stands.
    expect(new Set(said.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(said[0]).not.toEqual(saidBy(first).metrics);
  });

  it('names the same traits whoever the visitors are', async () => {
    const bare = shopStates(150).map((state) => ({ ...state, orders: new Map() }));
    const [all, without] = [await modelVisitors(inputOf(shopStates(150))), await modelVisitors(inputOf(bare))];
    expect(saidBy(without).traits).toEqual(saidBy(all).traits);
  });
});
