// segmenter/predictions/bins.ts: numbers as a few hundred ordered bins, so that a split is found by adding up.
// Ke et al. (2017), LightGBM, NeurIPS, algorithm 1.
import { sampleIndices } from '../math/random.ts';

/** Bins of a feature at most, the one for missing values included: a bin is a byte. */
export const BINS_MAX = 255;
/** Rows that edges are computed from at most. */
const EDGE_SAMPLE_MAX = 200_000;

/** One feature in bins. Bin 0 is for missing values; bin b from 1 holds what is above edge b - 2 and at most edge b - 1. */
export interface BinnedFeature {
  readonly bins: Uint8Array;
  /** Ascending; there is one bin more than edges, and bin 0. */
  readonly edges: Float64Array;
}

/** Bins a feature by the quantiles of its values; few different values get a bin each. */
export function binFeature(values: Float64Array, seed: number, binsMax = BINS_MAX): BinnedFeature {
  const edges = edgesOf(values, seed, binsMax - 2);
  const bins = Uint8Array.from(values, (value) => binOf(value, edges));
  return { bins, edges };
}

function edgesOf(values: Float64Array, seed: number, edgesMax: number): Float64Array {
  const sample = sampleIndices(values.length, EDGE_SAMPLE_MAX, seed);
  const sorted = Float64Array.from(sample, (row) => values[row] ?? Number.NaN)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  // An edge lies halfway between neighbours, so that values to come fall to the nearer side.
  const between = (low: number, high: number): number => {
    const middle = low + (high - low) / 2;
    return middle < high ? middle : low;
  };
  if (distinct.length <= edgesMax + 1) {
    return Float64Array.from(distinct.subarray(1), (high, i) => between(distinct[i] ?? high, high));
  }
  const edges = new Set<number>();
  for (let i = 1; i <= edgesMax; i++) {
    const at = Math.floor((i * sorted.length) / (edgesMax + 1));
    const high = sorted[at] ?? 0;
    const low = sorted[at - 1] ?? 0;
    // Inside a run of equal values the edge goes above it, so that the run stays together.
    edges.add(low === high ? high : between(low, high));
  }
  return Float64Array.from(edges).sort();
}

/** The bin of a value: 0 for NaN, else 1 + the number of edges below it. */
function binOf(value: number, edges: Float64Array): number {
  if (Number.isNaN(value)) return 0;
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (edges[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low + 1;
}
