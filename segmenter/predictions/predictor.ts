// segmenter/predictions/predictor.ts: learns the chance of an outcome, and says how far it can be trusted.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import { invariant } from '../../core/index.ts';
import type { BoostedModel, BoostOptions } from './boost.ts';
import { boost, BOOST_DEFAULTS, boostedOdds } from './boost.ts';
import type { Calibration } from './calibrate.ts';
import { calibrate, fitIsotonic, fitPlatt } from './calibrate.ts';
import type { Column, Encoding, Examples } from './examples.ts';
import { encode, holdOut, learnEncoding, stratifiedFolds } from './examples.ts';
import type { LogisticModel } from './logistic.ts';
import { FEATURES_MAX, fitLogistic, logisticOdds, RIDGE } from './logistic.ts';
import type { LiftPoint } from './measures.ts';
import { areaUnderCurve, brierScore, liftCurve } from './measures.ts';

/** Examples that a prediction needs. */
export const EXAMPLES_MIN = 200;
/** Examples that each of both outcomes needs. */
export const OUTCOME_EXAMPLES_MIN = 30;
/** Parts that the examples are dealt into, to judge and calibrate on what a model has not seen. */
const FOLDS = 4;

/** How to learn. */
export interface PredictorOptions {
  readonly method: 'logistic' | 'trees';
  readonly seed: number;
  readonly calibration?: Calibration['method'];
  readonly ridge?: number;
  readonly trees?: Partial<BoostOptions>;
}

/** Why nothing was learned. */
export type PredictorRefusal = 'too_few_examples' | 'too_few_of_an_outcome' | 'no_features' | 'too_many_features';

/** How good the chances are, measured on examples that the model giving them had not seen. */
export interface PredictorMetrics {
  readonly examples: number;
  readonly positives: number;
  readonly auc: number;
  readonly brier: number;
  /** Brier score of saying the overall rate to everybody: a model above it says nothing. */
  readonly brierOfRate: number;
  readonly lift: readonly LiftPoint[];
}

type Model =
  | { readonly method: 'logistic'; readonly logistic: LogisticModel }
  | { readonly method: 'trees'; readonly boosted: BoostedModel };

/** A learned prediction. Plain data, to be stored as JSON. */
export interface Predictor {
  readonly encoding: Encoding;
  readonly model: Model;
  readonly calibration: Calibration;
  readonly metrics: PredictorMetrics;
}

/** Learns a chance. The same examples in the same order, options and seed give the same predictor. */
export function trainPredictor(examples: Examples, options: PredictorOptions): Result<Predictor, PredictorRefusal> {
  const { columns, labels } = examples;
  invariant(
    columns.every(({ values }) => values.length === labels.length),
    'M1: a column has a value for every example',
  );
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (labels.length < EXAMPLES_MIN) return err('too_few_examples');
  if (Math.min(positives, labels.length - positives) < OUTCOME_EXAMPLES_MIN) return err('too_few_of_an_outcome');
  const rows = [...labels.keys()];
  const encoding = learnEncoding(columns, rows);
  const features = encode(columns, encoding, rows).map(({ values }) => values);
  if (features.length === 0) return err('no_features');
  if (features.length > FEATURES_MAX) return err('too_many_features');
  const unseen = oddsUnseen(features, labels, options);
  const model = fitModel(features, labels, options, unseen.rounds);
  const fitCalibration = options.calibration === 'isotonic' ? fitIsotonic : fitPlatt;
  const calibration = fitCalibration(unseen.odds, labels);
  const chances = calibrate(calibration, unseen.odds);
  const rate = positives / labels.length;
  const metrics = {
    examples: labels.length,
    positives,
    auc: areaUnderCurve(unseen.odds, labels),
    brier: brierScore(chances, labels),
    brierOfRate: rate * (1 - rate),
    lift: liftCurve(unseen.odds, labels),
  };
  return ok({ encoding, model, calibration, metrics });
}

/** The chance of each row, by what is known of it: columns by name, in any order. */
export function predictChances({ encoding, model, calibration }: Predictor, columns: readonly Column[]): Float64Array {
  const rows = [...Array.from({ length: columns[0]?.values.length ?? 0 }).keys()];
  const features = encode(columns, encoding, rows).map(({ values }) => values);
  return calibrate(calibration, oddsOf(model, features));
}

function oddsOf(model: Model, features: readonly Float64Array[]): Float64Array {
  switch (model.method) {
    case 'logistic':
      return logisticOdds(model.logistic, features);
    case 'trees':
      return boostedOdds(model.boosted, features);
  }
}

/**
 * Log odds of each example from a model that was fitted without its fold, and the number of trees that was best.
 * Trees stop early by the fold they have not seen; that choice of one number is the only way it reaches them.
 */
function oddsUnseen(
  features: readonly Float64Array[],
  labels: Uint8Array,
  options: PredictorOptions,
): { odds: Float64Array; rounds: number } {
  const folds = stratifiedFolds(labels, FOLDS, options.seed);
  const odds = new Float64Array(labels.length);
  let rounds = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const { seen, held } = holdOut(features, labels, folds, fold);
    const model: Model =
      options.method === 'logistic'
        ? { method: 'logistic', logistic: fitLogistic(seen.features, seen.labels, options.ridge ?? RIDGE) }
        : { method: 'trees', boosted: boost(seen, held, { ...options.trees, seed: options.seed }) };
    if (model.method === 'trees') rounds += model.boosted.trees.length / FOLDS;
    const found = oddsOf(model, held.features);
    held.rows.forEach((row, i) => (odds[row] = found[i] ?? 0));
  }
  return { odds, rounds: Math.max(1, Math.round(rounds)) };
}

/** The model that is kept: of all examples, with as many trees as were best on average where a fold was held out. */
function fitModel(
  features: readonly Float64Array[],
  labels: Uint8Array,
  options: PredictorOptions,
  rounds: number,
): Model {
  if (options.method === 'logistic') {
    return { method: 'logistic', logistic: fitLogistic(features, labels, options.ridge ?? RIDGE) };
  }
  const trees = { ...BOOST_DEFAULTS, ...options.trees, seed: options.seed, roundsMax: rounds };
  return { method: 'trees', boosted: boost({ features, labels }, undefined, trees) };
}
