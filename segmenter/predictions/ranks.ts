// segmenter/predictions/ranks.ts: places of values in their order, for figures that no single large value can move far.

/** The place of each value in ascending order, from 0; equal ones share the middle of their places. */
function ranksOf(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = values.map(() => 0);
  for (let from = 0; from < order.length; ) {
    const value = values[order[from] ?? 0];
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === value) to += 1;
    for (let at = from; at <= to; at++) ranks[order[at] ?? 0] = (from + to) / 2;
    from = to + 1;
  }
  return ranks;
}

/**
 * Spearman's rank correlation; undefined where one side does not vary. Of the values themselves one buyer who spends a hundred times as much as
 * others moves a correlation from nothing to nearly 1, which no noise hides.
 */
export function rankCorrelationOf(values: readonly number[], others: readonly number[]): number | undefined {
  const [xs, ys] = [ranksOf(values), ranksOf(others)];
  const mean = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length;
  const [mx, my] = [mean(xs), mean(ys)];
  let [xy, xx, yy] = [0, 0, 0];
  xs.forEach((x, nth) => {
    const [dx, dy] = [x - mx, (ys[nth] ?? 0) - my];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  });
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : undefined;
}
