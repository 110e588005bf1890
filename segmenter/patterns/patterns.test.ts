import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { basketsOf } from './baskets.ts';
import { frequentItemSets } from './item-sets.ts';
import { associationRules, countOfSupport } from './rules.ts';

const NAMES = ['bread', 'butter', 'milk', 'beer', 'ham', 'tea'] as const;
const listsArb = fc.array(fc.array(fc.constantFrom(...NAMES), { maxLength: 8 }), { minLength: 1, maxLength: 25 });

/** Sets with their counts, by trying every subset of the six items. */
function setsByTrying(lists: readonly (readonly string[])[], countMin: number): Map<string, number> {
  const found = new Map<string, number>();
  const names = [...NAMES].sort();
  for (let mask = 1; mask < 2 ** names.length; mask++) {
    const set = names.filter((_, i) => (mask & (2 ** i)) !== 0);
    const count = lists.filter((list) => set.every((name) => list.includes(name))).length;
    if (count >= countMin) found.set(set.join('+'), count);
  }
  return found;
}

describe('frequent item sets', () => {
  it('are those that trying every subset finds, each once, with the same count', () => {
    const law = fc.property(listsArb, fc.integer({ min: 1, max: 6 }), (lists, countMin) => {
      const baskets = basketsOf(lists);
      const result = frequentItemSets(baskets, { countMin });
      if (!result.ok) throw new Error(result.error);
      const named = result.value.map(
        ({ items, count }) => [items.map((item) => baskets.names[item]).join('+'), count] as const,
      );
      expect(new Map(named)).toEqual(setsByTrying(lists, countMin));
      expect(named.length).toBe(new Map(named).size);
    });
    fc.assert(law);
  });

  it.each([
    { why: 'one fewer than there are', itemSetsMax: 6, isRefused: true },
    { why: 'as many as there are', itemSetsMax: 7, isRefused: false },
    { why: 'one more', itemSetsMax: 8, isRefused: false },
  ])('are refused, not cut, above their maximum: $why', ({ itemSetsMax, isRefused }) => {
    const result = frequentItemSets(basketsOf([['a', 'b', 'c']]), { countMin: 1, itemSetsMax });
    expect(!result.ok).toBe(isRefused);
  });

  it('have at most as many items as asked for', () => {
    const result = frequentItemSets(basketsOf([['a', 'b', 'c']]), { countMin: 1, setItemsMax: 2 });
    expect(result.ok && result.value.map(({ items }) => items.length).sort()).toEqual([1, 1, 1, 2, 2, 2]);
  });
});

describe('association rules', () => {
  it('are those that counting baskets finds', () => {
    const law = fc.property(listsArb, fc.constantFrom(0.3, 0.5, 0.8, 1), (lists, confidenceMin) => {
      const baskets = basketsOf(lists);
      const result = associationRules(baskets, { countMin: 2, confidenceMin });
      if (!result.ok) throw new Error(result.error);
      const holding = (items: readonly number[]): number =>
        lists.filter((list) => items.every((item) => list.includes(baskets.names[item] as (typeof NAMES)[number])))
          .length;
      let expected = 0;
      for (const name of setsByTrying(lists, 2).keys()) {
        const items = name.split('+').map((one) => baskets.names.indexOf(one));
        if (items.length < 2) continue;
        for (const item of items) {
          expected += Number(holding(items) / holding(items.filter((other) => other !== item)) >= confidenceMin);
        }
      }
      expect(result.value.length).toBe(expected);
      for (const { antecedent, consequent, count, support, confidence, lift } of result.value) {
        expect(count).toBe(holding([...antecedent, consequent]));
        expect(support).toBe(count / lists.length);
        expect(confidence).toBe(count / holding(antecedent));
        expect(lift).toBeCloseTo(confidence / (holding([consequent]) / lists.length), 12);
      }
    });
    fc.assert(law);
  });

  it('M1: come in the same order whatever the order of baskets, the highest lift first', () => {
    const law = fc.property(listsArb, (lists) => {
      const rules = associationRules(basketsOf(lists), { countMin: 1, confidenceMin: 0.5 });
      expect(associationRules(basketsOf([...lists].reverse()), { countMin: 1, confidenceMin: 0.5 })).toEqual(rules);
      if (!rules.ok) throw new Error(rules.error);
      rules.value.forEach(({ lift }, i) => expect(lift).toBeLessThanOrEqual(rules.value[i - 1]?.lift ?? lift));
    });
    fc.assert(law);
  });

  it.each([
    { support: 0.001, baskets: 9_835, count: 10 },
    { support: 0.07, baskets: 100, count: 7 },
    { support: 0.0701, baskets: 100, count: 8 },
    { support: 0, baskets: 100, count: 1 },
  ])('a support of $support in $baskets baskets is a count of $count', ({ support, baskets, count }) => {
    expect(countOfSupport(support, baskets)).toBe(count);
  });
});
