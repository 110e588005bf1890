import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normals, someExamples } from './testing.ts';
import type { Examples } from './examples.ts';
import { areaError, CANDIDATES, FINALISTS, FIRST_EXAMPLES_MIN, halve, tune } from './tune.ts';

/** Both outcomes lie in opposite corners: no line parts them. */
function corners(count: number, seed: number): Examples {
  const normal = normals(seed);
  const [a, b] = [Float64Array.from({ length: count }, normal), Float64Array.from({ length: count }, normal)];
  return {
    columns: [
      { name: 'a', kind: 'number', values: a },
      { name: 'b', kind: 'number', values: b },
    ],
    labels: Uint8Array.from(a, (value, i) => Number(value * (b[i] ?? 0) + 0.3 * normal() > 0)),
  };
}

describe('settings', () => {
  it('are the simplest where a line is as good as anything', () => {
    expect(tune(someExamples(600, 1), someExamples(600, 2), 42)).toEqual(CANDIDATES[0]);
  });
  it('are trees of more than two leaves where two columns count together only', () => {
    const chosen = tune(corners(1_500, 1), corners(1_500, 2), 42);
    expect(chosen?.method).toBe('trees');
    expect(chosen?.trees?.leavesMax ?? 12).toBeGreaterThan(2);
  });
  it('M1: are the same for the same seed', () => {
    expect(tune(corners(300, 3), corners(300, 4), 7)).toEqual(tune(corners(300, 3), corners(300, 4), 7));
  });
  it.each([
    { why: 'an outcome is missing before', earlier: 0, later: 1 },
    { why: 'an outcome is missing after', earlier: 1, later: 0 },
  ])('are none where $why', ({ earlier, later }) => {
    const only = (has: number): Examples => {
      const { columns, labels } = someExamples(300, 5);
      return { columns, labels: has === 1 ? labels : labels.map(() => 0) };
    };
    expect(tune(only(earlier), only(later), 1)).toBeUndefined();
  });
});

describe('halving', () => {
  const noError = () => 0;
  it('shows a part to all and everything to the best and the first', () => {
    const seen: string[] = [];
    const judge = (candidate: number, examples: number): number => {
      seen.push(`${candidate} ${examples}`);
      return candidate;
    };
    expect(halve([0, 1, 2, 3, 4], { part: FIRST_EXAMPLES_MIN, all: 4_000 }, judge, noError)).toBe(4);
    const finalists = [0, 2, 3, 4];
    expect(finalists).toHaveLength(FINALISTS + 1);
    expect(seen).toEqual([
      ...[0, 1, 2, 3, 4].map((one) => `${one} ${FIRST_EXAMPLES_MIN}`),
      ...finalists.map((one) => `${one} 4000`),
    ]);
  });
  it('judges once where the part is everything', () => {
    let judged = 0;
    expect(halve([1, 2], { part: 10, all: 10 }, (one) => ((judged += 1), one), noError)).toBe(2);
    expect(judged).toBe(2);
  });
  it('takes the first within the error of the best, and the best where none is', () => {
    const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(scores, fc.double({ min: 0, max: 1, noNaN: true }), (all, error) => {
        const taken = halve(
          [...all.keys()],
          { part: 1, all: 1 },
          (place) => all[place] ?? 0,
          () => error,
        );
        const best = Math.max(...all);
        expect(taken).toBe(all.findIndex((score) => score >= best - error));
      }),
    );
  });
  it('leaves out what can’t be judged', () => {
    expect(halve([0, 1], { part: 1, all: 2 }, (one) => (one === 0 ? Number.NaN : 1), noError)).toBe(1);
    expect(halve([0], { part: 1, all: 2 }, () => Number.NaN, noError)).toBeUndefined();
  });
});

describe('the error of an area under the curve', () => {
  it('is what their formula gives by hand', () => {
    // Both means of the paper are 2/3 and 32/45.
    const variance = (0.16 + 49 * (2 / 3 - 0.64) + 49 * (32 / 45 - 0.64)) / 2_500;
    expect(areaError(0.8, 50, 50)).toBeCloseTo(Math.sqrt(variance), 12);
    expect(areaError(1, 50, 50)).toBe(0);
  });
});
