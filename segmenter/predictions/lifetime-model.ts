// segmenter/predictions/lifetime-model.ts: what one buyer will spend: BG/NBD for how often, gamma-gamma for how much.
import type { Result } from '../../contract/index.ts';
import { DAY_MS, err, ok } from '../../contract/index.ts';
import type { ProfileState } from '../profiles/state.ts';
import type { BgNbd, BgNbdRefusal, PurchaseHistory } from './bg-nbd.ts';
import { expectedPurchases, fitBgNbd } from './bg-nbd.ts';
import type { GammaGamma, GammaGammaRefusal } from './gamma-gamma.ts';
import { expectedValue, fitGammaGamma } from './gamma-gamma.ts';

/** Days ahead that value is said for. */
export const VALUE_HORIZON_DAYS = 90;

/** One buyer as the models see them; time in days. */
export interface Buyer extends PurchaseHistory {
  /** Days with an order, and what was paid on one in the mean. */
  readonly purchases: number;
  readonly mean: number;
}

/** Both models. Plain data, to be stored as JSON. */
export interface LifetimeModel {
  readonly counts: BgNbd;
  readonly money: GammaGamma;
}

/**
 * A visitor as a buyer at the start of a UTC day; undefined where they had not bought by then. Orders of one UTC day are one
 * purchase: a basket that is paid in two is not a rhythm.
 */
export function buyerAt(state: ProfileState, currency: string | undefined, asOf: number): Buyer | undefined {
  const paid = paidDays(state, currency, Number.NEGATIVE_INFINITY, asOf);
  const days = [...paid.keys()].sort((a, b) => a - b);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const minor = days.reduce((sum, day) => sum + (paid.get(day) ?? 0), 0);
  const purchases = days.length;
  const observed = asOf / DAY_MS - first;
  return { repeats: purchases - 1, lastAt: last - first, observed, purchases, mean: minor / purchases };
}

/** What was paid by UTC day, before refunds, from an instant up to another. */
export function paidDays(
  state: ProfileState,
  currency: string | undefined,
  from: number,
  to: number,
): Map<number, number> {
  const paid = new Map<number, number>();
  for (const { at, value, currency: of } of state.orders.values()) {
    if (at < from || at >= to || value === null || value <= 0 || of !== currency) continue;
    const day = Math.floor(at / DAY_MS);
    paid.set(day, (paid.get(day) ?? 0) + value);
  }
  return paid;
}

/** Fits both models. */
export function fitLifetime(buyers: readonly Buyer[]): Result<LifetimeModel, BgNbdRefusal | GammaGammaRefusal> {
  const column = (of: (buyer: Buyer) => number): Float64Array => Float64Array.from(buyers, of);
  const counts = fitBgNbd({
    repeats: column(({ repeats }) => repeats),
    lastAt: column(({ lastAt }) => lastAt),
    observed: column(({ observed }) => observed),
  });
  if (!counts.ok) return err(counts.error);
  const money = fitGammaGamma({
    purchases: column(({ purchases }) => purchases),
    mean: column(({ mean }) => mean),
  });
  return money.ok ? ok({ counts: counts.value.model, money: money.value }) : err(money.error);
}

/** Minor units that a buyer is expected to spend in the horizon. */
export const expectedSpend = ({ counts, money }: LifetimeModel, buyer: Buyer): number =>
  expectedPurchases(counts, buyer, VALUE_HORIZON_DAYS) *
  (expectedValue(money, buyer.purchases, buyer.mean) ?? buyer.mean);
