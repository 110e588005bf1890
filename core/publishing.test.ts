import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WordSource } from './publishing.ts';
import {
  checkFloor,
  COUNT_STEP,
  discreteLaplace,
  publishCount,
  roundCount,
  roundMean,
  setWords,
} from './publishing.ts';

const secret = new Uint8Array(32).fill(7);
const digestOf = (nth: number): Uint8Array<ArrayBuffer> => {
  const digest = new Uint8Array(32);
  new DataView(digest.buffer).setUint32(0, nth);
  return digest;
};
const wordsOf = (nth: number): Promise<WordSource> => setWords(secret, digestOf(nth));

describe('P3: no small number leaves', () => {
  it.each([
    { members: 49, total: 1_000, why: 'one below the floor', reason: 'below_floor' },
    { members: 50, total: 1_000, why: 'at the floor', reason: undefined },
    { members: 51, total: 1_000, why: 'one above the floor', reason: undefined },
    { members: 949, total: 1_000, why: 'with 51 outside', reason: undefined },
    { members: 950, total: 1_000, why: 'with 50 outside', reason: undefined },
    { members: 951, total: 1_000, why: 'with 49 outside', reason: 'complement_below_floor' },
  ])('answers $reason for a segment $why', ({ members, total, reason }) => {
    expect(checkFloor(members, total, 50)).toBe(reason);
  });

  it('publishes a multiple of the step at or above the floor, or withholds', async () => {
    const law = fc.asyncProperty(fc.nat(300), fc.nat(200), fc.nat(), async (members, floor, nth) => {
      const published = await publishCount(members, floor, await wordsOf(nth));
      const count = published.status === 'published' ? published.count : undefined;
      expect(count === undefined || (count >= floor && count % COUNT_STEP === 0)).toBe(true);
    });
    await fc.assert(law);
  });

  it.each([
    [-30, 0],
    [0, 0],
    [4, 0],
    [5, 10],
    [14, 10],
    [15, 20],
  ])('rounds %i to %i', (count, rounded) => {
    expect(roundCount(count)).toBe(rounded);
  });

  it.each([
    [123_456, 120_000],
    [-1_634, -1_600],
    [0.04567, 0.046],
    [0, 0],
    [99.6, 100],
  ])('shows a mean of %d as %d', (mean, shown) => {
    expect(roundMean(mean)).toBe(shown);
  });
});

describe('P3: noise is sticky', () => {
  it('gives equal sets equal numbers and other sets or sites others', async () => {
    const draws = async (key: Uint8Array<ArrayBuffer>, from: number): Promise<number[]> => {
      const noise: number[] = [];
      for (let nth = from; nth < from + 50; nth++)
        noise.push(await discreteLaplace(await setWords(key, digestOf(nth))));
      return noise;
    };
    const first = await draws(secret, 0);
    expect(await draws(secret, 0)).toEqual(first);
    expect(await draws(secret, 50)).not.toEqual(first);
    expect(await draws(new Uint8Array(32).fill(8), 0)).not.toEqual(first);
  });

  it('follows P(y) = (1 - a) / (1 + a) · a^|y| with a = exp(-1)', async () => {
    const draws = 20_000;
    const counts = new Map<number, number>();
    const words = await wordsOf(1);
    for (let i = 0; i < draws; i++) {
      const noise = await discreteLaplace(words);
      counts.set(noise, (counts.get(noise) ?? 0) + 1);
    }
    const a = Math.exp(-1);
    let chiSquared = 0;
    for (let y = -4; y <= 4; y++) {
      const expected = draws * ((1 - a) / (1 + a)) * a ** Math.abs(y);
      chiSquared += ((counts.get(y) ?? 0) - expected) ** 2 / expected;
    }
    // 9 cells: above 27.9 once in a thousand keys, and this key is fixed.
    expect(chiSquared).toBeLessThan(27.9);
  });
});
