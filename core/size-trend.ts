// core/size-trend.ts: whether a segment's last published size is what its sizes before lead to expect.
//
// Published sizes alone go in, so nothing more than they tell comes out (P3). They are few and unevenly spaced, so the line
// through them is that of Theil and Sen (Sen 1968, JASA 63): the median of the slopes between all pairs.
import { DAY_MS } from '../contract/index.ts';
import { COUNT_STEP, roundCount } from './publishing.ts';
import { REPORT_NOISE_SCALE } from './report-numbers.ts';

/** Sizes before the last that an expectation needs, and that are looked at. */
export const SIZES_BEFORE_MIN = 4;
/** See {@link SIZES_BEFORE_MIN}. */
export const SIZES_BEFORE_MAX = 26;
/** A size lies outside where it is further from the line than so many robust deviations, scales of noise, or than this share. */
const DEVIATIONS = 3;
const NOISE_SCALES = 4;
const SHARE = 0.1;
/** From the median of distances to a standard deviation, of a normal distribution. */
const MAD_TO_DEVIATION = 1.4826;

/** A size as it was published; null where it was withheld. */
export interface PastSize {
  /** Epoch ms. */
  readonly at: number;
  readonly visitors: number | null;
}

/** What was to be expected of the last size. */
export type SizeTrend =
  | { readonly status: 'refused'; readonly reason: 'too_few_sizes' | 'withheld' }
  | {
      readonly status: 'ready';
      readonly expected: number;
      readonly low: number;
      readonly high: number;
      /** Visitors gained or lost in 28 days, by the line through the sizes before. */
      readonly change28: number;
      readonly alert: 'above' | 'below' | null;
    };

/** Explains the last of some sizes, oldest first. */
export function sizeTrend(sizes: readonly PastSize[]): SizeTrend {
  const last = sizes.at(-1);
  if (last !== undefined && last.visitors === null) return { status: 'refused', reason: 'withheld' };
  const before = sizes
    .slice(0, -1)
    .flatMap(({ at, visitors }) => (visitors === null ? [] : [{ day: at / DAY_MS, visitors }]))
    .slice(-SIZES_BEFORE_MAX);
  if (last?.visitors == null || before.length < SIZES_BEFORE_MIN) return { status: 'refused', reason: 'too_few_sizes' };
  const slopes = before.flatMap((a, nth) =>
    before.slice(nth + 1).flatMap((b) => (b.day > a.day ? [(b.visitors - a.visitors) / (b.day - a.day)] : [])),
  );
  const slope = slopes.length === 0 ? 0 : median(slopes);
  const level = median(before.map(({ day, visitors }) => visitors - slope * day));
  const distances = before.map(({ day, visitors }) => Math.abs(visitors - level - slope * day));
  const expected = Math.max(0, level + (slope * last.at) / DAY_MS);
  const reach = Math.max(
    DEVIATIONS * MAD_TO_DEVIATION * median(distances),
    NOISE_SCALES * REPORT_NOISE_SCALE,
    SHARE * expected,
  );
  const [low, high] = [roundCount(Math.max(0, expected - reach)), roundCount(expected + reach)];
  const alert = last.visitors > high ? 'above' : last.visitors < low ? 'below' : null;
  const change28 = Math.round((28 * slope) / COUNT_STEP) * COUNT_STEP;
  return { status: 'ready', expected: roundCount(expected), low, high, change28: change28 === 0 ? 0 : change28, alert };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
