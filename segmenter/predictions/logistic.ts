// segmenter/predictions/logistic.ts: logistic regression by iteratively reweighted least squares, with ridge.
// Newton's method on the penalised likelihood (Hastie, Tibshirani & Friedman 2009, eq. 4.26; le Cessie & van Houwelingen 1992).
import { invariant } from '../../core/index.ts';
import { solvePositive } from '../math/cholesky.ts';
import { logistic } from '../math/special.ts';
import { deviationOf, meanOf } from '../math/statistics.ts';
import { logLoss } from './measures.ts';

/** Strength of the ridge on standardised features, where nothing else is said: half the sum of squared weights. */
export const RIDGE = 1;
/** Features at most: a step's work grows with their square, its memory too. */
export const FEATURES_MAX = 500;
const STEPS_MAX = 50;
const HALVINGS_MAX = 20;
/** Ends once a step gains less than this share of the loss. */
const GAIN_TOLERANCE = 1e-12;

/** Weights by feature, on the scale that {@link scaled} makes. Plain data. */
export interface LogisticModel {
  readonly bias: number;
  readonly weights: readonly number[];
  readonly scales: readonly FeatureScale[];
}

interface FeatureScale {
  readonly mean: number;
  /** 0 where the feature says nothing. */
  readonly deviation: number;
}

/** Signed logarithm: long tails of counts and amounts shrink, shares hardly change, order stays. */
const compressed = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value));

/** Fits log odds to labels 0 and 1. A missing value (NaN) counts as the feature's mean. */
export function fitLogistic(features: readonly Float64Array[], labels: Uint8Array, ridge = RIDGE): LogisticModel {
  invariant(features.length <= FEATURES_MAX, 'M1: features of a regression are bounded');
  invariant(ridge > 0, 'M1: a ridge is positive, or a perfect separation has no maximum');
  const scales = features.map(scaleOf);
  // Row after row, with a 1 for the bias in front: the inner loop then runs over neighbours.
  const width = features.length + 1;
  const rows = new Float64Array(labels.length * width);
  for (let i = 0; i < labels.length; i++) rows[i * width] = 1;
  features.forEach((values, f) => {
    const scale = scales[f] ?? { mean: 0, deviation: 0 };
    for (let i = 0; i < labels.length; i++) rows[i * width + f + 1] = scaled(values[i] ?? Number.NaN, scale);
  });
  const [bias = 0, ...weights] = newton(rows, labels, width, ridge);
  return { bias, weights, scales };
}

/** Log odds of each row. */
export function logisticOdds(
  { bias, weights, scales }: LogisticModel,
  features: readonly Float64Array[],
): Float64Array {
  const odds = new Float64Array(features[0]?.length ?? 0).fill(bias);
  features.forEach((values, f) => {
    const scale = scales[f] ?? { mean: 0, deviation: 0 };
    const weight = weights[f] ?? 0;
    for (let i = 0; i < odds.length; i++) odds[i] = (odds[i] ?? 0) + weight * scaled(values[i] ?? Number.NaN, scale);
  });
  return odds;
}

function scaleOf(values: Float64Array): FeatureScale {
  const known = values.filter((value) => !Number.isNaN(value)).map(compressed);
  const mean = meanOf(known);
  const deviation = deviationOf(known, mean);
  return { mean, deviation: deviation > 1e-12 * Math.max(1, Math.abs(mean)) ? deviation : 0 };
}

const scaled = (value: number, { mean, deviation }: FeatureScale): number =>
  deviation === 0 || Number.isNaN(value) ? 0 : (compressed(value) - mean) / deviation;

function newton(rows: Float64Array, labels: Uint8Array, width: number, ridge: number): number[] {
  const oddsOf = (weights: Float64Array): Float64Array => {
    const odds = new Float64Array(labels.length);
    for (let i = 0; i < labels.length; i++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += (rows[i * width + j] ?? 0) * (weights[j] ?? 0);
      odds[i] = sum;
    }
    return odds;
  };
  const lossOf = (weights: Float64Array, odds: Float64Array): number =>
    labels.length * logLoss(odds, labels) + (ridge / 2) * weights.subarray(1).reduce((sum, w) => sum + w * w, 0);
  let weights = new Float64Array(width);
  let odds = oddsOf(weights);
  let loss = lossOf(weights, odds);
  for (let step = 0; step < STEPS_MAX; step++) {
    const { slope, curvature } = derivatives(rows, labels, odds, weights, ridge);
    const move = solvePositive(curvature, slope);
    if (move === undefined) break;
    let next: { weights: Float64Array<ArrayBuffer>; odds: Float64Array; loss: number } | undefined;
    for (let halving = 0, length = 1; halving < HALVINGS_MAX && next === undefined; halving++, length /= 2) {
      const tried = weights.map((weight, j) => weight - length * (move[j] ?? 0));
      const triedOdds = oddsOf(tried);
      const triedLoss = lossOf(tried, triedOdds);
      if (triedLoss <= loss) next = { weights: tried, odds: triedOdds, loss: triedLoss };
    }
    if (next === undefined) break;
    const gain = loss - next.loss;
    ({ weights, odds, loss } = next);
    if (gain <= GAIN_TOLERANCE * Math.abs(loss)) break;
  }
  return [...weights];
}

/** Gradient and (lower triangle of the) Hessian of the penalised loss; the bias is not penalised but for a trace. */
function derivatives(
  rows: Float64Array,
  labels: Uint8Array,
  odds: Float64Array,
  weights: Float64Array,
  ridge: number,
): { slope: Float64Array; curvature: Float64Array } {
  const width = weights.length;
  const slope = new Float64Array(width);
  const curvature = new Float64Array(width * width);
  for (let i = 0; i < labels.length; i++) {
    const chance = logistic(odds[i] ?? 0);
    const residual = chance - (labels[i] ?? 0);
    const weight = chance * (1 - chance);
    const from = i * width;
    for (let j = 0; j < width; j++) {
      const value = rows[from + j] ?? 0;
      slope[j] = (slope[j] ?? 0) + residual * value;
      const weighted = weight * value;
      // One-hot columns that are standardised are never 0, so skipping zeros would win nothing.
      for (let k = 0; k <= j; k++)
        curvature[j * width + k] = (curvature[j * width + k] ?? 0) + weighted * (rows[from + k] ?? 0);
    }
  }
  // Only against a Hessian that rounds to singular where all chances are near 0 or 1.
  curvature[0] = (curvature[0] ?? 0) + 1e-9;
  for (let j = 1; j < width; j++) {
    slope[j] = (slope[j] ?? 0) + ridge * (weights[j] ?? 0);
    curvature[j * width + j] = (curvature[j * width + j] ?? 0) + ridge;
  }
  return { slope, curvature };
}
