// segmenter/trends/forecast.ts: the days to come of a daily series: level and weekdays, exponentially smoothed.
// Hyndman & Athanasopoulos (2021), Forecasting, section 8.3 (Holt-Winters, additive, without a slope).
import { quantileOf } from '../math/statistics.ts';
import { WEEK_DAYS } from './decompose.ts';

/** A day to come. */
export interface ForecastDay {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/** What a forecast is made with. */
export interface ForecastOptions {
  readonly horizonDays: number;
  /** Share of days that the interval holds. */
  readonly share: number;
  /** Robust standard deviation of an ordinary day around what is expected; 0 where every day is. */
  readonly spread: number;
}

/** Candidates for how fast the level follows: 0, 0.05 … 1. */
const LEVEL_STEPS = 20;
/** Candidates for how fast weekdays follow; faster learns noise, as a weekday is seen once a week. */
const SEASON_RATES = [0, 0.05, 0.1, 0.2, 0.3, 0.5];
/** A day further off than this many spreads moves level and weekday only so far (Gelper, Fried & Croux 2010). */
const LIMIT_SPREADS = 3;
/** Days that level and weekdays start from; their errors don't count. */
const START_DAYS = 2 * WEEK_DAYS;

interface Rates {
  readonly level: number;
  readonly season: number;
}

/**
 * Forecasts a series of at least three weeks. The rates are those that had forecast the next day best. The interval is
 * as wide as past forecasts as far ahead were wrong (split conformal prediction, Lei et al. 2018), so it assumes no
 * distribution; the days were the ones the rates were chosen on.
 */
export function forecastDays(values: Float64Array, { horizonDays, share, spread }: ForecastOptions): ForecastDay[] {
  const limit = spread > 0 ? LIMIT_SPREADS * spread : Number.POSITIVE_INFINITY;
  let best: { readonly rates: Rates; readonly loss: number } | undefined;
  for (let step = 0; step <= LEVEL_STEPS; step++) {
    for (const season of SEASON_RATES) {
      const rates = { level: step / LEVEL_STEPS, season };
      let loss = 0;
      follow(values, rates, limit, (day, ahead) => {
        loss += Math.abs((values[day] ?? 0) - ahead(0));
      });
      if (best === undefined || loss < best.loss) best = { rates, loss };
    }
  }
  const errors = Array.from({ length: horizonDays }, (): number[] => []);
  const next = follow(values, best?.rates ?? { level: 0, season: 0 }, limit, (day, ahead) => {
    errors.forEach((list, h) => {
      if (day + h < values.length) list.push(Math.abs((values[day + h] ?? 0) - ahead(h)));
    });
  });
  let reach = 0;
  return errors.map((list, h) => {
    // Farther ahead is never surer; where no forecast as far ahead has been tried, the last width stays.
    if (list.length > 0) reach = Math.max(reach, quantileOf(Float64Array.from(list).sort(), share));
    const expected = next(h);
    return { expected, low: expected - reach, high: expected + reach };
  });
}

/**
 * Goes through the series. @param onDay told, before each day after the start, what was expected of it and the days after.
 * @returns what is expected of the days after the last.
 */
function follow(
  values: Float64Array,
  rates: Rates,
  limit: number,
  onDay: (day: number, ahead: (days: number) => number) => void,
): (days: number) => number {
  let level = quantileOf(values.slice(0, START_DAYS).sort(), 0.5);
  const season = Float64Array.from(
    { length: WEEK_DAYS },
    (_, day) => ((values[day] ?? 0) + (values[day + WEEK_DAYS] ?? 0)) / 2 - level,
  );
  for (let day = 0; day < values.length; day++) {
    const weekday = day % WEEK_DAYS;
    if (day >= START_DAYS) onDay(day, (days) => level + (season[(day + days) % WEEK_DAYS] ?? 0));
    const error = (values[day] ?? 0) - level - (season[weekday] ?? 0);
    const limited = Math.max(-limit, Math.min(limit, error));
    level += rates.level * limited;
    season[weekday] = (season[weekday] ?? 0) + rates.season * limited;
  }
  return (days) => level + (season[(values.length + days) % WEEK_DAYS] ?? 0);
}
