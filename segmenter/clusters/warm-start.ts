// segmenter/clusters/warm-start.ts: starts k-means where the last version's clusters were, so that visitors keep theirs.
import type { Features } from '../features/clean.ts';
import type { Partition } from '../math/kmeans.ts';
import { refine } from '../math/kmeans.ts';
import type { Components } from '../math/pca.ts';
import { project } from '../math/pca.ts';
import type { Points } from '../math/points.ts';
import { pointAt } from '../math/points.ts';
import type { KnownCluster } from './ids.ts';

/** A fresh partition replaces the last one's only for an inertia better by more than this share. */
export const SWITCH_GAIN_MIN = 0.01;

/**
 * The fresh partition, or the one that the last version's clusters lead to where that is nearly as good: two optima of
 * about the same inertia would else take turns, and visitors change clusters who did nothing.
 * @param scores the points of `features` in the space of `components`.
 */
export function keepOrSwitch(
  fresh: Partition,
  last: readonly KnownCluster[],
  features: Features,
  components: Components,
  scores: Points,
): Partition {
  if (last.length !== fresh.centroids.length) return fresh;
  const starts = project(standardMeans(last, features), components);
  const warm = refine(
    scores,
    last.map((_, row) => pointAt(starts, row)),
  );
  const isWhole = warm.centroids.length === fresh.centroids.length;
  return isWhole && fresh.inertia >= warm.inertia * (1 - SWITCH_GAIN_MIN) ? warm : fresh;
}

/** Means of the last clusters on this run's standard scale; a trait that they don't know is at its mean. */
function standardMeans(last: readonly KnownCluster[], { traits, report }: Features): Points {
  const reports = new Map(report.traits.map((trait) => [trait.id, trait]));
  const values = last.flatMap(({ means }) =>
    traits.map(({ id }) => {
      const { mean = 0, deviation = 0 } = reports.get(id) ?? {};
      const value = means[id];
      return value === undefined || deviation === 0 ? 0 : (value - mean) / deviation;
    }),
  );
  return { count: last.length, width: traits.length, values: Float64Array.from(values) };
}
