// segmenter/math/kmeans.ts: k-means on typed arrays: starts on a sample, then refined on all points.
//
// Lloyd's algorithm with Hamerly's bounds ("Making k-means even faster", SDM 2010): a point whose nearest centroid can't have
// changed is not measured. The bounds only skip work: every round gives each point the cluster that measuring all would.
import type { Points } from './points.ts';
import { pickPoints, squaredDistance } from './points.ts';
import { sampleIndices, seededWords } from './random.ts';

/** Starts from consecutive seeds; one start in three ends in a bad optimum (measured), ten hardly ever all do. */
export const RESTARTS = 10;
/** Most points the starts look at. */
export const START_SAMPLE_MAX = 10_000;
/** Rounds of refinement at most; it ends sooner once no point changes its cluster. */
const REFINE_ROUNDS_MAX = 100;
/** An improvement below this share is rounding, and the lower seed is kept. */
const INERTIA_TOLERANCE = 1e-9;
/** What rounding may take off a bound, as a share of it: a point this near to a tie is measured. */
const BOUND_SLACK = 1e-9;

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
  const best = bestOfStarts(sample, k, seed, RESTARTS);
  // A sample that is everybody is refined already.
  return sample.count === points.count ? best : refine(points, best.centroids);
}

/** The best of some starts on all of `points`. @param starts at least one. */
export function bestOfStarts(points: Points, k: number, seed: number, starts: number): Partition {
  let best = refine(points, spreadOut(points, k, seed));
  for (let start = 1; start < starts; start++) {
    const found = refine(points, spreadOut(points, k, seed + start));
    if (found.inertia < best.inertia * (1 - INERTIA_TOLERANCE)) best = found;
  }
  return best;
}

/**
 * Centroids to start from: k-means++, each the best of a few draws (the greedy form of its section 5, which scikit-learn uses
 * too). Fewer than `k` where there are fewer different points.
 */
function spreadOut(points: Points, k: number, seed: number): number[][] {
  const { count, width, values } = points;
  const words = seededWords(seed);
  const draws = 2 + Math.floor(Math.log(k));
  let nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const centroidAt = (row: number): number[] => Array.from(values.subarray(row * width, (row + 1) * width));
  const nearestWith = (row: number): { nearest: Float64Array<ArrayBuffer>; sum: number } => {
    const closer = new Float64Array(count);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const distance = Math.min(nearest[i] ?? 0, squaredDistance(values, i * width, values, row * width, width));
      closer[i] = distance;
      sum += distance;
    }
    return { nearest: closer, sum };
  };
  const first = Math.floor((words() / 2 ** 32) * count);
  const chosen = [centroidAt(first)];
  let sum: number;
  ({ nearest, sum } = nearestWith(first));
  while (chosen.length < k && sum > 0) {
    let best: { row: number; nearest: Float64Array<ArrayBuffer>; sum: number } | undefined;
    for (let draw = 0; draw < draws; draw++) {
      const row = drawn(nearest, (words() / 2 ** 32) * sum);
      const found = nearestWith(row);
      if (best === undefined || found.sum < best.sum) best = { row, ...found };
    }
    if (best === undefined) break;
    chosen.push(centroidAt(best.row));
    ({ nearest, sum } = best);
  }
  return chosen;
}

/** The point where the running sum of weights passes `target`; never one of no weight. */
function drawn(weights: Float64Array, target: number): number {
  let passed = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    if (weight === 0) continue;
    passed += weight;
    last = i;
    if (passed > target) break;
  }
  return last;
}

/** Centroids in one array, and for each point its cluster and what bounds its distances. */
interface Working {
  readonly centroids: Float64Array;
  readonly clusters: Int32Array<ArrayBuffer>;
  /** At least the distance to the point's own centroid. */
  readonly upper: Float64Array;
  /** At most the distance to every other centroid. */
  readonly lower: Float64Array;
}

/** Lloyd's algorithm from given centroids until no point changes its cluster; clusters left empty are dropped. */
export function refine(points: Points, start: readonly (readonly number[])[]): Partition {
  const { width } = points;
  let working = startingFrom(points, Float64Array.from(start.flat()));
  for (let round = 0; round < REFINE_ROUNDS_MAX; round++) {
    const { centroids, clusters } = working;
    const { means, isWhole } = meansOf(points, clusters, centroids.length / width);
    if (!isWhole) {
      working = startingFrom(points, means);
      continue;
    }
    const moved = distancesMoved(centroids, means, width);
    centroids.set(means);
    if (reassign(points, working, moved) === 0) break;
  }
  const { centroids, clusters } = working;
  let inertia = 0;
  for (let i = 0; i < points.count; i++) {
    inertia += squaredDistance(points.values, i * width, centroids, (clusters[i] ?? 0) * width, width);
  }
  const rows = Array.from({ length: centroids.length / width }, (_, c) =>
    Array.from(centroids.subarray(c * width, (c + 1) * width)),
  );
  return { centroids: rows, clusters, inertia };
}

