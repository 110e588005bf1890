// segmenter/clusters/ids.ts: which number a cluster carries: that of the last version's cluster most like it.
import { cheapestAssignment } from '../math/assignment.ts';

/** What must be known of a cluster to find it again in the next version. */
export interface KnownCluster {
  readonly number: number;
  readonly size: number;
  /** Mean of each trait it was made from, scaled but not standardised. */
  readonly means: Readonly<Record<string, number>>;
}

/**
 * Numbers for new clusters, which come largest first. Each cluster of the last version hands its number to at most one,
 * so that the sum of squared differences is least (in standard deviations, over the traits both versions know);
 * the others get the lowest free numbers.
 */
export function clusterIds(
  clusters: readonly Omit<KnownCluster, 'number'>[],
  last: readonly KnownCluster[],
  deviations: ReadonlyMap<string, number>,
): number[] {
  const shared = Object.keys(clusters[0]?.means ?? {}).filter((trait) => last[0]?.means[trait] !== undefined);
  const matched =
    shared.length === 0
      ? clusters.map(() => -1)
      : cheapestAssignment(clusters.map((cluster) => last.map((known) => cost(cluster.means, known.means))));
  function cost(a: KnownCluster['means'], b: KnownCluster['means']): number {
    return shared.reduce((sum, trait) => {
      const difference = ((a[trait] ?? 0) - (b[trait] ?? 0)) / (deviations.get(trait) ?? 1);
      return sum + difference * difference;
    }, 0);
  }
  const taken = new Set(matched.flatMap((column) => last[column]?.number ?? []));
  let free = 1;
  return matched.map((column) => {
    const known = last[column];
    if (known !== undefined) return known.number;
    while (taken.has(free)) free += 1;
    taken.add(free);
    return free;
  });
}
