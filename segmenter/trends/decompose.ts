// segmenter/trends/decompose.ts: a daily series as trend, week and rest: STL, robust against single odd days.
// Cleveland, Cleveland, McRae & Terpenning (1990), STL, J. Official Statistics 6(1); steps by its section 2.
import { invariant } from '../../core/index.ts';
import { quantileOf } from '../math/statistics.ts';
import { beyond, smoothed } from './loess.ts';

/** Days of a season. */
export const WEEK_DAYS = 7;
/** Weeks that a day of the week is smoothed over. */
const SEASON_SPAN = 7;
/** The least odd number above 1.5 · 7 / (1 − 1.5 / 7), as section 3.4 asks for. */
const TREND_SPAN = 15;
/** The least odd number from the season on, as section 3.4 asks for. */
const LOW_PASS_SPAN = 9;
const INNER_ROUNDS = 2;
/** Rounds of robustness; the authors find ten enough. */
const OUTER_ROUNDS = 15;

/** Parts whose sum is the series. */
export interface Decomposition {
  readonly trend: Float64Array;
  readonly season: Float64Array;
  readonly rest: Float64Array;
  /** How much each day counted at the end: 0 for an odd one. */
  readonly weights: Float64Array;
}

/** Decomposes a series of at least two weeks, one value a day without gaps. */
export function decompose(values: Float64Array): Decomposition {
  invariant(values.length >= 2 * WEEK_DAYS, 'M1: a season is seen twice at least');
  let parts: Pick<Decomposition, 'trend' | 'season'> = {
    trend: new Float64Array(values.length),
    season: new Float64Array(values.length),
  };
  let weights: Float64Array | undefined;
  for (let outer = 0; ; outer++) {
    for (let inner = 0; inner < INNER_ROUNDS; inner++) parts = innerRound(values, parts.trend, weights);
    const rest = values.map((value, i) => value - (parts.trend[i] ?? 0) - (parts.season[i] ?? 0));
    if (outer === OUTER_ROUNDS) return { ...parts, rest, weights: weights ?? rest.map(() => 1) };
    weights = robustnessOf(rest);
  }
}

/** One pass of the inner loop, steps 1 to 6. */
function innerRound(values: Float64Array, trend: Float64Array, weights: Float64Array | undefined) {
  const detrended = values.map((value, i) => value - (trend[i] ?? 0));
  const cycles = cycleSubseries(detrended, weights);
  const low = smoothed(movingMean(movingMean(movingMean(cycles, WEEK_DAYS), WEEK_DAYS), 3), LOW_PASS_SPAN);
  const season = values.map((_, i) => (cycles[i + WEEK_DAYS] ?? 0) - (low[i] ?? 0));
  const seasonless = values.map((value, i) => value - (season[i] ?? 0));
  return { trend: smoothed(seasonless, TREND_SPAN, weights), season };
}

/** Each weekday smoothed over the weeks, and a week more at both ends. */
function cycleSubseries(values: Float64Array, weights: Float64Array | undefined): Float64Array {
  const cycles = new Float64Array(values.length + 2 * WEEK_DAYS);
  for (let day = 0; day < WEEK_DAYS; day++) {
    const ofDay = (all: Float64Array): Float64Array => all.filter((_, i) => i % WEEK_DAYS === day);
    const [series, weight] = [ofDay(values), weights === undefined ? undefined : ofDay(weights)];
    const [before, behind] = beyond(series, SEASON_SPAN, weight);
    [before, ...smoothed(series, SEASON_SPAN, weight), behind].forEach((value, week) => {
      cycles[week * WEEK_DAYS + day] = value;
    });
  }
  return cycles;
}

function movingMean(values: Float64Array, span: number): Float64Array {
  const means = new Float64Array(values.length - span + 1);
  for (let i = 0; i < means.length; i++) {
    let sum = 0;
    for (let j = 0; j < span; j++) sum += values[i + j] ?? 0;
    means[i] = sum / span;
  }
  return means;
}

/** Bisquare weights by the rest over six times its median, section 2.4. */
function robustnessOf(rest: Float64Array): Float64Array {
  const sizes = rest.map(Math.abs);
  const limit = 6 * quantileOf(Float64Array.from(sizes).sort(), 0.5);
  return sizes.map((size) => {
    if (size <= 0.001 * limit) return 1;
    return size <= 0.999 * limit ? (1 - (size / limit) ** 2) ** 2 : 0;
  });
}
