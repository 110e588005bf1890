// segmenter/clusters/find.ts: features → principal components → k-means → clusters with ids that last.
import type { Features } from '../features/clean.ts';
import { partition } from '../math/kmeans.ts';
import type { Components } from '../math/pca.ts';
import { principalComponents, project } from '../math/pca.ts';
import type { Points } from '../math/points.ts';
import { distinctPoints, pickPoints } from '../math/points.ts';
import { sampleIndices } from '../math/random.ts';
import { SILHOUETTE_SAMPLE_MAX, silhouetteOf } from '../math/silhouette.ts';
import type { KCurve } from './choose-k.ts';
import { chooseK, K_MAX, kCurve } from './choose-k.ts';
import type { KnownCluster } from './ids.ts';
import { clusterIds } from './ids.ts';
import { keepOrSwitch } from './warm-start.ts';

/** Share of the variance the components must carry. */
export const VARIANCE_SHARE = 0.9;

/** What a run may choose. */
export interface ClusterOptions {
  /** How many clusters; chosen by how stable they are where left out (choose-k.ts). */
  readonly k?: number;
  readonly seed: number;
}

/** One cluster, by exact numbers. */
export interface Cluster extends KnownCluster {
  readonly id: string;
  /** Rows of the trait table that belong to it, ascending. */
  readonly rows: readonly number[];
  /** In the space of the components. */
  readonly centroid: readonly number[];
}

/** The clusters of a run, ordered by id's number, and how good they are. */
export interface Clustering {
  readonly clusters: readonly Cluster[];
  readonly components: Components;
  readonly inertia: number;
  readonly silhouette?: number;
  /** What their number is chosen by where it is not given. */
  readonly curve: KCurve;
}

/**
 * Finds at most `k` clusters, or as many as are stable, or undefined where fewer than two different visitors exist.
 * @param last the clusters of the last version, whose ids are taken over by those most like them.
 */
export function findClusters(
  features: Features,
  { k, seed }: ClusterOptions,
  last: readonly KnownCluster[],
): Clustering | undefined {
  if (features.traits.length === 0) return undefined;
  const components = principalComponents(features.points, VARIANCE_SHARE);
  const scores = project(features.points, components);
  const distinct = distinctPoints(scores, Math.max(k ?? 0, K_MAX));
  if (distinct < 2) return undefined;
  // Of a given number too: it shows what others would be like.
  const curve = kCurve(scores, distinct, seed);
  const wanted = k ?? chooseK(curve, last.length);
  const fresh = partition(scores, Math.min(wanted, distinct), seed);
  const { centroids, clusters, inertia } = keepOrSwitch(fresh, last, features, components, scores);
  const rows = centroids.map((): number[] => []);
  clusters.forEach((cluster, row) => rows[cluster]?.push(row));
  const unnamed = centroids
    .map((centroid, i) => ({ centroid, rows: rows[i] ?? [] }))
    .filter((cluster) => cluster.rows.length > 0)
    .map((cluster) => ({ ...cluster, size: cluster.rows.length, means: scaledMeans(features, cluster.rows) }))
    .sort((a, b) => b.size - a.size || compareArrays(a.centroid, b.centroid));
  const ids = clusterIds(unnamed, last, deviations(features));
  const named = unnamed
    .map((cluster, i) => ({ ...cluster, number: ids[i] ?? 0, id: `cluster-${ids[i] ?? 0}` }))
    .sort((a, b) => a.number - b.number);
  const silhouette = sampledSilhouette(scores, clusters, centroids.length, seed);
  return {
    clusters: named,
    components,
    inertia,
    ...(silhouette === undefined ? {} : { silhouette }),
    curve,
  };
}

function sampledSilhouette(scores: Points, clusters: Int32Array, k: number, seed: number): number | undefined {
  const sample = sampleIndices(scores.count, SILHOUETTE_SAMPLE_MAX, seed);
  const sampled = Int32Array.from(sample, (row) => clusters[row] ?? 0);
  return silhouetteOf(pickPoints(scores, sample), sampled, k);
}

/** Means of the scaled traits, before standardising: comparable with another run's, whose spread differs. */
function scaledMeans(features: Features, rows: readonly number[]): Readonly<Record<string, number>> {
  const { width, values } = features.points;
  const spread = deviations(features);
  const reports = new Map(features.report.traits.map((trait) => [trait.id, trait]));
  return Object.fromEntries(
    features.traits.map(({ id }, column) => {
      let sum = 0;
      for (const row of rows) sum += values[row * width + column] ?? 0;
      return [id, (reports.get(id)?.mean ?? 0) + (sum / rows.length) * (spread.get(id) ?? 0)];
    }),
  );
}

const deviations = (features: Features): ReadonlyMap<string, number> =>
  new Map(features.report.traits.map(({ id, deviation }) => [id, deviation ?? 0]));

function compareArrays(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return 0;
}
