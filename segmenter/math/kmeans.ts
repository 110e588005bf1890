// segmenter/math/kmeans.ts: k-means: ml-kmeans from several seeds on a sample, then refined on all points.
import { kmeans } from 'ml-kmeans';
import type { Points } from './points.ts';
import { pickPoints, pointAt, squaredDistance } from './points.ts';
import { sampleIndices } from './random.ts';

/** Starts from consecutive seeds; one start in three ends in a bad optimum (measured), ten hardly ever all do. */
export const RESTARTS = 10;
/** Most points the starts look at: ml-kmeans keeps arrays of arrays, a million of which would take a gigabyte (measured). */
export const START_SAMPLE_MAX = 10_000;
/** Rounds of refinement at most; it ends sooner once no point changes its cluster. */
const REFINE_ROUNDS_MAX = 100;
/** An improvement below this share is rounding, and the lower seed is kept. */
const INERTIA_TOLERANCE = 1e-9;

/** A partition of points around centroids. */
export interface Partition {
  readonly centroids: readonly (readonly number[])[];
  /** Cluster of each point: its nearest centroid, the first of equals. */
  readonly clusters: Int32Array;
  /** Sum of squared distances to the nearest centroid. */
  readonly inertia: number;
}

/**
 * Partitions points into at most `k` clusters; none of them is empty. Lloyd's algorithm from k-means++ starts
 * (Arthur & Vassilvitskii 2007) with the seeds `seed`, `seed + 1` …; the best inertia wins, ties go to the lowest seed.
 * @param k from 2 to the number of different points.
 */
export function partition(points: Points, k: number, seed: number): Partition {
  const sample = pickPoints(points, sampleIndices(points.count, START_SAMPLE_MAX, seed));
  const rows = Array.from({ length: sample.count }, (_, row) => pointAt(sample, row));
  let best: Partition | undefined;
  for (let start = 0; start < RESTARTS; start++) {
    const { centroids } = kmeans(rows, k, { seed: seed + start, initialization: 'kmeans++' });
    const found = refine(sample, centroids);
    if (best === undefined || found.inertia < best.inertia * (1 - INERTIA_TOLERANCE)) best = found;
  }
  return refine(points, best?.centroids ?? []);
}

/** Lloyd's algorithm from given centroids until no point changes its cluster; clusters left empty are dropped. */
export function refine(points: Points, start: readonly (readonly number[])[]): Partition {
  let centroids = start;
  let assigned = assign(points, centroids);
  for (let round = 0; round < REFINE_ROUNDS_MAX; round++) {
    const means = meansOf(points, assigned.clusters, centroids.length);
    const { clusters } = assigned;
    const dropped = means.length < centroids.length;
    centroids = means;
    assigned = assign(points, centroids);
    if (!dropped && assigned.clusters.every((cluster, i) => cluster === clusters[i])) break;
  }
  return { centroids, ...assigned };
}

/** Gives each point its nearest centroid. */
export function assign(
  points: Points,
  centroids: readonly (readonly number[])[],
): { clusters: Int32Array<ArrayBuffer>; inertia: number } {
  const clusters = new Int32Array(points.count);
  let inertia = 0;
  for (let i = 0; i < points.count; i++) {
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < centroids.length; c++) {
      const distance = squaredDistance(points.values, i * points.width, centroids[c] ?? [], 0, points.width);
      if (distance < least) {
        least = distance;
        nearest = c;
      }
    }
    clusters[i] = nearest;
    inertia += least;
  }
  return { clusters, inertia };
}

/** Mean of each cluster that has points, in the order of the clusters. */
function meansOf(points: Points, clusters: Int32Array, k: number): number[][] {
  const sums = Array.from({ length: k }, () => new Float64Array(points.width));
  const sizes = new Array<number>(k).fill(0);
  for (let i = 0; i < points.count; i++) {
    const cluster = clusters[i] ?? 0;
    sizes[cluster] = (sizes[cluster] ?? 0) + 1;
    const sum = sums[cluster] ?? new Float64Array(points.width);
    for (let d = 0; d < points.width; d++) sum[d] = (sum[d] ?? 0) + (points.values[i * points.width + d] ?? 0);
  }
  return sums.flatMap((sum, c) => ((sizes[c] ?? 0) === 0 ? [] : [Array.from(sum, (value) => value / (sizes[c] ?? 1))]));
}
