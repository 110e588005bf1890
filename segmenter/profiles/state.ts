// segmenter/profiles/state.ts: what is kept of one visitor's events, and its one canonical text.
//
// Everything in it is a sum of integers, a minimum, a maximum or a map of such: folding the same events in any order and
// in any parts gives the same state, and the same state gives the same bytes (M1). Each map has a maximum that keeps the
// first entries by a fixed order of its own, which is a law too: what is first in a union is first in the part it is from.
import type { PurposeBits } from '../../contract/index.ts';
import type { SessionDays } from '../../core/index.ts';
import { invariant } from '../../core/index.ts';
import { byCodeUnits, keysInOrder, numbersInOrder } from './order.ts';
import type { OwnParts, StoredParts } from './own-parts.ts';
import { decodeParts, encodeParts } from './own-parts.ts';
import type { RecentDays, StoredDays } from './recent-days.ts';
import { decodeDays, encodeDays } from './recent-days.ts';
import type { RecentWeeks, StoredWeeks } from './recent-weeks.ts';
import { decodeWeeks, encodeWeeks } from './recent-weeks.ts';

/** Raised when the meaning of a stored state changes; profiles of another version are folded again from the start. */
export const STATE_VERSION = 5;

/** A purchase, once per order key. */
export interface Order {
  readonly at: number;
  /** ISO 4217, or '' where the event had none. */
  readonly currency: string;
  /** Revenue in minor units, or null where the event had none and its items no prices. */
  readonly value: number | null;
  /** Things bought, in thousandths, so that weights stay whole numbers. */
  readonly thousandths: number;
  /** Lines of the order. */
  readonly lines: number;
  /** What was taken off the full price, minor units; 0 where the event tells of no discount. */
  readonly discount: number;
  /** Lines that tell a price, and these prices of one put together, minor units. */
  readonly priced: number;
  readonly prices: number;
  /** Items per category, sorted by category. */
  readonly categories: readonly (readonly [category: string, items: number])[];
}

/** A refund, once per event: one order may be refunded in parts. */
export interface Refund {
  readonly at: number;
  /** Order key, or '' where the event had none. */
  readonly order: string;
  readonly currency: string;
  /** Amount given back in minor units, positive; null for the whole order. */
  readonly value: number | null;
}

/** Prices of some items. */
export interface Prices {
  readonly items: number;
  /** Prices of one put together, minor units. */
  readonly minor: number;
}

/** What was agreed to when. */
export interface Agreement {
  readonly at: number;
  readonly purposes: PurposeBits;
}

/** One visitor's folded events. */
export interface ProfileState {
  /** Events per name. */
  readonly names: Map<string, number>;
  firstAt: number;
  lastAt: number;
  /** Events per UTC hour of the day. */
  readonly hours: number[];
  /** Events per UTC weekday, Monday first. */
  readonly weekdays: number[];
  readonly sessions: SessionDays;
  /** What the visitor had agreed to at the latest event; of several at one instant what all of them say. */
  agreed: Agreement;
  /** What there was on the latest days, for windows. */
  readonly days: RecentDays;
  /** Purchases by order key; those without one by their event id. */
  readonly orders: Map<string, Order>;
  /** Refunds by event id. */
  readonly refunds: Map<string, Refund>;
  /** Items looked at, per category. */
  readonly viewed: Map<string, number>;
  /** Items put into the cart, per category. */
  readonly carted: Map<string, number>;
  /** Events per source. */
  readonly sources: Map<string, number>;
  /** What was looked at or put into the cart and tells a price, per currency. */
  readonly prices: Map<string, Prices>;
  /** Points of interest by category, of what was looked at or put into the cart. */
  readonly interests: RecentWeeks;
  /** Page views by topic. */
  readonly topics: RecentWeeks;
  /** What the site's own traits are made of. */
  readonly own: OwnParts;
}

/** The state before any event. */
export const emptyState = (): ProfileState => ({
  names: new Map(),
  firstAt: Number.POSITIVE_INFINITY,
  lastAt: Number.NEGATIVE_INFINITY,
  hours: new Array<number>(24).fill(0),
  weekdays: new Array<number>(7).fill(0),
  sessions: new Map(),
  agreed: { at: Number.NEGATIVE_INFINITY, purposes: 0 },
  days: new Map(),
  orders: new Map(),
  refunds: new Map(),
  viewed: new Map(),
  carted: new Map(),
  sources: new Map(),
  prices: new Map(),
  interests: new Map(),
  topics: new Map(),
  own: new Map(),
});

