// segmenter/predictions/uplift.ts: what a treatment changed, on average and for whom the most.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import { invariant } from '../../core/index.ts';
import { normalQuantile } from '../math/special.ts';
import { meanOf } from '../math/statistics.ts';
import type { Column, Examples } from './examples.ts';
import { examplesAt } from './examples.ts';
import type { Predictor, PredictorOptions, PredictorRefusal } from './predictor.ts';
import { predictChances, trainPredictor } from './predictor.ts';

/** A mean difference and the interval that holds the true one in `confidence` of all experiments. */
export interface Effect {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly treated: number;
  readonly control: number;
}

/**
 * Difference in means of two arms that chance alone made, with Neyman's (1923) variance: that of each arm by itself, so
 * the arms may differ in size and spread. Normal interval; undefined below two in an arm.
 */
export function differenceInMeans(treated: Float64Array, control: Float64Array, confidence = 0.95): Effect | undefined {
  if (treated.length < 2 || control.length < 2) return undefined;
  const [a, b] = [meanOf(treated), meanOf(control)];
  const error = Math.sqrt(sampleVariance(treated, a) / treated.length + sampleVariance(control, b) / control.length);
  const width = normalQuantile((1 + confidence) / 2) * error;
  const difference = a - b;
  return {
    difference,
    low: difference - width,
    high: difference + width,
    treated: treated.length,
    control: control.length,
  };
}

function sampleVariance(values: Float64Array, mean: number): number {
  let sum = 0;
  for (const value of values) sum += (value - mean) ** 2;
  return sum / (values.length - 1);
}

/** The chance of an outcome with and without the treatment, learned apart ("two models", Radcliffe & Surry 1999). */
export interface Uplift {
  readonly treated: Predictor;
  readonly control: Predictor;
}

/** Learns an uplift. @param treated 1 for each example that chance gave the treatment, else 0. */
export function trainUplift(
  examples: Examples,
  treated: Uint8Array,
  options: PredictorOptions,
): Result<Uplift, PredictorRefusal> {
  invariant(treated.length === examples.labels.length, 'M1: every example is in one arm');
  const [withIt, without] = [1, 0].map((arm) => {
    const rows = [...treated.keys()].filter((row) => treated[row] === arm);
    return trainPredictor(examplesAt(examples, rows), options);
  });
  if (withIt === undefined || without === undefined) return err('too_few_examples');
  if (!withIt.ok) return withIt;
  return without.ok ? ok({ treated: withIt.value, control: without.value }) : without;
}

/** How much the treatment adds to each row's chance. */
export function predictUplift({ treated, control }: Uplift, columns: readonly Column[]): Float64Array {
  const without = predictChances(control, columns);
  return predictChances(treated, columns).map((chance, row) => chance - (without[row] ?? 0));
}

/** One row of an experiment, for {@link qiniCoefficient}: by column. */
export interface ExperimentRows {
  readonly scores: Float64Array;
  readonly treated: Uint8Array;
  readonly outcomes: Float64Array;
}

/**
 * Qini coefficient, not normalised (Radcliffe 2007, "Using Control Groups to Target on Predicted Lift", section 3). The
 * curve over the share of all rows, best scores first, is the incremental outcome per treated row of the whole arm,
 * (Y_t(n) − Y_c(n) · N_t(n) / N_c(n)) / N_t; the coefficient is the area between it and the straight line to its end, by
 * trapezoids. Rows of equal score are taken at once. 0 is what chance gives; NaN where an arm is empty.
 */
export function qiniCoefficient({ scores, treated, outcomes }: ExperimentRows): number {
  const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const all = treated.reduce((sum, arm) => sum + arm, 0);
  if (all === 0 || all === treated.length) return Number.NaN;
  let [treatedRows, controlRows, treatedSum, controlSum] = [0, 0, 0, 0];
  let [area, lastShare, lastGain] = [0, 0, 0];
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i] ?? 0];
    for (; i < order.length && scores[order[i] ?? 0] === score; i++) {
      const row = order[i] ?? 0;
      if (treated[row] === 1) {
        treatedRows += 1;
        treatedSum += outcomes[row] ?? 0;
      } else {
        controlRows += 1;
        controlSum += outcomes[row] ?? 0;
      }
    }
    // Before the first of the control arm there is nothing to compare with, so nothing is gained.
    const gain = controlRows === 0 ? 0 : (treatedSum - (controlSum * treatedRows) / controlRows) / all;
    const share = i / order.length;
    area += ((share - lastShare) * (gain + lastGain)) / 2;
    [lastShare, lastGain] = [share, gain];
  }
  return area - lastGain / 2;
}
