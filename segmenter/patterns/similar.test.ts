import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { basketsOf } from './baskets.ts';
import { BASKET_ITEMS_MAX, recommend, SHARED_MIN, similarItems } from './similar.ts';

const listsArb = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 5 }), {
  minLength: 1,
  maxLength: 30,
});

describe('similar items', () => {
  it('have the cosine of their baskets, as counting pairs finds it', () => {
    const law = fc.property(listsArb, (lists) => {
      const baskets = basketsOf(lists);
      const { neighbours } = similarItems(baskets);
      const holding = (...items: readonly number[]): number =>
        lists.filter((list) => items.every((item) => list.includes((baskets.names[item] ?? '') as 'a'))).length;
      baskets.names.forEach((_, a) => {
        const expected = [...baskets.names.keys()].filter((b) => a !== b && holding(a, b) >= SHARED_MIN);
        expect(neighbours[a]?.map(({ item }) => item).sort()).toEqual(expected);
        for (const { item, similarity } of neighbours[a] ?? []) {
          expect(similarity).toBeCloseTo(holding(a, item) / Math.sqrt(holding(a) * holding(item)), 12);
        }
      });
    });
    fc.assert(law);
  });

  it('M1: recommend what goes with a basket, none of it itself, in any order of baskets', () => {
    const law = fc.property(listsArb, (lists) => {
      const [baskets, reversed] = [basketsOf(lists), basketsOf([...lists].reverse())];
      const found = recommend(similarItems(baskets), [0, 1], 3);
      expect(recommend(similarItems(reversed), [0, 1], 3)).toEqual(found);
      expect(found.length).toBeLessThanOrEqual(3);
      expect(found.every(({ item }) => item > 1)).toBe(true);
    });
    fc.assert(law);
  });

  it.each([
    { why: 'below', length: BASKET_ITEMS_MAX - 1, leftOut: 0 },
    { why: 'at', length: BASKET_ITEMS_MAX, leftOut: 0 },
    { why: 'above', length: BASKET_ITEMS_MAX + 1, leftOut: 1 },
  ])('leave out and count baskets too long to say something: $why the limit', ({ length, leftOut }) => {
    const long = Array.from({ length }, (_, i) => `item ${i}`);
    expect(similarItems(basketsOf([long])).basketsLeftOut).toBe(leftOut);
  });
});
