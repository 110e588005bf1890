// segmenter/clusters/summary.ts: how a group of visitors differs from all of them, trait by trait, as far as it may be told.
import type { Trait } from '../profiles/traits.ts';

/** A difference of fewer standard deviations is called similar. */
export const TELLING_DIFFERENCE = 0.3;

/** One trait of a group, with noise (publish/means.ts): everything that is said of the group follows from these. */
export interface TraitSummary {
  readonly trait: Trait;
  /** Mean of those who have it, of values up to the bound. */
  readonly mean: number;
  /** Their mean less that of all visitors, in standard deviations; 0 where noise may be the reason. */
  readonly difference: number;
}

/** Traits by how far they set the group apart, furthest first; ties in catalogue order. */
export const byDifference = <Summary extends TraitSummary>(summaries: readonly Summary[]): Summary[] =>
  [...summaries].sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