/** The state's one text: equal states have equal texts. A state without events has none. */
export function encodeState(state: ProfileState): string {
  invariant(state.firstAt <= state.lastAt, 'M1: a stored profile has at least one event');
  return JSON.stringify({
    version: STATE_VERSION,
    at: [state.firstAt, state.lastAt],
    names: encodeCounts(state.names),
    hours: state.hours,
    weekdays: state.weekdays,
    sessions: encodeSessions(state.sessions),
    // Its instant is that of the last event.
    agreed: state.agreed.purposes,
    days: encodeDays(state.days),
    orders: sorted(state.orders).map(([key, order]) => [key, ...orderFields(order)]),
    refunds: sorted(state.refunds).map(([key, refund]) => [key, ...refundFields(refund)]),
    viewed: encodeCounts(state.viewed),
    carted: encodeCounts(state.carted),
    sources: encodeCounts(state.sources),
    prices: sorted(state.prices).map(([currency, { items, minor }]) => [currency, items, minor]),
    interests: encodeWeeks(state.interests),
    topics: encodeWeeks(state.topics),
    // Left out where there is none: most sites define no traits.
    ...(state.own.size === 0 ? {} : { own: encodeParts(state.own) }),
  });
}

/** Reads what {@link encodeState} wrote. @throws {InvariantError} it is of another version: the fold starts anew then. */
export function decodeState(text: string): ProfileState {
  const stored = JSON.parse(text) as StoredState;
  invariant(stored.version === STATE_VERSION, 'M1: a profile is read by the version that wrote it');
  return {
    names: decodeCounts(stored.names),
    firstAt: stored.at[0],
    lastAt: stored.at[1],
    hours: stored.hours,
    weekdays: stored.weekdays,
    sessions: decodeSessions(stored.sessions),
    agreed: { at: stored.at[1], purposes: stored.agreed },
    days: decodeDays(stored.days),
    orders: new Map(
      stored.orders.map(([key, at, currency, value, thousandths, lines, discount, priced, prices, categories]) => [
        key,
        { at, currency, value, thousandths, lines, discount, priced, prices, categories },
      ]),
    ),
    refunds: new Map(stored.refunds.map(([key, at, order, currency, value]) => [key, { at, order, currency, value }])),
    viewed: decodeCounts(stored.viewed),
    carted: decodeCounts(stored.carted),
    sources: decodeCounts(stored.sources),
    prices: new Map(stored.prices.map(([currency, items, minor]) => [currency, { items, minor }])),
    interests: decodeWeeks(stored.interests),
    topics: decodeWeeks(stored.topics),
    own: decodeParts(stored.own ?? []),
  };
}

type OrderFields = [
  at: number,
  currency: string,
  value: number | null,
  thousandths: number,
  lines: number,
  discount: number,
  priced: number,
  prices: number,
  categories: Order['categories'],
];
type RefundFields = [at: number, order: string, currency: string, value: number | null];

/** Keys and their counts in turns, by key. */
type StoredCounts = readonly (string | number)[];

interface StoredState {
  readonly version: number;
  readonly at: [number, number];
  readonly names: StoredCounts;
  readonly hours: number[];
  readonly weekdays: number[];
  readonly sessions: readonly number[];
  readonly agreed: PurposeBits;
  readonly days: StoredDays;
  readonly orders: [key: string, ...OrderFields][];
  readonly refunds: [key: string, ...RefundFields][];
  readonly viewed: StoredCounts;
  readonly carted: StoredCounts;
  readonly sources: StoredCounts;
  readonly prices: [currency: string, items: number, minor: number][];
  readonly interests: StoredWeeks;
  readonly topics: StoredWeeks;
  readonly own?: StoredParts;
}

/** An order as a tuple, time first: what is compared when one key has come with different contents. */
export const orderFields = (order: Order): OrderFields => [
  order.at,
  order.currency,
  order.value,
  order.thousandths,
  order.lines,
  order.discount,
  order.priced,
  order.prices,
  order.categories,
];

/** A refund as a tuple, time first. */
export const refundFields = (refund: Refund): RefundFields => [refund.at, refund.order, refund.currency, refund.value];

const sorted = <T>(map: Map<string, T>): [string, T][] => [...map].sort((a, b) => byCodeUnits(a[0], b[0]));

function encodeCounts(counts: ReadonlyMap<string, number>): StoredCounts {
  const stored: (string | number)[] = [];
  for (const key of keysInOrder(counts)) stored.push(key, counts.get(key) ?? 0);
  return stored;
}

function decodeCounts(stored: StoredCounts): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at < stored.length; at += 2) counts.set(String(stored[at]), Number(stored[at + 1]));
  return counts;
}

/** Of each day the day, how many numbers follow, and its intervals. */
function encodeSessions(sessions: SessionDays): number[] {
  const stored: number[] = [];
  for (const day of numbersInOrder(sessions)) {
    const intervals = sessions.get(day) ?? [];
    stored.push(day, intervals.length);
    for (const instant of intervals) stored.push(instant);
  }
  return stored;
}

function decodeSessions(stored: readonly number[]): SessionDays {
  const sessions: SessionDays = new Map();
  for (let at = 0; at < stored.length; ) {
    const end = at + 2 + (stored[at + 1] ?? 0);
    sessions.set(stored[at] ?? 0, stored.slice(at + 2, end));
    at = end;
  }
  return sessions;
}
