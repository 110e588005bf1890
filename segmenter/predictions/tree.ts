// segmenter/predictions/tree.ts: one regression tree on gradients, grown leaf by leaf from histograms.
// Split gain and leaf value: Chen & Guestrin (2016), XGBoost, KDD, eq. (5) and (7); leaf-wise growth: Ke et al. (2017).
import type { BinnedFeature } from './bins.ts';

/** How large trees may get. */
export interface TreeOptions {
  readonly leavesMax: number;
  readonly depthMax: number;
  readonly leafRowsMin: number;
  /** Added to the curvature of each leaf: shrinks values that few rows support. */
  readonly ridge: number;
}

/** A tree as parallel arrays; node 0 is the root. Plain data. */
export interface Tree {
  /** Feature a node asks for, -1 in a leaf. */
  readonly features: readonly number[];
  /** Values up to it, and missing ones, go left. */
  readonly thresholds: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** What a leaf adds to the log odds. */
  readonly values: readonly number[];
}

/** Gradient and curvature of the loss by row. */
export interface Derivatives {
  readonly slope: Float64Array;
  readonly curvature: Float64Array;
}

interface Split {
  readonly gain: number;
  readonly feature: number;
  /** Last bin that goes left. */
  readonly bin: number;
}

interface Leaf {
  readonly node: number;
  readonly depth: number;
  /** Rows of the leaf in `order`. */
  readonly from: number;
  readonly to: number;
  readonly histogram: Float64Array;
  readonly split: Split | undefined;
}

/** Slope, curvature and rows of each bin. */
const CELL = 3;
/** A gain below this is rounding. */
const GAIN_MIN = 1e-9;

/**
 * Grows a tree on the rows of `order`, which it reorders.
 * @param rate what leaf values are multiplied by. @param onLeaf told each leaf's rows and value.
 */
export function growTree(
  features: readonly BinnedFeature[],
  derivatives: Derivatives,
  order: Uint32Array,
  options: TreeOptions,
  rate: number,
  onLeaf: (rows: Uint32Array, value: number) => void,
): Tree {
  const tree = { features: [-1], thresholds: [0], left: [-1], right: [-1], values: [0] };
  const leafOf = (node: number, depth: number, from: number, to: number, histogram: Float64Array): Leaf => ({
    node,
    depth,
    from,
    to,
    histogram,
    split: depth < options.depthMax ? bestSplit(features, bases, histogram, options) : undefined,
  });
  const bases = basesOf(features);
  const whole = histogramOf(features, bases, derivatives, order);
  const leaves: Leaf[] = [leafOf(0, 0, 0, order.length, whole)];
  while (leaves.length < options.leavesMax) {
    const best = leaves.reduce((a, b) => ((b.split?.gain ?? 0) > (a.split?.gain ?? 0) ? b : a));
    if (best.split === undefined) break;
    const { feature, bin } = best.split;
    const middle = partitionRows(order, best.from, best.to, features[feature]?.bins ?? new Uint8Array(0), bin);
    const [left, right] = [tree.features.length, tree.features.length + 1];
    tree.features[best.node] = feature;
    // Bin 0 is alone on the left where only missing values go there.
    tree.thresholds[best.node] = bin === 0 ? Number.NEGATIVE_INFINITY : (features[feature]?.edges[bin - 1] ?? 0);
    tree.left[best.node] = left;
    tree.right[best.node] = right;
    for (let child = 0; child < 2; child++) addNode(tree);
    // The larger child is the parent less the smaller one, which halves the work at least.
    const isLeftSmaller = middle - best.from <= best.to - middle;
    const small = histogramOf(
      features,
      bases,
      derivatives,
      isLeftSmaller ? order.subarray(best.from, middle) : order.subarray(middle, best.to),
    );
    const large = less(best.histogram, small);
    leaves.splice(
      leaves.indexOf(best),
      1,
      leafOf(left, best.depth + 1, best.from, middle, isLeftSmaller ? small : large),
      leafOf(right, best.depth + 1, middle, best.to, isLeftSmaller ? large : small),
    );
  }
  for (const leaf of leaves) {
    const rows = order.subarray(leaf.from, leaf.to);
    const value = rate * leafValue(rows, derivatives, options.ridge);
    tree.values[leaf.node] = value;
    onLeaf(rows, value);
  }
  return tree;
}

/** Adds what a tree says to the log odds of each row of features that are not binned. */
export function addTree(tree: Tree, features: readonly Float64Array[], odds: Float64Array): void {
  for (let row = 0; row < odds.length; row++) {
    let node = 0;
    for (let feature = tree.features[0] ?? -1; feature >= 0; feature = tree.features[node] ?? -1) {
      const value = features[feature]?.[row] ?? Number.NaN;
      // Written so that NaN goes left.
      const isRight = value > (tree.thresholds[node] ?? 0);
      node = (isRight ? tree.right[node] : tree.left[node]) ?? 0;
    }
    odds[row] = (odds[row] ?? 0) + (tree.values[node] ?? 0);
  }
}

