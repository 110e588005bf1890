import { describe, expect, it } from 'vitest';
import type { Points } from '../math/points.ts';
import { seededWords } from '../math/random.ts';
import type { KCandidate } from './choose-k.ts';
import { chooseK, K_MAX, kCurve, USABLE_MIN, VISITORS_PER_CLUSTER_MIN } from './choose-k.ts';

/** Round clouds around corners far from each other. */
function clouds(of: number, each: number, seed = 1): Points {
  const words = seededWords(seed);
  const uniform = (): number => words() / 2 ** 32;
  const corners = [[0, 0], [20, 0], [0, 20], [22, 24]]; // biome-ignore format: corners read better in a row
  const values = Array.from({ length: of * each }, (_, i) =>
    (corners[i % of] ?? [0, 0]).map((at) => at + uniform() + uniform() + uniform()),
  );
  return { count: values.length, width: 2, values: Float64Array.from(values.flat()) };
}
const candidate = (k: number, stability: number, silhouette: number, smallest = 100): KCandidate => ({
  k,
  stability,
  silhouette,
  smallest: Array.from({ length: smallest }, (_, row) => row),
});

describe('the number of clusters', () => {
  it('is that of the clouds there are', () => {
    const curve = kCurve(clouds(4, 60), K_MAX, 42);
    expect(curve.candidates.map(({ k }) => k)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(chooseK(curve)).toBe(4);
    expect(curve.candidates[2]).toMatchObject({ k: 4, stability: 1 });
    expect(curve.candidates[2]?.smallest).toHaveLength(60);
  });

  it('M1: is the same for the same seed', () => {
    expect(kCurve(clouds(3, 40), K_MAX, 7)).toEqual(kCurve(clouds(3, 40), K_MAX, 7));
  });

  it('leaves every cluster visitors enough, and is not above the different points', () => {
    const few = clouds(2, VISITORS_PER_CLUSTER_MIN + 5);
    expect(kCurve(few, K_MAX, 1).candidates.map(({ k }) => k)).toEqual([2, 3]);
    expect(kCurve(clouds(4, 60), 3, 1).candidates.map(({ k }) => k)).toEqual([2, 3]);
  });

  it.each([
    { why: 'a stable one before one further apart', of: [candidate(3, 0.96, 0.3), candidate(5, 0.7, 0.6)], k: 3 },
    { why: 'of stable ones the one further apart', of: [candidate(3, 0.97, 0.3), candidate(4, 0.93, 0.4)], k: 4 },
    {
      why: 'of those as far apart the one with the larger smallest cluster',
      of: [candidate(3, 0.95, 0.4, 50), candidate(4, 0.95, 0.41, 80)],
      k: 4,
    },
    {
      why: 'three before two, which nearly always are stable',
      of: [candidate(2, 1, 0.8), candidate(3, 0.92, 0.4)],
      k: 3,
    },
    { why: 'three that are usable before two', of: [candidate(2, 1, 0.8), candidate(3, USABLE_MIN, 0.4)], k: 3 },
    {
      why: 'two where nothing else is usable',
      of: [candidate(2, 0.9, 0.8), candidate(3, USABLE_MIN - 0.01, 0.9)],
      k: 2,
    },
    { why: 'the most stable where none is', of: [candidate(3, 0.5, 0.9), candidate(4, 0.7, 0.2)], k: 4 },
  ])('prefers $why', ({ of, k }) => {
    expect(chooseK({ candidates: of })).toBe(k);
  });

  it.each([
    { why: 'as good', held: candidate(5, 0.88, 0.36), k: 5 },
    { why: 'unstable', held: candidate(5, 0.7, 0.39), k: 4 },
    { why: 'nearer together', held: candidate(5, 0.95, 0.3), k: 4 },
  ])('keeps the last one only where it is about as good: $why', ({ held, k }) => {
    expect(chooseK({ candidates: [candidate(4, 0.95, 0.4), held] }, 5)).toBe(k);
  });
});
