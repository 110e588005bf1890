// segmenter/math/silhouette.ts: how well points lie in their clusters (Rousseeuw 1987).
import type { Points } from './points.ts';
import { squaredDistance } from './points.ts';

/** Points it is computed on at most; the work grows with their square. */
export const SILHOUETTE_SAMPLE_MAX = 2_000;
/** From the least width of a point to the largest. */
export const SILHOUETTE_REACH = 2;

/**
 * Mean of (b - a) / max(a, b) over all points: a is the mean distance to the own cluster's others, b that to the nearest
 * other cluster. A point alone in its cluster counts 0. Undefined with fewer than two clusters.
 */
export function silhouetteOf(points: Points, clusters: Int32Array, k: number): number | undefined {
  const sizes = new Array<number>(k).fill(0);
  for (const cluster of clusters) sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  if (sizes.filter((size) => size > 0).length < 2) return undefined;
  let total = 0;
  const sums = new Float64Array(k);
  for (let i = 0; i < points.count; i++) {
    sums.fill(0);
    for (let j = 0; j < points.count; j++) {
      const cluster = clusters[j] ?? 0;
      const squared = squaredDistance(points.values, i * points.width, points.values, j * points.width, points.width);
      sums[cluster] = (sums[cluster] ?? 0) + Math.sqrt(squared);
    }
    total += widthOf(sums, sizes, clusters[i] ?? 0);
  }
  return total / points.count;
}

function widthOf(sums: Float64Array, sizes: readonly number[], own: number): number {
  const ownSize = sizes[own] ?? 0;
  if (ownSize <= 1) return 0;
  const a = (sums[own] ?? 0) / (ownSize - 1);
  let b = Number.POSITIVE_INFINITY;
  sizes.forEach((size, cluster) => {
    if (cluster !== own && size > 0) b = Math.min(b, (sums[cluster] ?? 0) / size);
  });
  const larger = Math.max(a, b);
  return larger === 0 ? 0 : (b - a) / larger;
}
