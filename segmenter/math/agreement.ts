// segmenter/math/agreement.ts: how far two partitions of the same visitors agree, whatever their clusters are called.

/** Pairs in which both partitions were seen: how often each combination of clusters occurs. */
export interface Contingency {
  readonly count: number;
  readonly cells: readonly number[];
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** Counts the combinations of two equally long lists of cluster names. */
export function contingencyOf(a: readonly string[], b: readonly string[]): Contingency {
  const cells = new Map<string, number>();
  const rows = new Map<string, number>();
  const columns = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string): Map<string, number> =>
    counts.set(key, (counts.get(key) ?? 0) + 1);
  a.forEach((first, i) => {
    const second = b[i] ?? '';
    count(cells, JSON.stringify([first, second]));
    count(rows, first);
    count(columns, second);
  });
  // Sorted, so that sums of logarithms don't depend on who came first.
  const ascending = (counts: Map<string, number>): number[] => [...counts.values()].sort((x, y) => x - y);
  return { count: a.length, cells: ascending(cells), rows: ascending(rows), columns: ascending(columns) };
}

/** Adjusted Rand index (Hubert & Arabie 1985, eq. 5): 1 for equal partitions, about 0 for unrelated ones. */
export function adjustedRandIndex({ count, cells, rows, columns }: Contingency): number {
  const pairs = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
  const together = pairs(cells);
  const inRows = pairs(rows);
  const inColumns = pairs(columns);
  const all = pairs([count]);
  const expected = all === 0 ? 0 : (inRows * inColumns) / all;
  const most = (inRows + inColumns) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}

/** Mutual information over the mean of both entropies (Vinh, Epps & Bailey 2010, NMI_sum): 1 for equal, 0 for independent. */
export function normalisedMutualInformation({ count, cells, rows, columns }: Contingency): number {
  const entropy = (sizes: readonly number[]): number =>
    sizes.reduce((sum, size) => sum - (size / count) * Math.log(size / count), 0);
  const whole = entropy(rows) + entropy(columns);
  // I(A;B) = H(A) + H(B) - H(A,B).
  return whole === 0 ? 1 : Math.min(1, Math.max(0, (2 * (whole - entropy(cells))) / whole));
}
