import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustedRandIndex, contingencyOf, normalisedMutualInformation } from './agreement.ts';

const names = (numbers: readonly number[]): string[] => numbers.map(String);
const labels = fc
  .array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 2, maxLength: 12 })
  .map((pairs) => ({ a: names(pairs.map(([a]) => a)), b: names(pairs.map(([, b]) => b)) }));

/** The index by counting pairs one by one. */
function randByPairs(a: readonly string[], b: readonly string[]): number {
  let [both, inA, inB, all] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const sameA = a[i] === a[j];
      const sameB = b[i] === b[j];
      both += Number(sameA && sameB);
      inA += Number(sameA);
      inB += Number(sameB);
      all += 1;
    }
  }
  const expected = (inA * inB) / all;
  const most = (inA + inB) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}

describe('agreement of two partitions', () => {
  it('equals what scikit-learn 1.x computes on a worked example', () => {
    const contingency = contingencyOf(names([0, 0, 1, 1, 2, 2, 2, 0]), names([0, 1, 1, 1, 2, 2, 0, 0]));
    expect(adjustedRandIndex(contingency)).toBeCloseTo(0.23809523809523808, 12);
    expect(normalisedMutualInformation(contingency)).toBeCloseTo(0.5588730382170324, 12);
  });

  it('is the Rand index by pairs', () => {
    const law = fc.property(labels, ({ a, b }) => {
      expect(adjustedRandIndex(contingencyOf(a, b))).toBeCloseTo(randByPairs(a, b), 10);
    });
    fc.assert(law);
  });

  it('is 1 for the same partition under other names', () => {
    const law = fc.property(labels, ({ a }) => {
      const renamed = a.map((name) => `cluster ${name}`);
      expect(adjustedRandIndex(contingencyOf(a, renamed))).toBe(1);
      expect(normalisedMutualInformation(contingencyOf(a, renamed))).toBeCloseTo(1, 12);
    });
    fc.assert(law);
  });

  it('M1: does not depend on the order of visitors', () => {
    const law = fc.property(labels, ({ a, b }) => {
      const [forward, backward] = [contingencyOf(a, b), contingencyOf([...a].reverse(), [...b].reverse())];
      expect(normalisedMutualInformation(backward)).toBe(normalisedMutualInformation(forward));
    });
    fc.assert(law);
  });
});
