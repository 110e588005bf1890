import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASSIGNMENT_MAX, cheapestAssignment } from './assignment.ts';

const costsArb = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .chain(([rows, columns]) =>
    fc.array(fc.array(fc.nat(20), { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
  );

/** The least cost over every way to give min(rows, columns) pairs. */
function leastByTrying(costs: readonly (readonly number[])[], row = 0, used = 0, skips = -1): number {
  const columns = costs[0]?.length ?? 0;
  const mayskip = skips < 0 ? Math.max(0, costs.length - columns) : skips;
  if (row === costs.length) return 0;
  let least = mayskip > 0 ? leastByTrying(costs, row + 1, used, mayskip - 1) : Number.POSITIVE_INFINITY;
  for (let column = 0; column < columns; column++) {
    if ((used & (2 ** column)) !== 0) continue;
    const rest = leastByTrying(costs, row + 1, used | (2 ** column), mayskip);
    least = Math.min(least, (costs[row]?.[column] ?? 0) + rest);
  }
  return least;
}

describe('the cheapest assignment', () => {
  it('costs what trying every assignment finds, and gives no column twice', () => {
    const law = fc.property(costsArb, (costs) => {
      const columns = cheapestAssignment(costs);
      const given = columns.filter((column) => column >= 0);
      expect(new Set(given).size).toBe(given.length);
      expect(given.length).toBe(Math.min(costs.length, costs[0]?.length ?? 0));
      const cost = columns.reduce((sum, column, row) => sum + (costs[row]?.[column] ?? 0), 0);
      expect(cost).toBe(leastByTrying(costs));
    });
    fc.assert(law);
  });

  it('finds the planted permutation of the largest size', () => {
    const planted = Array.from({ length: ASSIGNMENT_MAX }, (_, row) => (row * 5 + 3) % ASSIGNMENT_MAX);
    const costs = planted.map((column) => Array.from({ length: ASSIGNMENT_MAX }, (_, c) => Number(c !== column)));
    expect(cheapestAssignment(costs)).toEqual(planted);
  });
});
