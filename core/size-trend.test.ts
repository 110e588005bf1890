// core/size-trend.test.ts: a segment's last size is held against the line through those before.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../contract/index.ts';
import { SIZES_BEFORE_MIN, sizeTrend } from './size-trend.ts';

const T0 = Date.UTC(2026, 0, 5);
const weekly = (...sizes: readonly (number | null)[]) =>
  sizes.map((visitors, week) => ({ at: T0 + week * 7 * DAY_MS, visitors }));

describe('the trend of a segment’s size', () => {
  it.each([
    { why: 'it grows as it did', sizes: [400, 500, 600, 700, 800], alert: null, expected: 800 },
    { why: 'it stops growing', sizes: [1_000, 2_000, 3_000, 4_000, 4_100], alert: 'below', expected: 5_000 },
    { why: 'it jumps', sizes: [400, 410, 390, 400, 900], alert: 'above', expected: 400 },
    { why: 'one size before was far off', sizes: [400, 410, 4_000, 400, 410, 400], alert: null, expected: 410 },
    { why: 'it differs by no more than noise may', sizes: [200, 200, 200, 200, 260], alert: null, expected: 200 },
  ])('rings where the last is not what the others lead to expect: $why', ({ sizes, alert, expected }) => {
    const trend = sizeTrend(weekly(...sizes));
    if (trend.status !== 'ready') throw new Error(trend.reason);
    expect(trend.alert).toBe(alert);
    expect(Math.abs(trend.expected - expected)).toBeLessThanOrEqual(40);
  });

  it.each([
    { why: 'no size', sizes: weekly(), reason: 'too_few_sizes' },
    {
      why: 'as few as are too few',
      sizes: weekly(...Array<number>(SIZES_BEFORE_MIN).fill(100)),
      reason: 'too_few_sizes',
    },
    { why: 'too few that were shown', sizes: weekly(100, null, null, 100, 100, 100), reason: 'too_few_sizes' },
    { why: 'a last that is withheld', sizes: weekly(100, 100, 100, 100, 100, null), reason: 'withheld' },
  ])('is refused with $why', ({ sizes, reason }) => expect(sizeTrend(sizes)).toEqual({ status: 'refused', reason }));

  it('P3: tells numbers in tens, whose range holds what is expected, and never fewer than nobody', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.nat(500).map((tens) => tens * 10),
          { minLength: 5, maxLength: 40 },
        ),
        (sizes) => {
          const trend = sizeTrend(weekly(...sizes));
          if (trend.status !== 'ready') throw new Error(trend.reason);
          const { low, expected, high, change28 } = trend;
          for (const number of [low, expected, high, change28]) expect(Math.abs(number % 10)).toBe(0);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(expected);
          expect(expected).toBeLessThanOrEqual(high);
        },
      ),
    ));
});