function addNode(tree: {
  features: number[];
  thresholds: number[];
  left: number[];
  right: number[];
  values: number[];
}) {
  tree.features.push(-1);
  tree.thresholds.push(0);
  tree.left.push(-1);
  tree.right.push(-1);
  tree.values.push(0);
}

/** Where each feature's bins start in a histogram, and where the last ends: most features have far fewer bins than a byte. */
function basesOf(features: readonly BinnedFeature[]): Uint32Array {
  const bases = new Uint32Array(features.length + 1);
  features.forEach(({ edges }, f) => (bases[f + 1] = (bases[f] ?? 0) + (edges.length + 2) * CELL));
  return bases;
}

function less(histogram: Float64Array, part: Float64Array): Float64Array {
  const rest = new Float64Array(histogram.length);
  for (let i = 0; i < rest.length; i++) rest[i] = (histogram[i] ?? 0) - (part[i] ?? 0);
  return rest;
}

function histogramOf(
  features: readonly BinnedFeature[],
  bases: Uint32Array,
  { slope, curvature }: Derivatives,
  rows: Uint32Array,
): Float64Array {
  const histogram = new Float64Array(bases[features.length] ?? 0);
  const slopes = new Float64Array(rows.length);
  const curvatures = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    slopes[i] = slope[rows[i] ?? 0] ?? 0;
    curvatures[i] = curvature[rows[i] ?? 0] ?? 0;
  }
  features.forEach(({ bins }, f) => {
    const base = bases[f] ?? 0;
    for (let i = 0; i < rows.length; i++) {
      const at = base + (bins[rows[i] ?? 0] ?? 0) * CELL;
      histogram[at] = (histogram[at] ?? 0) + (slopes[i] ?? 0);
      histogram[at + 1] = (histogram[at + 1] ?? 0) + (curvatures[i] ?? 0);
      histogram[at + 2] = (histogram[at + 2] ?? 0) + 1;
    }
  });
  return histogram;
}

/** The split with the largest gain; of equal gains the first by feature and bin. */
function bestSplit(
  features: readonly BinnedFeature[],
  bases: Uint32Array,
  histogram: Float64Array,
  { leafRowsMin, ridge }: TreeOptions,
): Split | undefined {
  let best: Split | undefined;
  features.forEach(({ edges }, feature) => {
    const base = bases[feature] ?? 0;
    const last = edges.length + 1;
    let [slope, curvature, rows] = [0, 0, 0];
    for (let at = base; at <= base + last * CELL; at += CELL) {
      slope += histogram[at] ?? 0;
      curvature += histogram[at + 1] ?? 0;
      rows += histogram[at + 2] ?? 0;
    }
    const whole = (slope * slope) / (curvature + ridge);
    let [leftSlope, leftCurvature, leftRows] = [0, 0, 0];
    for (let bin = 0; bin < last; bin++) {
      const at = base + bin * CELL;
      leftSlope += histogram[at] ?? 0;
      leftCurvature += histogram[at + 1] ?? 0;
      leftRows += histogram[at + 2] ?? 0;
      if (leftRows < leafRowsMin) continue;
      if (rows - leftRows < leafRowsMin) break;
      const rightSlope = slope - leftSlope;
      const right = (rightSlope * rightSlope) / (curvature - leftCurvature + ridge);
      const gain = (leftSlope * leftSlope) / (leftCurvature + ridge) + right - whole;
      if (gain > (best?.gain ?? GAIN_MIN)) best = { gain, feature, bin };
    }
  });
  return best;
}

/** Moves rows up to `bin` to the front, keeping both orders, so that sums don't depend on the platform's sort. */
function partitionRows(order: Uint32Array, from: number, to: number, bins: Uint8Array, bin: number): number {
  const right: number[] = [];
  let middle = from;
  for (let i = from; i < to; i++) {
    const row = order[i] ?? 0;
    if ((bins[row] ?? 0) <= bin) order[middle++] = row;
    else right.push(row);
  }
  order.set(right, middle);
  return middle;
}

function leafValue(rows: Uint32Array, { slope, curvature }: Derivatives, ridge: number): number {
  let [slopes, curvatures] = [0, 0];
  for (const row of rows) {
    slopes += slope[row] ?? 0;
    curvatures += curvature[row] ?? 0;
  }
  return -slopes / (curvatures + ridge);
}
