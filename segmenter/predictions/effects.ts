// segmenter/predictions/effects.ts: what a prediction hangs on, and in which direction.
import { sampleIndices } from '../math/random.ts';
import { meanOf, quantileOf } from '../math/statistics.ts';
import type { Column, Examples } from './examples.ts';
import { columnAt, shuffled } from './examples.ts';
import { areaUnderCurve } from './measures.ts';
import type { Predictor } from './predictor.ts';
import { predictChances } from './predictor.ts';

/** Examples it is measured on at most. */
export const EFFECT_EXAMPLES_MAX = 2_000;
/** A number's effect is that of going from this quantile to the other. */
const LOW = 0.1;
const HIGH = 0.9;

/** What one column does to the chances. */
export interface FeatureEffect {
  readonly column: string;
  /** AUC that is lost where the column's values are dealt to other examples (permutation importance, Breiman 2001). */
  readonly aucLost: number;
  /**
   * How much the mean chance changes, everything else as it is (partial dependence, Friedman 2001, section 8.2): for a
   * number from its 10th to its 90th percentile, for categories from the least to the most favourable.
   */
  readonly change: number;
  /** The most favourable category. */
  readonly category?: string;
}

/**
 * Effects of all columns, the most important first. Importance is honest on examples that the predictor has not seen;
 * it is no cause: what is bought after the fact (a cart's value) predicts well and can be turned by nobody.
 */
export function featureEffects(predictor: Predictor, { columns, labels }: Examples, seed: number): FeatureEffect[] {
  const rows = sampleIndices(labels.length, EFFECT_EXAMPLES_MAX, seed);
  const sampled = columns.map((column) => columnAt(column, rows));
  const truth = Uint8Array.from(rows, (row) => labels[row] ?? 0);
  const whole = areaUnderCurve(predictChances(predictor, sampled), truth);
  const chancesWith = (changed: Column): Float64Array =>
    predictChances(
      predictor,
      sampled.map((column) => (column.name === changed.name ? changed : column)),
    );
  const others = shuffled([...rows.keys()], seed);
  return sampled
    .map((column) => ({
      column: column.name,
      aucLost: whole - areaUnderCurve(chancesWith(columnAt(column, others)), truth),
      ...changeOf(column, predictor, (changed) => meanOf(chancesWith(changed))),
    }))
    .sort((a, b) => b.aucLost - a.aucLost || (a.column < b.column ? -1 : 1));
}

function changeOf(
  column: Column,
  { encoding }: Predictor,
  meanWith: (changed: Column) => number,
): Pick<FeatureEffect, 'change' | 'category'> {
  if (column.kind === 'number') {
    const ascending = column.values.filter((value) => !Number.isNaN(value)).sort();
    if (ascending.length === 0) return { change: 0 };
    const [low = 0, high = 0] = [LOW, HIGH].map((probability) =>
      meanWith({ ...column, values: column.values.map(() => quantileOf(ascending, probability)) }),
    );
    return { change: high - low };
  }
  const known = encoding.find(({ column: name }) => name === column.name)?.categories ?? [];
  const means = known.map((category) => meanWith({ ...column, values: column.values.map(() => category) }));
  const best = known[means.indexOf(Math.max(...means))];
  return best === undefined ? { change: 0 } : { change: Math.max(...means) - Math.min(...means), category: best };
}
