// segmenter/hold.ts: who is in the clusters of a version that is held: everybody by its model, without a new one.
import { standardised } from './features/clean.ts';
import type { TraitTable } from './features/trait-table.ts';
import { assign } from './math/kmeans.ts';
import { project } from './math/pca.ts';
import type { ModelInternals, Modelled } from './model.ts';

/**
 * The cluster of each visitor by a kept model: traits limited, filled and scaled as they were then, and the nearest of its
 * centroids. A model without clusters has nobody in any.
 */
export function membersByModel(
  { clusters, axes, cleaning }: Pick<ModelInternals, 'clusters' | 'axes' | 'cleaning'>,
  table: TraitTable,
): Modelled['memberships'] {
  if (clusters.length === 0) return [];
  const scores = project(standardised(table, cleaning), { axes });
  const nearest = assign(
    scores,
    clusters.map(({ centroid }) => centroid),
  );
  const visitors = clusters.map((): number[] => []);
  nearest.forEach((cluster, row) => visitors[cluster]?.push(table.visitors[row] ?? 0));
  return clusters.map(({ id }, i) => ({ segment: id, visitors: (visitors[i] ?? []).sort((a, b) => a - b) }));
}
