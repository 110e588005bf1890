// segmenter/clusters/drift.ts: whether visitors changed so much since the last version that its segments mean something else.
import type { TraitTable } from '../features/trait-table.ts';
import { quantileOf } from '../math/statistics.ts';
import { TRAITS } from '../profiles/traits.ts';

/** A population stability index above this is a great change by the usual rule of thumb (Siddiqi, Credit Risk Scorecards, 2006). */
export const PSI_MAX = 0.25;
/** More visitors than this with another segment than before are an alarm. */
export const LABELS_CHANGED_MAX = 0.05;
const BINS = 10;
/** Rows that spreads are made of at most: every nth of the sorted table. */
const ROWS_MAX = 20_000;
/** What an empty bin counts as, so that one visitor in it is not an endless change. */
const SHARE_MIN = 0.001;
const DECIMALS = 2;

/** How a trait is spread over visitors. Exact: for the next run, never published. */
export interface TraitSpread {
  readonly id: string;
  /** Upper bounds of all bins but the last, ascending. */
  readonly edges: readonly number[];
  /** Share of visitors in each bin, and last of those who lack the trait. */
  readonly shares: readonly number[];
}

function sampled(column: Float64Array): Float64Array {
  const step = Math.max(1, Math.ceil(column.length / ROWS_MAX));
  return step === 1 ? column : column.filter((_, row) => row % step === 0);
}

function sharesIn(values: Float64Array, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 2).fill(0);
  for (const value of values) {
    let bin = 0;
    while (bin < edges.length && value > (edges[bin] ?? 0)) bin += 1;
    const at = Number.isNaN(value) ? edges.length + 1 : bin;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count) => count / Math.max(1, values.length));
}

/** The spreads of traits that clusters are made from. @param table sorted, as a run has it. */
export function spreadsOf({ columns }: TraitTable): TraitSpread[] {
  return TRAITS.flatMap(({ id, clusters }, nth) => {
    const column = columns[nth];
    if (!clusters || column === undefined) return [];
    const values = sampled(column);
    const present = values.filter((value) => !Number.isNaN(value)).sort();
    if (present.length === 0) return [];
    // Equal deciles are one: a trait that most have 0 of has few bins.
    const deciles = Array.from({ length: BINS - 1 }, (_, i) => quantileOf(present, (i + 1) / BINS));
    const edges = [...new Set(deciles)];
    return [{ id, edges, shares: sharesIn(values, edges) }];
  });
}

/** Population stability index of two spreads over the same bins. */
export function stabilityIndex(before: readonly number[], now: readonly number[]): number {
  return before.reduce((sum, share, bin) => {
    const [p, q] = [Math.max(SHARE_MIN, share), Math.max(SHARE_MIN, now[bin] ?? 0)];
    return sum + (q - p) * Math.log(q / p);
  }, 0);
}

/** What changed since the last version, of everybody and exact to two decimals: for whoever runs the server, never published. */
export interface ExactDrift {
  /** Share of visitors in both versions that have another segment now. */
  readonly labelsChanged: number;
  /** Population stability index of the trait that changed most. */
  readonly stabilityIndex: number;
  /** That trait. */
  readonly trait: string;
  /** Whether segments may mean something else than before. */
  readonly alarm: boolean;
}

const rounded = (value: number): number => Number(value.toFixed(DECIMALS));

/**
 * What changed since the last version.
 * @param both the segments of the visitors in both versions, in one order.
 * @returns undefined where there is nothing to compare with.
 */
export function driftOf(
  last: readonly TraitSpread[],
  { columns }: TraitTable,
  both: { readonly now: readonly string[]; readonly before: readonly string[] },
): ExactDrift | undefined {
  let worst: { readonly id: string; readonly index: number } | undefined;
  for (const { id, edges, shares } of last) {
    const column = columns[TRAITS.findIndex((trait) => trait.id === id)];
    if (column === undefined) continue;
    const index = stabilityIndex(shares, sharesIn(sampled(column), edges));
    if (worst === undefined || index > worst.index) worst = { id, index };
  }
  if (worst === undefined || both.now.length === 0) return undefined;
  const changed = both.now.filter((segment, nth) => segment !== both.before[nth]).length;
  const labelsChanged = changed / both.now.length;
  return {
    labelsChanged: rounded(labelsChanged),
    stabilityIndex: rounded(worst.index),
    trait: worst.id,
    alarm: labelsChanged > LABELS_CHANGED_MAX || worst.index > PSI_MAX,
  };
}
