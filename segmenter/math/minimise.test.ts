import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimise } from './minimise.ts';

describe('the minimum of a function', () => {
  it("is found in Rosenbrock's valley", () => {
    const valley = ([x = 0, y = 0]: readonly number[]): number => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
    const { at } = minimise(valley, [-1.2, 1]);
    expect(at[0]).toBeCloseTo(1, 5);
    expect(at[1]).toBeCloseTo(1, 5);
  });

  it('of a bowl is its bottom, wherever that is and however long the bowl', () => {
    const number = fc.integer({ min: -50, max: 50 }).map((n) => n / 10);
    const law = fc.property(fc.tuple(number, number, number), fc.integer({ min: 1, max: 100 }), (bottom, length) => {
      const bowl = (at: readonly number[]): number =>
        bottom.reduce((sum, value, d) => sum + (d === 0 ? length : 1) * ((at[d] ?? 0) - value) ** 2, 1);
      minimise(bowl, [0, 0, 0]).at.forEach((value, d) => expect(value).toBeCloseTo(bottom[d] ?? 0, 4));
    });
    fc.assert(law);
  });

  it('stays where the function is defined', () => {
    const wall = ([x = 0]: readonly number[]): number => (x <= 0 ? Number.POSITIVE_INFINITY : x - Math.log(x));
    expect(minimise(wall, [5]).at[0]).toBeCloseTo(1, 5);
  });
});
