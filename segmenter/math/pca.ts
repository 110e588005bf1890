// segmenter/math/pca.ts: principal components by eigen-decomposition of the covariance matrix.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Points } from './points.ts';

/** A projection onto the components that carry most of the variance. */
export interface Components {
  /** One row per kept component: its weights over the input's dimensions, of length 1. */
  readonly axes: readonly (readonly number[])[];
  /** Variance along each kept component, descending. */
  readonly variances: readonly number[];
  /** Share of the whole variance that they carry. */
  readonly explained: number;
}

/** Covariance of centred points (population), row by row. */
export function covarianceOf(points: Points): number[][] {
  const { count, width, values } = points;
  const sums = Array.from({ length: width }, () => new Float64Array(width));
  for (let row = 0; row < count; row++) {
    const offset = row * width;
    for (let i = 0; i < width; i++) {
      const target = sums[i] ?? new Float64Array(width);
      for (let j = 0; j <= i; j++) target[j] = (target[j] ?? 0) + (values[offset + i] ?? 0) * (values[offset + j] ?? 0);
    }
  }
  const at = (i: number, j: number): number => (sums[Math.max(i, j)]?.[Math.min(i, j)] ?? 0) / count;
  return Array.from({ length: width }, (_, i) => Array.from({ length: width }, (_unused, j) => at(i, j)));
}

/**
 * The fewest components that carry at least `share` of the variance of centred points.
 * An eigenvector's sign means nothing, so each is turned until its largest weight (the first of equals) is positive.
 */
export function principalComponents(points: Points, share: number): Components {
  const covariance = covarianceOf(points);
  const decomposition = new EigenvalueDecomposition(new Matrix(covariance), { assumeSymmetric: true });
  const vectors = decomposition.eigenvectorMatrix;
  const ranked = decomposition.realEigenvalues
    .map((variance, column) => ({ variance: Math.max(0, variance), column }))
    .sort((a, b) => b.variance - a.variance || a.column - b.column);
  const total = ranked.reduce((sum, component) => sum + component.variance, 0);
  const kept: typeof ranked = [];
  let carried = 0;
  for (const component of ranked) {
    if (kept.length > 0 && carried >= share * total) break;
    kept.push(component);
    carried += component.variance;
  }
  return {
    axes: kept.map(({ column }) => turned(vectors.getColumn(column))),
    variances: kept.map(({ variance }) => variance),
    explained: total === 0 ? 0 : carried / total,
  };
}

/** Projects points onto components. */
export function project(points: Points, { axes }: Pick<Components, 'axes'>): Points {
  const width = axes.length;
  const values = new Float64Array(points.count * width);
  for (let row = 0; row < points.count; row++) {
    axes.forEach((axis, component) => {
      let sum = 0;
      axis.forEach((weight, i) => {
        sum += weight * (points.values[row * points.width + i] ?? 0);
      });
      values[row * width + component] = sum;
    });
  }
  return { count: points.count, width, values };
}

function turned(vector: readonly number[]): number[] {
  let largest = 0;
  // Weights that differ by rounding alone count as equal, or the sign would hang on the last bit.
  for (const weight of vector) if (Math.abs(weight) > Math.abs(largest) + 1e-9) largest = weight;
  return largest < 0 ? vector.map((weight) => -weight) : [...vector];
}
