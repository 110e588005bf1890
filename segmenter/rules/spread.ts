// segmenter/rules/spread.ts: how the visitors of segments spread over traits: counts in a few ranges of each.
import type { Db, SiteRow } from '../../store/index.ts';
import { quantileOf } from '../math/statistics.ts';
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
/** Ranges are cut at these shares of everybody. */
const CUTS = [0.2, 0.4, 0.6, 0.8] as const;
/** Significant digits of a cut. */
const CUT_DIGITS = 2;

const SHOWN = SPREAD_TRAITS.map((id) => TRAITS.find((trait) => trait.id === id)).filter((trait) => trait !== undefined);

/** How one group spreads: a count for each trait and range, scaled up to all. A value at a cut is in the range that begins there. */
export type Spread = readonly (readonly number[])[];

/** Cuts by trait: ranges lie below the first, between two, and from the last on. */
export type Cuts = readonly (readonly number[])[];

/** Everybody's spread, with the cuts that it makes. */
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
  const values = SHOWN.map((): number[] => []);
  const { oneIn, currency } = await eachSampledPerson(db, site, asOf, ({ state }, context) => {
    SHOWN.forEach((trait, nth) => {
      const value = trait.of(state, context);
      if (value !== undefined) values[nth]?.push(value);
    });
  });
  const cuts = values.map((own) => {
    if (own.length === 0) return [];
    const ascending = Float64Array.from(own).sort();
    const rounded = CUTS.map((share) => Number(quantileOf(ascending, share).toPrecision(CUT_DIGITS)));
    // Of equal cuts one is enough, and below the least value nobody is.
    return [...new Set(rounded)].filter((cut) => cut > (ascending[0] ?? 0));
  });
  const counts = emptyCounts(cuts);
  values.forEach((own, nth) => own.forEach((value) => add(counts, cuts, nth, value)));
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
