// segmenter/clusters/choose-k.ts: how many clusters: first by whether they are found again in part of the visitors, then by how
// well apart they lie, then by their smallest.
//
// Stability by resampling: Lange, Roth, Braun and Buhmann, "Stability-based validation of clustering solutions", 2004. On a
// shop's recency, frequency and spend the usual five clusters are not found again (adjusted Rand index 0.73), four are (0.96).
import { invariant } from '../../core/index.ts';
import { adjustedRandIndex, contingencyOf } from '../math/agreement.ts';
import { assign, bestOfStarts } from '../math/kmeans.ts';
import type { Points } from '../math/points.ts';
import { pickPoints } from '../math/points.ts';
import { sampleIndices } from '../math/random.ts';
import { silhouetteOf } from '../math/silhouette.ts';

/** The fewest clusters that are looked at. */
export const K_MIN = 2;
/** The most. */
export const K_MAX = 8;
/** Visitors a cluster must have on average, or k-means finds noise. */
export const VISITORS_PER_CLUSTER_MIN = 10;
/** Points that numbers of clusters are compared on at most. */
export const CHOICE_SAMPLE_MAX = 3_000;
/** Halves of the sample that are clustered again. */
const RESAMPLES = 6;
/** Starts of each k-means here: what is compared are numbers of clusters, and a poor optimum is a kind of instability. */
const STARTS = 3;
/** Points of the silhouette; its work grows with their square. */
export const SILHOUETTE_POINTS_MAX = 800;

/** At least this stable, a number of clusters is found again: where several are, other things decide. */
export const STABLE_MIN = 0.9;
/** Where no number above two is at least this stable, two are taken. */
export const USABLE_MIN = 0.75;
/** Numbers nearer to each other than this are the same to the choice, for they come from samples. */
const TOLERANCE = 0.02;
/** What the last version's number is allowed to be worse by: one that changes renames everybody's segment. */
const KEEP_TOLERANCE = 0.05;

/** What speaks for one number of clusters. Exact: of the visitors of a sample. */
export interface KCandidate {
  readonly k: number;
  /** Mean adjusted Rand index of what halves of the sample and all of it say of all of it, up to 1. */
  readonly stability: number;
  /** Mean silhouette width, -1 to 1. */
  readonly silhouette: number;
  /** Rows of the smallest cluster. */
  readonly smallest: readonly number[];
}

/** All numbers that were looked at, ascending, and on how many points. */
export interface KCurve {
  readonly candidates: readonly KCandidate[];
  readonly points: number;
}

/** Looks at every number of clusters that `scores` can have. @param distinct different points, counted up to {@link K_MAX}. */
export function kCurve(scores: Points, distinct: number, seed: number): KCurve {
  const rows = sampleIndices(scores.count, CHOICE_SAMPLE_MAX, seed);
  const sample = pickPoints(scores, rows);
  const most = Math.max(K_MIN, Math.min(K_MAX, distinct, Math.floor(scores.count / VISITORS_PER_CLUSTER_MIN)));
  const halves = Array.from({ length: RESAMPLES }, (_, nth) =>
    pickPoints(sample, sampleIndices(sample.count, Math.ceil(sample.count / 2), seed + 1 + nth)),
  );
  const shown = sampleIndices(sample.count, SILHOUETTE_POINTS_MAX, seed);
  const shownPoints = pickPoints(sample, shown);
  const candidates: KCandidate[] = [];
  for (let k = K_MIN; k <= most; k++) {
    const { clusters, centroids } = bestOfStarts(sample, k, seed, STARTS);
    const agreements = halves.map((half) => {
      const again = assign(sample, bestOfStarts(half, k, seed, STARTS).centroids);
      return adjustedRandIndex(contingencyOf(labelsOf(clusters), labelsOf(again)));
    });
    candidates.push({
      k,
      stability: agreements.reduce((sum, one) => sum + one, 0) / agreements.length,
      silhouette:
        silhouetteOf(
          shownPoints,
          Int32Array.from(shown, (row) => clusters[row] ?? 0),
          centroids.length,
        ) ?? -1,
      smallest: smallestOf(clusters, centroids.length).map((row) => rows[row] ?? 0),
    });
  }
  return { candidates, points: sample.count };
}

/**
 * The number to take: of the stable ones (where none is, of those about as stable as the best), the one with the highest
 * silhouette; of those about as high, the one whose smallest cluster is largest. Two clusters are taken only where no other
 * number is usable: they nearly always are stable, and say little more than who buys.
 * @param last the number of the last version, which stays while it is about as good.
 */
export function chooseK({ candidates }: Pick<KCurve, 'candidates'>, last?: number): number {
  invariant(candidates.length > 0, 'M1: there is a number of clusters to choose');
  const usable = candidates.filter(({ k, stability }) => k > K_MIN && stability >= USABLE_MIN);
  const pool = usable.length > 0 ? usable : candidates;
  const best = Math.max(...pool.map(({ stability }) => stability));
  const enough = Math.min(STABLE_MIN, best - TOLERANCE);
  const stable = pool.filter(({ stability }) => stability >= enough);
  const apart = Math.max(...stable.map(({ silhouette }) => silhouette));
  const held = pool.find(({ k }) => k === last);
  if (held !== undefined && held.stability >= enough - KEEP_TOLERANCE && held.silhouette >= apart - KEEP_TOLERANCE) {
    return held.k;
  }
  const [chosen] = stable
    .filter(({ silhouette }) => silhouette >= apart - TOLERANCE)
    .sort((a, b) => b.smallest.length - a.smallest.length || a.k - b.k);
  return chosen?.k ?? K_MIN;
}

const labelsOf = (clusters: Int32Array): string[] => Array.from(clusters, String);

function smallestOf(clusters: Int32Array, k: number): number[] {
  const rows = Array.from({ length: k }, (): number[] => []);
  clusters.forEach((cluster, row) => rows[cluster]?.push(row));
  return rows.reduce((least, one) => (one.length < least.length ? one : least), rows[0] ?? []);
}
