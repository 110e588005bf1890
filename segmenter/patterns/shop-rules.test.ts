// segmenter/patterns/shop-rules.test.ts: what is bought together follows from blurred numbers, and is near the exact ones where there are many.
import { describe, expect, it } from 'vitest';
import { blurredSets, setKey } from './blurred-sets.ts';
import { shopRules } from './shop-rules.ts';

const secret = new Uint8Array(32).fill(7);
const by = (period: number) => ({ floor: 50, secret, period, asOf: '2026-03-02', days: 90 });
const times = (count: number, order: readonly string[]): string[][] => Array.from({ length: count }, () => [...order]);

/** Tea is in 2,010 orders, with a cup in 200 and with a mug in 200; cups and mugs in 300 orders each. */
const ORDERS = [
  ...times(200, ['cup', 'tea']),
  ...times(200, ['mug', 'tea']),
  ...times(1_609, ['tea']),
  ...times(100, ['cup']),
  ...times(99, ['mug']),
];
/** One order more has tea and a mug: a tenth of tea's orders then, and more than with a cup. Or its items are two orders'. */
const TOGETHER = [...ORDERS, ['mug', 'tea'], ['pin']];
const APART = [...ORDERS, ['mug', 'pin'], ['tea']];

describe('P3: what is bought together', () => {
  it('is the same for two histories whose blurred numbers are the same', async () => {
    let compared = 0;
    for (let period = 0; period < 200 && compared < 1; period++) {
      const blurred = async (lists: readonly (readonly string[])[]) => {
        const found = await blurredSets(lists, by(period));
        return [found?.orders, [...(found?.sets ?? [])].sort()];
      };
      const [together, apart] = [await blurred(TOGETHER), await blurred(APART)];
      if (JSON.stringify(together) !== JSON.stringify(apart)) continue;
      compared += 1;
      expect(await shopRules(APART, by(period))).toEqual(await shopRules(TOGETHER, by(period)));
    }
    expect(compared).toBe(1);
  });

  it('has numbers with noise, of sets from the floor and its margin on alone', async () => {
    const errors: number[] = [];
    for (let period = 0; period < 40; period++) {
      const { sets } = (await blurredSets(ORDERS, by(period))) ?? {};
      for (const { orders } of sets?.values() ?? []) expect(orders).toBeGreaterThanOrEqual(140);
      errors.push((sets?.get(setKey(['tea', 'cup']))?.orders ?? 140) - 200);
    }
    expect(new Set(errors).size).toBeGreaterThan(5);
    expect(Math.abs(errors.reduce((sum, error) => sum + error, 0) / errors.length)).toBeLessThan(30);
  });

  it('is sorted by what is shown, and recommends in the order of likeness', async () => {
    const orders = [
      ...times(3_000, ['tea', 'mug']),
      ...times(1_000, ['tea', 'tray']),
      ...times(4_000, ['soap']),
      ...times(500, ['tea', 'mug', 'tray']),
    ];
    const { rules, recommendations } = await shopRules(orders, by(1));
    if (rules.status !== 'ready') throw new Error(rules.reason);
    expect(rules.rules.map(({ lift }) => lift)).toEqual(rules.rules.map(({ lift }) => lift).sort((a, b) => b - a));
    expect(rules.rules.find(({ items, also }) => items.join() === 'mug' && also === 'tea')?.confidence).toBeGreaterThan(
      0.9,
    );
    const beside = new Map(recommendations.map(({ key, published }) => [key, JSON.parse(published) as string[]]));
    expect(beside.get('tea')).toEqual(['mug', 'tray']);
    expect(beside.has('soap')).toBe(false);
  });

  it('is refused with few orders', async () => {
    const found = await shopRules(times(60, ['tea', 'mug']), by(1));
    expect(found).toEqual({
      rules: { status: 'refused', asOf: '2026-03-02', reason: 'too_few_orders' },
      recommendations: [],
    });
  });
});
