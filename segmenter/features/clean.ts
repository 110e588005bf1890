// segmenter/features/clean.ts: from traits to features: outliers limited, gaps filled, scaled; every step counted.
import { deviationOf, meanOf, quantileOf } from '../math/statistics.ts';
import { covarianceOf } from '../math/pca.ts';
import type { Points } from '../math/points.ts';
import type { Trait } from '../profiles/traits.ts';
import { TRAITS } from '../profiles/traits.ts';
import type { TraitTable } from './trait-table.ts';

/** Values beyond these quantiles are set to them (winsorised). */
export const WINSOR_LOW = 0.01;
/** The upper one. */
export const WINSOR_HIGH = 0.99;
/** A trait that more visitors lack makes no feature: filling the gaps would invent too much of it. */
export const MISSING_SHARE_MAX = 0.3;
/** Of two features that correlate more than this, the later in the catalogue is dropped. */
export const CORRELATION_MAX = 0.95;
/** A spread below this share of the mean is rounding, so the trait is constant. */
const SPREAD_MIN = 1e-9;

/** What became of a trait. */
export type FeatureStatus = 'kept' | 'mostly_missing' | 'constant' | 'collinear' | 'not_for_clusters';

/** What cleaning did to one trait. Exact numbers: for the operator, never published. */
export interface TraitReport {
  readonly id: string;
  readonly status: FeatureStatus;
  /** The kept trait that says the same. */
  readonly collinearWith?: string;
  readonly missing: number;
  /** Values set to the lower or upper limit. */
  readonly limited: number;
  /** The limits; absent where nobody has the trait. */
  readonly limits?: readonly [low: number, high: number];
  /** Unit of the `log` scale. */
  readonly unit?: number;
  /** What gaps were filled with, after scaling: the median. */
  readonly filledWith?: number;
  readonly mean?: number;
  readonly deviation?: number;
}

/** What cleaning did in a run. */
export interface CleaningReport {
  readonly visitors: number;
  readonly traits: readonly TraitReport[];
}

/** Features ready for clustering, and what they came from. */
export interface Features {
  /** Kept traits, in catalogue order: the columns of `points`. */
  readonly traits: readonly Trait[];
  /** Standardised: mean 0 and deviation 1 a column. */
  readonly points: Points;
  readonly report: CleaningReport;
}

interface Column {
  readonly trait: Trait;
  readonly report: TraitReport;
  /** Standardised, where the trait may make a feature. */
  readonly standard?: Float64Array;
}

/** Cleans a table whose rows are sorted. */
export function cleanTraits(table: TraitTable): Features {
  const columns = TRAITS.map((trait, i) => cleanColumn(trait, table.columns[i] ?? new Float64Array(0)));
  const candidates = columns.filter((column) => column.standard !== undefined);
  const twins = collinearTwins(candidates, table.visitors.length);
  const kept = candidates.filter(({ trait }) => !twins.has(trait.id));
  const traits = columns.map(({ trait, report }): TraitReport => {
    const twin = twins.get(trait.id);
    return twin === undefined ? report : { ...report, status: 'collinear', collinearWith: twin };
  });
  return {
    traits: kept.map(({ trait }) => trait),
    points: asPoints(kept, table.visitors.length),
    report: { visitors: table.visitors.length, traits },
  };
}

/**
 * A value on its trait's scale. `log`: log(1 + x / unit), turned around 0 for negative amounts (more refunded than bought).
 * @param unit from {@link scaleUnit}.
 */
const scaledValue = (trait: Trait, unit: number, value: number): number =>
  trait.scale === 'linear' ? value : Math.sign(value) * Math.log1p(Math.abs(value) / unit);

/**
 * A tenth of the median of positive values, at least 1: log(1 + pence) would put whoever spent nothing further from a small
 * buyer than that one is from the biggest.
 */
function scaleUnit(ascending: Float64Array): number {
  return Math.max(
    1,
    quantileOf(
      ascending.filter((value) => value > 0),
      0.5,
    ) / 10 || 1,
  );
}

function cleanColumn(trait: Trait, raw: Float64Array): Column {
  const present = raw.filter((value) => !Number.isNaN(value)).sort();
  const missing = raw.length - present.length;
  if (present.length === 0) {
    return { trait, report: { id: trait.id, status: 'mostly_missing', missing, limited: 0 } };
  }
  const low = quantileOf(present, WINSOR_LOW);
  const high = quantileOf(present, WINSOR_HIGH);
  // Comparisons with NaN are false, so gaps stay open.
  const limited = raw.map((value) => (value < low ? low : value > high ? high : value));
  const changed = limited.reduce((count, value, i) => count + Number(value !== raw[i] && !Number.isNaN(value)), 0);
  const unit = scaleUnit(present);
  const filledWith = scaledValue(trait, unit, Math.min(high, Math.max(low, quantileOf(present, 0.5))));
  const filled = limited.map((value) => (Number.isNaN(value) ? filledWith : scaledValue(trait, unit, value)));
  const mean = meanOf(filled);
  const deviation = deviationOf(filled, mean);
  const constant = deviation <= SPREAD_MIN * Math.max(1, Math.abs(mean));
  const status = statusOf(trait, constant, missing / raw.length);
  return {
    trait,
    report: { id: trait.id, status, missing, limited: changed, limits: [low, high], unit, filledWith, mean, deviation },
    ...(status === 'kept' ? { standard: filled.map((value) => (value - mean) / deviation) } : {}),
  };
}

function statusOf(trait: Trait, constant: boolean, missingShare: number): FeatureStatus {
  if (missingShare > MISSING_SHARE_MAX) return 'mostly_missing';
  if (constant) return 'constant';
  return trait.clusters ? 'kept' : 'not_for_clusters';
}

/** Later traits that correlate with an earlier one that stays, each with that one. */
function collinearTwins(columns: readonly Column[], count: number): Map<string, string> {
  const correlations = covarianceOf(asPoints(columns, count));
  const twins = new Map<string, string>();
  columns.forEach(({ trait }, later) => {
    const twin = columns.find(
      (column, earlier) =>
        earlier < later &&
        !twins.has(column.trait.id) &&
        Math.abs(correlations[later]?.[earlier] ?? 0) > CORRELATION_MAX,
    );
    if (twin !== undefined) twins.set(trait.id, twin.trait.id);
  });
  return twins;
}

function asPoints(columns: readonly Column[], count: number): Points {
  const width = columns.length;
  const values = new Float64Array(count * width);
  columns.forEach(({ standard }, i) => {
    standard?.forEach((value, row) => {
      values[row * width + i] = value;
    });
  });
  return { count, width, values };
}

/** A table on the scale of an earlier cleaning: one column for each trait that it kept. */
export function standardised(table: TraitTable, { traits }: CleaningReport): Points {
  const kept = traits.filter(({ status }) => status === 'kept');
  const values = new Float64Array(table.visitors.length * kept.length);
  kept.forEach(({ id, limits, unit = 1, filledWith = 0, mean = 0, deviation = 1 }, column) => {
    const nth = TRAITS.findIndex((trait) => trait.id === id);
    const [trait, raw] = [TRAITS[nth], table.columns[nth]];
    if (trait === undefined || raw === undefined) return;
    const [low, high] = limits ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    raw.forEach((value, row) => {
      const filled = Number.isNaN(value) ? filledWith : scaledValue(trait, unit, Math.min(high, Math.max(low, value)));
      values[row * kept.length + column] = (filled - mean) / deviation;
    });
  });
  return { count: table.visitors.length, width: kept.length, values };
}
