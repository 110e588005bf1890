// segmenter/clusters/summary.ts: how a group of visitors differs from all of them, trait by trait.
import type { Features } from '../features/clean.ts';
import { scaledValue } from '../features/clean.ts';
import type { Trait } from '../profiles/traits.ts';
import { TRAITS } from '../profiles/traits.ts';

/** A difference of fewer standard deviations is called similar. */
export const TELLING_DIFFERENCE = 0.3;

/** One trait of a group. Exact numbers: they pass the publishing rules before they leave. */
export interface TraitSummary {
  readonly trait: Trait;
  /** Visitors of the group who have the trait. */
  readonly count: number;
  /** Of these, those whose value is not 0: a mean over a thousand of whom three bought would tell of the three. */
  readonly contributors: number;
  /** Their mean, outliers limited. */
  readonly mean: number;
  /** Their mean on the trait's scale less that of all visitors, in standard deviations. */
  readonly difference: number;
}

/** Summaries of the traits that vary, in catalogue order. Traits that most visitors lack or that never vary are left out. */
export function summariseTraits(features: Features, rows: readonly number[]): TraitSummary[] {
  return TRAITS.flatMap((trait, i): TraitSummary[] => {
    const report = features.report.traits[i];
    const column = features.limited[i];
    if (report === undefined || column === undefined || report.deviation === undefined || report.unit === undefined)
      return [];
    if (report.status === 'constant' || report.status === 'mostly_missing') return [];
    const all = meansOf(trait, report.unit, column, column.keys());
    const group = meansOf(trait, report.unit, column, rows);
    const difference = (group.scaled - all.scaled) / report.deviation;
    const { count, contributors, mean } = group;
    return count === 0 ? [] : [{ trait, count, contributors, mean, difference }];
  });
}

function meansOf(
  trait: Trait,
  unit: number,
  column: Float64Array,
  rows: Iterable<number>,
): { count: number; contributors: number; mean: number; scaled: number } {
  let count = 0;
  let contributors = 0;
  let sum = 0;
  let scaledSum = 0;
  for (const row of rows) {
    const value = column[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    count += 1;
    if (value !== 0) contributors += 1;
    sum += value;
    scaledSum += scaledValue(trait, unit, value);
  }
  return { count, contributors, mean: sum / count, scaled: scaledSum / count };
}

/** Traits by how far they set the group apart, furthest first; ties in catalogue order. */
export const byDifference = (summaries: readonly TraitSummary[]): TraitSummary[] =>
  [...summaries].sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
