// segmenter/predictions/lifetime.ts: what a site's buyers will spend: BG/NBD for how often, gamma-gamma for how much.
//
// Each buyer's expected value stays here: means over segments leave, with noise (P3). The parameters of the models stay as
// well: no bound is known for how far one buyer moves them (ADR 0049); rules may ask them (ADR 0058).
import { DAY_MS } from '../../contract/index.ts';
import {
  chooseBound,
  NOISE_SCALE,
  publishQuality,
  publishReportCount,
  publishShare,
  roundMean,
  setWords,
} from '../../core/index.ts';
import { BUYERS_MIN } from './bg-nbd.ts';
import type { Buyer, LifetimeModel } from './lifetime-model.ts';
import { buyerAt, expectedSpend, fitLifetime, paidDays, VALUE_HORIZON_DAYS } from './lifetime-model.ts';
import type { OutlookContext, OutlookPersons } from './outlook.ts';
import { rankCorrelationOf } from './ranks.ts';

/** Buyers who came again that a fit needs; as near to it as the noise reaches, it is refused. */
const REPEATERS_MIN = 30;
/** How far one of n moves a rank correlation, in 1 / n: 6 for one who is first in one order and last in the other, among equal orders. */
const RANK_REACH = 6;

/** Why no value is said. `no_currency`: no order names one. */
export type ValueRefusal =
  | 'no_currency'
  | 'history_too_short'
  | 'too_few_buyers'
  | 'too_few_repeat_buyers'
  | 'no_maximum_found';

interface ValueHead {
  readonly horizonDays: number;
  readonly asOf: string;
}

/** Expected value by segment with the card of its model. */
export type PublishedValue =
  | (ValueHead & { readonly status: 'refused'; readonly reason: ValueRefusal })
  | (ValueHead & {
      readonly status: 'ready';
      /** ISO 4217: the currency of most orders; those in others are left out. */
      readonly currency: string;
      readonly window: { readonly from: string; readonly to: string };
      readonly method: 'bg_nbd_gamma_gamma';
      /** With noise, in tens. */
      readonly buyers: number;
      /**
       * How a model learned one horizon earlier ordered its buyers by what they then spent: Spearman's rank correlation, with noise. Null
       * where it could not be learned, and where too few spent anything.
       */
      readonly correlationLater: number | null;
      /** Mean expected value of a buyer, minor units, two digits. */
      readonly segments: readonly { readonly id: string; readonly valueMinor: number }[];
    });

interface PersonAsBuyer extends Buyer {
  readonly person: number;
}

const buyersAt = ({ states, currency }: OutlookPersons, asOf: number): PersonAsBuyer[] =>
  states.flatMap((state, person): PersonAsBuyer[] => {
    const buyer = buyerAt(state, currency, asOf);
    return buyer === undefined ? [] : [{ ...buyer, person }];
  });

