// segmenter/trends/trend.ts: a daily series, what was to be expected of each day, and of the days to come.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import { normalQuantile } from '../math/special.ts';
import { quantileOf } from '../math/statistics.ts';
import { decompose } from './decompose.ts';
import type { ForecastDay } from './forecast.ts';
import { forecastDays } from './forecast.ts';

/** Days that a trend needs: with fewer a weekday is seen less than four times. */
export const DAYS_MIN = 28;
/** Days of one series at most: the work grows with them, and ten years are enough. */
export const DAYS_MAX = 3_660;
/** Days ahead at most. */
export const HORIZON_DAYS_MAX = 90;
/** Median absolute deviation of a standard normal, so that the robust spread estimates a standard deviation. */
const NORMAL_MAD = 0.6744897501960817;
/** How to look at a series. */
export interface TrendOptions {
  /** Days to forecast. */
  readonly horizonDays: number;
  /** `log` for counts and amounts, whose weeks and odd days are shares of the level; values are then at least 0. */
  readonly scale: 'linear' | 'log';
  /** Share of ordinary days that the expected range holds. */
  readonly expectedShare?: number;
  /** Share of days to come that the forecast's interval holds. */
  readonly forecastShare?: number;
}

/** A day that was. */
export interface TrendDay {
  readonly value: number;
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  readonly isAnomaly: boolean;
}

/** A series explained. */
export interface Trend {
  readonly days: readonly TrendDay[];
  readonly forecast: readonly ForecastDay[];
}

/** Why there is no trend. */
export type TrendRefusal = 'too_few_days' | 'too_many_days' | 'horizon_too_long' | 'value_out_of_range';

/**
 * Explains a series of one value a day without gaps. A day's expected range is trend plus weekday, give or take the
 * robust spread of the rest; a single odd day moves neither.
 */
export function trendOf(values: Float64Array, options: TrendOptions): Result<Trend, TrendRefusal> {
  if (values.length < DAYS_MIN) return err('too_few_days');
  if (values.length > DAYS_MAX) return err('too_many_days');
  if (options.horizonDays > HORIZON_DAYS_MAX) return err('horizon_too_long');
  const isLog = options.scale === 'log';
  if (values.some((value) => !Number.isFinite(value) || (isLog && value < 0))) return err('value_out_of_range');
  const series = isLog ? values.map(Math.log1p) : values;
  const back = (value: number): number => (isLog ? Math.max(0, Math.expm1(value)) : value);
  const { trend, season, rest } = decompose(series);
  const spread = quantileOf(Float64Array.from(rest, Math.abs).sort(), 0.5) / NORMAL_MAD;
  const width = spread * normalQuantile((1 + (options.expectedShare ?? 0.99)) / 2);
  const days = Array.from(values, (value, i): TrendDay => {
    const expected = (trend[i] ?? 0) + (season[i] ?? 0);
    const [low, high] = [back(expected - width), back(expected + width)];
    // Rounding must not make an anomaly of a series that is explained wholly.
    const slack = 1e-9 * Math.max(1, Math.abs(value));
    return { value, expected: back(expected), low, high, isAnomaly: value < low - slack || value > high + slack };
  });
  const forecast = forecastDays(series, {
    horizonDays: options.horizonDays,
    share: options.forecastShare ?? 0.9,
    spread,
  }).map(({ expected, low, high }) => ({ expected: back(expected), low: back(low), high: back(high) }));
  return ok({ days, forecast });
}
