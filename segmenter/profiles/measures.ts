// segmenter/profiles/measures.ts: what traits are computed with: sums, shares and times of a profile's state.
import type { Closest } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { SiteTraits } from './site-traits.ts';
import type { ProfileState } from './state.ts';

/** What a trait may depend on besides the profile. */
export interface TraitContext {
  /** The reference instant; only its UTC day matters, so runs of one day agree. */
  readonly asOf: number;
  /** The currency that amounts are summed in; others are not converted. */
  readonly currency: string | undefined;
  /** Traits that the site defined; none where left out. */
  readonly own?: SiteTraits;
  /** What models say of one visitor; nothing where left out. */
  readonly models?: VisitorModelAsked;
}

/** The models of a site as a rule asks them (segmenter/predictions/visitor-models.ts). */
export interface VisitorModelAsked {
  readonly traitOf: (id: string, state: ProfileState, context: TraitContext) => number | undefined;
  readonly isAlike: (segment: string, closest: Closest, state: ProfileState, context: TraitContext) => boolean;
}

/** The UTC day of an instant. */
export const dayOf = (at: number): number => Math.floor(at / DAY_MS);
/** Events of some names. */
export const named = (state: ProfileState, ...names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (state.names.get(name) ?? 0), 0);
/** A part of a whole; undefined where either is missing or there is no whole. */
export const ratio = (part: number | undefined, whole: number | undefined): number | undefined =>
  part === undefined || whole === undefined || whole === 0 ? undefined : part / whole;
/** All values added. */
export const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
/** The share of the largest count. */
export const peakShare = (counts: readonly number[]): number | undefined => ratio(Math.max(...counts), sum(counts));

/** Revenue of the orders in the context's currency; undefined where there are orders but none has an amount in it. */
export function revenue(
  state: ProfileState,
  { currency }: TraitContext,
): { orders: number; minor: number } | undefined {
  let orders = 0;
  let minor = 0;
  for (const order of state.orders.values()) {
    if (order.value === null || order.currency !== (currency ?? '')) continue;
    orders += 1;
    minor += order.value;
  }
  return orders === 0 && state.orders.size > 0 ? undefined : { orders, minor };
}

/** Money given back in the context's currency; a refund without an amount gives its whole order back. */
export function refunded(state: ProfileState, { currency }: TraitContext): number {
  let minor = 0;
  for (const refund of state.refunds.values()) {
    const order = state.orders.get(refund.order);
    const of = refund.value === null ? order?.currency : refund.currency;
    if (of === (currency ?? '')) minor += refund.value ?? order?.value ?? 0;
  }
  return minor;
}

/** First and last order; undefined without orders. */
export function purchaseTimes(state: ProfileState): { first: number; last: number } | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { at } of state.orders.values()) {
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  return state.orders.size === 0 ? undefined : { first, last };
}

/** Distinct categories of what was looked at, put into the cart or bought; undefined where no item told its category. */
export function categoryCount(state: ProfileState): number | undefined {
  const categories = new Set([...state.viewed.keys(), ...state.carted.keys()]);
  for (const order of state.orders.values()) for (const [category] of order.categories) categories.add(category);
  return categories.size === 0 ? undefined : categories.size;
}

/** Things bought over all orders, in thousandths. */
export const thousandthsBought = (state: ProfileState): number =>
  sum([...state.orders.values()].map((order) => order.thousandths));

/** Mean price of one, over what was looked at, put into the cart or bought in the context's currency. */
export function meanPrice(state: ProfileState, { currency = '' }: TraitContext): number | undefined {
  let { items, minor } = state.prices.get(currency) ?? { items: 0, minor: 0 };
  for (const order of state.orders.values()) {
    if (order.currency !== currency) continue;
    items += order.priced;
    minor += order.prices;
  }
  return ratio(minor, items);
}

/** Discounts of full prices, over the orders in the context's currency that have an amount. */
export function discountShare(state: ProfileState, context: TraitContext): number | undefined {
  let discount = 0;
  for (const order of state.orders.values()) {
    if (order.value !== null && order.currency === (context.currency ?? '')) discount += order.discount;
  }
  const paid = revenue(state, context)?.minor;
  return paid === undefined ? undefined : ratio(discount, paid + discount);
}

/** What the highest of faded counts has of all. */
export const topShare = (faded: ReadonlyMap<string, number>): number | undefined =>
  faded.size === 0 ? undefined : ratio(Math.max(...faded.values()), sum(faded.values()));
