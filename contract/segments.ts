// contract/segments.ts: the published form of a segmenter run, as the API answers it and the console shows it (P3).
import type { EpochMs, SiteId } from './ids.ts';

/** How a segment came about. */
export type SegmentKind = 'cluster';
/**
 * Why a segment's numbers are withheld: it, or everybody outside it, is too close to the site's floor or below; or it is
 * new in a period in which as many publications as may be were made.
 */
export type WithheldReason = 'below_floor' | 'complement_below_floor' | 'release_cap';
/** Why a run found no segments. */
export type NoSegmentsReason = 'not_enough_visitors' | 'traits_do_not_vary';
/** What a trait's number counts. `minor_units` come with a currency. */
export type TraitUnit = 'days' | 'count' | 'share' | 'minor_units';

/** A trait's mean over a segment, with noise, two significant digits. */
export interface PublishedTrait {
  readonly id: string;
  readonly unit: TraitUnit;
  /** ISO 4217, with `minor_units` alone. */
  readonly currency?: string;
  /** Mean over the segment's visitors who have the trait, of values up to `limit`. */
  readonly mean: number;
  /** Values above it count as it. Absent in releases of before means had noise. */
  readonly limit?: number;
  /** How far `mean` may be off by its noise, 19 times in 20. Absent as `limit`. */
  readonly plusMinus?: number;
  /** The same over all profiled visitors; absent where it would tell of a withheld segment. */
  readonly overall?: number;
  /** The segment against all profiled visitors; `similar` within 0.3 standard deviations, and where noise may be the reason. */
  readonly compared: 'higher' | 'similar' | 'lower';
}

/** A segment whose numbers may be seen. */
export interface VisibleSegment {
  readonly status: 'published';
  readonly id: string;
  readonly kind: SegmentKind;
  readonly version: number;
  readonly at: EpochMs;
  /** A few words, unique within the version. */
  readonly label: string;
  readonly description: string;
  /** The same in Chinese; absent in releases of before it was said. */
  readonly zh?: { readonly label: string; readonly description: string };
  /** Visitors, with noise and rounded to 10; the same for the same members however often it is asked. */
  readonly visitors: number;
  /** The traits that tell it apart come first. */
  readonly traits: readonly PublishedTrait[];
}

/** A segment that exists but is too small, or leaves too few outside. */
export interface WithheldSegment {
  readonly status: 'withheld';
  readonly id: string;
  readonly kind: SegmentKind;
  readonly version: number;
  readonly at: EpochMs;
  readonly reason: WithheldReason;
}

/** One segment of a released version. */
export type PublishedSegment = VisibleSegment | WithheldSegment;

/** What changed up to a release, by published numbers alone (docs/adr/0035). */
export interface Drift {
  /** Share of visitors in this version and the one before that have another segment now, with noise, two decimals. */
  readonly labelsChanged: number;
  /** The trait whose published mean over everybody moved most since the last release; absent where none moved by more than noise. */
  readonly trait?: string;
  /** By how much of the larger mean, two digits; above 0.25 is much. */
  readonly meanChanged?: number;
  /** Whether segments may mean something else than before. */
  readonly alarm: boolean;
}

/** How good a version is, each with noise by what one visitor can move it by, to two decimals (docs/adr/0034, 0035). */
export interface PublishedMetrics {
  /** Mean silhouette width (Rousseeuw 1987), -1 to 1; absent with fewer than two clusters. */
  readonly silhouette?: number;
  /** Share of the variance that the kept components carry. */
  readonly explainedVariance: number;
  /** Adjusted Rand index against the last version, over visitors in both; of groups large enough to be told from noise. */
  readonly ariWithLast?: number;
  /** Normalised mutual information against the last version, of the same groups. */
  readonly nmiWithLast?: number;
  /** Absent of a first version. */
  readonly drift?: Drift;
}

/** A number of clusters that was looked at. */
export interface NumberOfClusters {
  readonly k: number;
  /** Mean adjusted Rand index between the clusters of half of the visitors and those of all; 1 where they are found again. */
  readonly stability: number;
  /** Mean silhouette width, -1 to 1. */
  readonly silhouette: number;
  /** Visitors in the smallest cluster, as a share of all, with noise; null where it is too small to be told. */
  readonly smallest: number | null;
}

/** Where a published segment lies among the others. */
export interface MapPoint {
  readonly segment: string;
  /** First principal component of the segments' centres, in standard deviations of traits, two decimals. */
  readonly x: number;
  /** The second. */
  readonly y: number;
  /** Its published visitors. */
  readonly size: number;
}

/** What every released version says of itself. */
export interface PublishedVersion {
  readonly site: SiteId;
  readonly version: number;
  /** When the run was made. */
  readonly at: EpochMs;
  /** UTC days, `YYYY-MM-DD`, of the first and the last event of the profiles; absent without profiles. */
  readonly window?: { readonly from: string; readonly to: string };
  /** `k` is absent where it was to be chosen and there was nobody to choose it by. */
  readonly method: { readonly name: 'pca-kmeans'; readonly k?: number; readonly seed: number };
  /** Floor and rounding in force. */
  readonly privacy: { readonly floor: number; readonly epsilon: number; readonly roundedTo: number };
}

/** A version with segments. */
export interface SegmentedModel extends PublishedVersion {
  readonly status: 'segmented';
  /** Profiled visitors, with noise and rounded; absent where it would tell of a withheld segment. */
  readonly visitors?: number;
  /** Ids of the traits that clusters may be made from; which of them vary is not told. */
  readonly traits: readonly string[];
  readonly metrics: PublishedMetrics;
  /** What `k` is chosen by where it is not given, ascending; absent in releases of before it was looked at. */
  readonly kChoice?: readonly NumberOfClusters[];
  /** A map of the published segments; absent in releases of before there was one. */
  readonly map?: readonly MapPoint[];
}

/** A version that says why there are none. */
export interface EmptyModel extends PublishedVersion {
  readonly status: 'no_segments';
  readonly reason: NoSegmentsReason;
}

/** A released version. */
export type PublishedModel = SegmentedModel | EmptyModel;
