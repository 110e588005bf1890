// bench/quality/measured.ts: one figure of a data set, and measures of how far predictions are from the truth.

/** A figure, or why it could not be measured here. */
export type Measured = (
  | { readonly figure: string; readonly value: number; readonly unit: string }
  | { readonly figure: string; readonly notMeasured: string }
) & {
  /** The least or most it may be, or the published figure. */
  readonly against?: string;
  /** Significant digits printed, where four would hide what matters. */
  readonly digits?: number;
  /** Confidence interval of 95 %. */
  readonly interval95?: readonly number[];
};

/** Root of the mean squared difference. */
export function rootMeanSquare(predicted: Float64Array, actual: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += ((predicted[i] ?? 0) - (actual[i] ?? 0)) ** 2;
  return Math.sqrt(sum / actual.length);
}

/** Pearson's correlation. */
export function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [covariance, varianceA, varianceB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [(a[i] ?? 0) - meanA, (b[i] ?? 0) - meanB];
    covariance += x * y;
    varianceA += x * x;
    varianceB += y * y;
  }
  return covariance / Math.sqrt(varianceA * varianceB);
}

const SIGNIFICANT_DIGITS = 4;

/** Prints a figure as one JSON line. */
export function printMeasured(bench: string, { digits = SIGNIFICANT_DIGITS, ...measured }: Measured): void {
  const value = 'value' in measured ? Number(measured.value.toPrecision(digits)) : null;
  process.stdout.write(`${JSON.stringify({ bench, ...measured, value })}\n`);
}
