// segmenter/rules/spread.ts: how the visitors of segments spread over traits: counts in a few ranges of each.
import type { Db, SiteRow } from '../../store/index.ts';
import { TRAITS } from '../profiles/traits.ts';
import { eachSampledPerson } from './sample.ts';

/** The traits that are shown: each of another family, so that together they say most. */
export const SPREAD_TRAITS = [
  'recency_days',
  'frequency',
  'monetary_minor',
  'sessions',
  'views',
  'categories',
] as const;
/**
 * Where ranges are cut, by trait. Always the same: cuts made of everybody's values would be somebody's value, which who adds dummies
 * around it can read. Each visitor is in one range of a trait, so many ranges tell no more than few.
 */
const CUTS: Readonly<Record<(typeof SPREAD_TRAITS)[number], readonly number[]>> = {
  recency_days: [1, 3, 7, 14, 30, 60, 90, 180],
  frequency: [1, 2, 3, 5, 10, 20],
  monetary_minor: [1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000],
  sessions: [2, 3, 5, 10, 20, 50],
  views: [2, 5, 10, 20, 50, 100, 200],
  categories: [1, 2, 3, 5, 10],
};

const SHOWN = SPREAD_TRAITS.map((id) => TRAITS.find((trait) => trait.id === id)).filter((trait) => trait !== undefined);

/** How one group spreads: a count for each trait and range, scaled up to all. A value at a cut is in the range that begins there. */
export type Spread = readonly (readonly number[])[];

/** Cuts by trait: ranges lie below the first, between two, and from the last on. */
export type Cuts = readonly (readonly number[])[];

/** Everybody's spread, with where it is cut. */
export interface WholeSpread {
  readonly cuts: Cuts;
  readonly counts: Spread;
  readonly currency: string | undefined;
}

const rangeOf = (value: number, cuts: readonly number[]): number => {
  let range = 0;
  while (range < cuts.length && value >= (cuts[range] ?? 0)) range += 1;
  return range;
};

const emptyCounts = (cuts: Cuts): number[][] => cuts.map((own) => Array.from({ length: own.length + 1 }, () => 0));

function add(counts: number[][], cuts: Cuts, nth: number, value: number | undefined): void {
  const own = counts[nth];
  if (value === undefined || own === undefined) return;
  const range = rangeOf(value, cuts[nth] ?? []);
  own[range] = (own[range] ?? 0) + 1;
}

/** Spreads everybody, and says where the cuts are. */
export async function spreadEverybody(db: Db, site: SiteRow, asOf: number): Promise<WholeSpread> {
  const cuts = SPREAD_TRAITS.map((id) => CUTS[id]);
  const counts = emptyCounts(cuts);
  const { oneIn, currency } = await eachSampledPerson(db, site, asOf, ({ state }, context) => {
    SHOWN.forEach((trait, nth) => add(counts, cuts, nth, trait.of(state, context)));
  });
  return { cuts, counts: counts.map((own) => own.map((count) => count * oneIn)), currency };
}

/** Spreads the members of segments over given cuts. */
export async function spreadSegments(
  db: Db,
  site: SiteRow,
  segments: readonly string[],
  cuts: Cuts,
  asOf: number,
): Promise<ReadonlyMap<string, Spread>> {
  const found = new Map(segments.map((segment) => [segment, emptyCounts(cuts)]));
  const { oneIn } = await eachSampledPerson(db, site, asOf, ({ state, isIn }, context) => {
    for (const [segment, counts] of found) {
      if (!isIn(segment)) continue;
      SHOWN.forEach((trait, nth) => add(counts, cuts, nth, trait.of(state, context)));
    }
  });
  return new Map([...found].map(([segment, counts]) => [segment, counts.map((own) => own.map((n) => n * oneIn))]));
}