function startingFrom(points: Points, centroids: Float64Array): Working {
  const working = {
    centroids,
    clusters: new Int32Array(points.count),
    upper: new Float64Array(points.count).fill(Number.POSITIVE_INFINITY),
    lower: new Float64Array(points.count),
  };
  reassign(points, working, new Float64Array(centroids.length / points.width));
  return working;
}

/** Brings every point to its nearest centroid after these moved. @returns points that changed their cluster. */
function reassign({ count, width, values }: Points, working: Working, moved: Float64Array): number {
  const { centroids, clusters, upper, lower } = working;
  const k = moved.length;
  const { half, first, second, furthest } = separation(centroids, moved, width);
  let changed = 0;
  for (let i = 0; i < count; i++) {
    const own = clusters[i] ?? 0;
    let most = (upper[i] ?? 0) + (moved[own] ?? 0);
    const least = Math.max(0, (lower[i] ?? 0) - (own === furthest ? second : first));
    lower[i] = least;
    const bound = Math.max(half[own] ?? 0, least) * (1 - BOUND_SLACK);
    if (most >= bound) {
      most = Math.sqrt(squaredDistance(values, i * width, centroids, own * width, width));
      if (most >= bound) {
        let [nearest, distance, next] = [0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
        for (let c = 0; c < k; c++) {
          const squared = squaredDistance(values, i * width, centroids, c * width, width);
          if (squared < distance) {
            next = distance;
            distance = squared;
            nearest = c;
          } else if (squared < next) next = squared;
        }
        if (nearest !== own) {
          clusters[i] = nearest;
          changed += 1;
        }
        most = Math.sqrt(distance);
        lower[i] = Math.sqrt(next);
      }
    }
    upper[i] = most;
  }
  return changed;
}

/** Half the distance of each centroid to its nearest other, and the two longest ways that centroids went. */
function separation(centroids: Float64Array, moved: Float64Array, width: number) {
  const k = moved.length;
  const half = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
  let [first, second, furthest] = [0, 0, -1];
  for (let c = 0; c < k; c++) {
    const way = moved[c] ?? 0;
    if (way > first) [second, first, furthest] = [first, way, c];
    else if (way > second) second = way;
    for (let other = 0; other < k; other++) {
      if (other === c) continue;
      const distance = Math.sqrt(squaredDistance(centroids, c * width, centroids, other * width, width)) / 2;
      half[c] = Math.min(half[c] ?? 0, distance);
    }
  }
  return { half, first, second, furthest };
}

function distancesMoved(from: Float64Array, to: Float64Array, width: number): Float64Array {
  return Float64Array.from({ length: from.length / width }, (_, c) =>
    Math.sqrt(squaredDistance(from, c * width, to, c * width, width)),
  );
}

/** Mean of each cluster that has points, in the order of the clusters; `isWhole` where all have. */
function meansOf({ count, width, values }: Points, clusters: Int32Array, k: number) {
  const sums = new Float64Array(k * width);
  const sizes = new Int32Array(k);
  for (let i = 0; i < count; i++) {
    const cluster = clusters[i] ?? 0;
    sizes[cluster] = (sizes[cluster] ?? 0) + 1;
    const [to, from] = [cluster * width, i * width];
    for (let d = 0; d < width; d++) sums[to + d] = (sums[to + d] ?? 0) + (values[from + d] ?? 0);
  }
  for (let c = 0; c < k; c++) {
    for (let d = c * width; d < (c + 1) * width; d++) sums[d] = (sums[d] ?? 0) / (sizes[c] ?? 1);
  }
  const isWhole = sizes.every((size) => size > 0);
  if (isWhole) return { means: sums, isWhole };
  const held = [...sizes.keys()].filter((c) => (sizes[c] ?? 0) > 0);
  return { means: Float64Array.from(held.flatMap((c) => [...sums.subarray(c * width, (c + 1) * width)])), isWhole };
}

/** Gives each point its nearest centroid, the first of equals. */
export function assign({ count, width, values }: Points, centroids: readonly (readonly number[])[]): Int32Array {
  const flat = Float64Array.from(centroids.flat());
  return Int32Array.from({ length: count }, (_, i) => {
    let [nearest, least] = [0, Number.POSITIVE_INFINITY];
    for (let c = 0; c < centroids.length; c++) {
      const distance = squaredDistance(values, i * width, flat, c * width, width);
      if (distance < least) [nearest, least] = [c, distance];
    }
    return nearest;
  });
}
