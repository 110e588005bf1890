// segmenter/math/statistics.ts: means, spreads and quantiles, with a fixed order of summation.

/** Arithmetic mean, 0 of nothing. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Population standard deviation around `mean`, in a second pass so that large means lose no digits. */
export function deviationOf(values: Float64Array, mean: number): number {
  let sum = 0;
  for (const value of values) sum += (value - mean) * (value - mean);
  return values.length === 0 ? 0 : Math.sqrt(sum / values.length);
}

/** A quantile of ascending values by linear interpolation (Hyndman & Fan 1996, type 7); NaN of nothing. */
export function quantileOf(ascending: Float64Array, probability: number): number {
  const position = (ascending.length - 1) * probability;
  const below = ascending[Math.floor(position)] ?? Number.NaN;
  const above = ascending[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}