/** Learns from what was known one horizon ago and compares with what came. @returns `spent`: how many of these buyers then spent something. */
function laterFit(
  persons: OutlookPersons,
  cutoff: number,
  today: number,
): { readonly correlation: number; readonly spent: number } | undefined {
  const buyers = buyersAt(persons, cutoff);
  const fitted = fitLifetime(buyers);
  if (!fitted.ok) return undefined;
  const came = buyers.map(({ person }) => {
    const state = persons.states[person];
    if (state === undefined) return 0;
    return [...paidDays(state, persons.currency, cutoff, today).values()].reduce((sum, minor) => sum + minor, 0);
  });
  const correlation = rankCorrelationOf(
    buyers.map((buyer) => expectedSpend(fitted.value, buyer)),
    came,
  );
  return correlation === undefined ? undefined : { correlation, spent: came.filter((minor) => minor > 0).length };
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** What is said of segments, and the model behind it, which stays here: rules ask it about one visitor after the other. */
export interface FoundValue {
  readonly published: PublishedValue;
  readonly model?: LifetimeModel;
}

/** Learns and says it. */
export async function lifetimeValue(persons: OutlookPersons, context: OutlookContext): Promise<FoundValue> {
  const { today, secret, period } = context;
  const head = { horizonDays: VALUE_HORIZON_DAYS, asOf: day(today) };
  const refused = (reason: ValueRefusal): FoundValue => ({ published: { ...head, status: 'refused', reason } });
  const { currency } = persons;
  if (currency === undefined) return refused('no_currency');
  const buyers = buyersAt(persons, today);
  // Whether there are enough is asked of blurred numbers: the answer itself would else tell of one visitor.
  const blurred = (what: string, count: number, least: number): Promise<number | null> =>
    publishReportCount(count, least, secret, `value ${period} ${what}`);
  const isEnough = async (what: string, count: number, least: number): Promise<boolean> =>
    (await blurred(what, count, least)) !== null;
  const shownBuyers = await blurred('buyers', buyers.length, BUYERS_MIN);
  if (shownBuyers === null) return refused('too_few_buyers');
  const repeaters = buyers.filter(({ repeats }) => repeats > 0).length;
  if (!(await isEnough('repeaters', repeaters, REPEATERS_MIN))) return refused('too_few_repeat_buyers');
  const cutoff = today - VALUE_HORIZON_DAYS * DAY_MS;
  const early = buyers.filter(({ observed }) => observed > VALUE_HORIZON_DAYS).length;
  if (!(await isEnough('early', early, REPEATERS_MIN))) return refused('history_too_short');
  const fitted = fitLifetime(buyers);
  if (!fitted.ok) return refused(fitted.error);
  const later = laterFit(persons, cutoff, today);
  const isTold = later !== undefined && (await isEnough('spent later', later.spent, REPEATERS_MIN));
  const firstDay = buyers.reduce((first, { observed }) => Math.max(first, observed), 0);
  const published: PublishedValue = {
    ...head,
    status: 'ready',
    currency,
    window: { from: day(today - firstDay * DAY_MS), to: day(today - 1) },
    method: 'bg_nbd_gamma_gamma',
    buyers: shownBuyers,
    // Those who spent nothing share a rank: it is those who did whose order is looked at, and one of so many moves it.
    correlationLater: isTold
      ? await publishQuality(later.correlation, later.spent, secret, `value ${period} correlation`, RANK_REACH)
      : null,
    segments: await bySegment(persons, buyers, fitted.value, context),
  };
  return { published, model: fitted.value };
}

/** The mean over each segment's buyers: shares of a blurred bound, with noise, of groups that are enough to be shown. */
async function bySegment(
  persons: OutlookPersons,
  buyers: readonly PersonAsBuyer[],
  fitted: LifetimeModel,
  { floor, secret, period }: OutlookContext,
): Promise<{ id: string; valueMinor: number }[]> {
  const values = Float64Array.from(buyers, (buyer) => expectedSpend(fitted, buyer));
  const words = await setWords(secret, new TextEncoder().encode(`hushtag value bound ${period} ${values.join(' ')}`));
  const bound = await chooseBound(values, words);
  const sums = new Map<string, { count: number; sum: number }>();
  let groupsMax = 1;
  buyers.forEach(({ person }, row) => {
    const segments = persons.segments[person] ?? [];
    groupsMax = Math.max(groupsMax, segments.length);
    for (const segment of segments) {
      const held = sums.get(segment) ?? { count: 0, sum: 0 };
      sums.set(segment, { count: held.count + 1, sum: held.sum + Math.min(values[row] ?? 0, bound) / bound });
    }
  });
  const scale = Math.ceil(NOISE_SCALE * Math.sqrt(groupsMax));
  const shown: { id: string; valueMinor: number }[] = [];
  for (const [id, { count, sum }] of [...sums].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const what = `value ${period} ${id}`;
    const isSeen = (await publishReportCount(count, floor, secret, what)) !== null;
    const share = await publishShare(sum, count, secret, what, scale);
    if (isSeen && share !== null) shown.push({ id, valueMinor: roundMean(share * bound) });
  }
  return shown;
}
