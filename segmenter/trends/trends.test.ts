import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniforms } from '../predictions/testing.ts';
import { decompose, WEEK_DAYS } from './decompose.ts';
import { beyond, smoothed } from './loess.ts';
import type { Trend, TrendOptions } from './trend.ts';
import { DAYS_MIN, HORIZON_DAYS_MAX, trendOf } from './trend.ts';

const WEEK = [50, 40, 42, 45, 60, 90, 20];
/** A level with a week on top, noise and a slope. */
function series(days: number, seed: number, noise = 4, slope = 0.1): Float64Array {
  const uniform = uniforms(seed);
  return Float64Array.from(
    { length: days },
    (_, day) => (WEEK[day % WEEK_DAYS] ?? 0) + slope * day + noise * (uniform() + uniform() + uniform() - 1.5),
  );
}
function explained(values: Float64Array, over: Partial<TrendOptions> = {}): Trend {
  const result = trendOf(values, { horizonDays: 14, scale: 'linear', ...over });
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe('local lines', () => {
  it('leave a straight line as it is, and go on along it', () => {
    const number = fc.integer({ min: -20, max: 20 });
    const law = fc.property(number, number, fc.integer({ min: 3, max: 40 }), (start, slope, count) => {
      const line = Float64Array.from({ length: count }, (_, i) => start + slope * i);
      smoothed(line, 7).forEach((value, i) => expect(value).toBeCloseTo(line[i] ?? 0, 8));
      const [before, behind] = beyond(line, 7);
      expect(before).toBeCloseTo(start - slope, 8);
      expect(behind).toBeCloseTo(start + slope * count, 8);
    });
    fc.assert(law);
  });
});

describe('the parts of a series', () => {
  it('equal what STL of statsmodels 0.14 (robust) computes on a worked example', () => {
    const values = Float64Array.from(
      { length: 42 },
      (_, i) => ((i * 37) % 11) + 3 * Math.sin((2 * Math.PI * i) / 7) + 0.2 * i + (i === 20 ? 40 : 0),
    );
    const { trend, season, weights } = decompose(values);
    const at = (parts: Float64Array): (number | undefined)[] => [0, 10, 20, 41].map((day) => parts[day]);
    const close = (parts: Float64Array, expected: readonly number[]): void =>
      at(parts).forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? 0, 9));
    close(trend, [3.058192003788338, 6.904543983081345, 9.739119768987862, 15.254263355852036]);
    close(season, [-2.308798337347031, 0.014786511199374075, -0.32302890455473815, -0.47331326413364694]);
    close(weights, [0.9947937955846147, 0.8966259545013994, 0, 0.9893302707365388]);
  });

  it('add up to it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 14, maxLength: 60 }), (list) => {
        const { trend, season, rest } = decompose(Float64Array.from(list));
        list.forEach((value, i) => expect((trend[i] ?? 0) + (season[i] ?? 0) + (rest[i] ?? 0)).toBeCloseTo(value, 8));
      }),
    );
  });
});

describe('a trend', () => {
  it('finds the odd days that were put in, and few others', () => {
    const values = series(120, 3);
    values[40] = (values[40] ?? 0) + 60;
    values[90] = 0;
    const odd = explained(values).days.flatMap(({ isAnomaly }, day) => (isAnomaly ? [day] : []));
    expect(odd).toContain(40);
    expect(odd).toContain(90);
    expect(odd.length).toBeLessThanOrEqual(8);
  });

  it('calls no day odd where each is explained wholly', () => {
    const law = fc.property(fc.array(fc.nat(100), { minLength: 7, maxLength: 7 }), (week) => {
      const values = Float64Array.from({ length: 56 }, (_, day) => week[day % WEEK_DAYS] ?? 0);
      const { days, forecast } = explained(values);
      expect(days.some(({ isAnomaly }) => isAnomaly)).toBe(false);
      forecast.forEach(({ expected }, i) => expect(expected).toBeCloseTo(week[i % WEEK_DAYS] ?? 0, 6));
    });
    fc.assert(law);
  });

  it('forecasts a week it has learned, within an interval that holds about as often as it says', () => {
    let [held, all] = [0, 0];
    for (let seed = 1; seed <= 60; seed++) {
      const values = series(91, seed, 4, 0);
      const { forecast } = explained(values.slice(0, 84), { horizonDays: 7, forecastShare: 0.8 });
      forecast.forEach(({ low, high, expected }, i) => {
        expect(Math.abs(expected - (WEEK[i] ?? 0))).toBeLessThan(8);
        held += Number(low <= (values[84 + i] ?? 0) && (values[84 + i] ?? 0) <= high);
        all += 1;
      });
    }
    expect(held / all).toBeGreaterThan(0.7);
    expect(held / all).toBeLessThan(0.9);
  });

  it('is not carried away by one odd day at the end', () => {
    const calm = series(84, 9);
    const odd = Float64Array.from(calm);
    odd[83] = 900;
    const [a, b] = [explained(calm), explained(odd)].map(({ forecast }) => forecast[0]?.expected ?? 0);
    expect(Math.abs((a ?? 0) - (b ?? 0))).toBeLessThan(10);
  });

  it('M1: is the same again, and never below 0 on the log scale', () => {
    const values = series(60, 4).map((value) => Math.max(0, Math.round(value - 40)));
    const trend = explained(values, { scale: 'log' });
    expect(explained(values, { scale: 'log' })).toEqual(trend);
    for (const { low, expected, high } of [...trend.days, ...trend.forecast]) {
      expect(low).toBeGreaterThanOrEqual(0);
      expect(expected).toBeGreaterThanOrEqual(low);
      expect(high).toBeGreaterThanOrEqual(expected);
    }
  });

  it.each([
    { why: 'a day short', days: DAYS_MIN - 1, over: {}, outcome: 'too_few_days' },
    { why: 'enough days', days: DAYS_MIN, over: {}, outcome: 'explained' },
    { why: 'a horizon at the limit', days: DAYS_MIN, over: { horizonDays: HORIZON_DAYS_MAX }, outcome: 'explained' },
    { why: 'one above', days: DAYS_MIN, over: { horizonDays: HORIZON_DAYS_MAX + 1 }, outcome: 'horizon_too_long' },
  ])('with $why: $outcome', ({ days, over, outcome }) => {
    const result = trendOf(series(days, 1), { horizonDays: 7, scale: 'linear', ...over });
    expect(result.ok ? 'explained' : result.error).toBe(outcome);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('of counts with %s among them is refused', (value) => {
    const values = series(40, 1);
    values[5] = value;
    expect(trendOf(values, { horizonDays: 7, scale: 'log' })).toEqual({ ok: false, error: 'value_out_of_range' });
  });
});
