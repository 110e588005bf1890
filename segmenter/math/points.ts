// segmenter/math/points.ts: many points of one dimension in one typed array, row after row.

/** `count` points of `width` numbers each; point i starts at `i * width`. */
export interface Points {
  readonly count: number;
  readonly width: number;
  readonly values: Float64Array;
}

/** Squared Euclidean distance of two points, each by its array, offset and the shared width. */
export function squaredDistance(
  a: ArrayLike<number>,
  aOffset: number,
  b: ArrayLike<number>,
  bOffset: number,
  width: number,
): number {
  let sum = 0;
  for (let i = 0; i < width; i++) {
    const difference = (a[aOffset + i] ?? 0) - (b[bOffset + i] ?? 0);
    sum += difference * difference;
  }
  return sum;
}

/** One point as an array of its own. */
export const pointAt = (points: Points, index: number): number[] =>
  Array.from(points.values.subarray(index * points.width, (index + 1) * points.width));

/** The points of some indices, in their order. */
export function pickPoints(points: Points, indices: readonly number[]): Points {
  const values = new Float64Array(indices.length * points.width);
  indices.forEach((index, row) =>
    values.set(points.values.subarray(index * points.width, (index + 1) * points.width), row * points.width),
  );
  return { count: indices.length, width: points.width, values };
}

/** How many different points there are, counted up to `max`. */
export function distinctPoints(points: Points, max: number): number {
  const seen = new Set<string>();
  for (let i = 0; i < points.count && seen.size < max; i++) seen.add(pointAt(points, i).join());
  return seen.size;
}
