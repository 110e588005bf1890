// segmenter/profiles/fold.ts: folds events into a profile's state, and states into each other, in any order.
import type { Item, PurposeBits } from '../../contract/index.ts';
import { DAY_MS, HOUR_MS, KNOWN_EVENTS } from '../../contract/index.ts';
import { addToSessions, DEFAULT_SOURCE, mergeSessions, SOURCES } from '../../core/index.ts';
import type { Agreement, Order, Prices, ProfileState, Refund } from './state.ts';
import { byCodeUnits } from './order.ts';
import { mergeParts } from './own-parts.ts';
import { addToDays, mergeDays } from './recent-days.ts';
import { addToWeeks, mergeWeeks } from './recent-weeks.ts';
import type { SiteTraits, ToldFields } from './site-traits.ts';
import { NO_SITE_TRAITS } from './site-traits.ts';
import { orderFields, refundFields } from './state.ts';

/** Most event names counted of one visitor: hushtag's own first, then the site's by alphabet. */
export const EVENT_NAMES_MAX = 200;
/** Most categories counted of one visitor and use, by alphabet. */
export const CATEGORIES_MAX = 200;
/** Characters of a category that count. Cut and not dropped: cutting each alike keeps the fold free of order (M1). */
export const CATEGORY_CHARS_MAX = 60;
/** Most categories held of one order, by alphabet. */
export const ORDER_CATEGORIES_MAX = 10;
/** Most currencies that prices are held in of one visitor, by alphabet. */
export const CURRENCIES_MAX = 10;
/** Points of interest in a category that an item put into the cart is worth; one looked at is worth 1. */
export const CART_POINTS = 3;
/** Most sources counted of one visitor: those with a name of ours first, then the site's own by alphabet. */
export const SOURCES_MAX = 20;
/** Most orders and refunds held of one visitor, the earliest; whoever has more is a machine. */
export const ORDERS_MAX = 1_000;
/** What all of these let one profile grow to, bytes of its text, whatever its visitor sends. */
export const PROFILE_BYTES_MAX = 4_000_000;

/** What the fold reads of an event. */
export interface FoldedEvent {
  /** Event id as 32 hex digits. */
  readonly id: string;
  readonly at: number;
  readonly name: string;
  /** What the event was accepted under. */
  readonly purposes: PurposeBits;
  readonly orderKey?: string;
  readonly currency?: string;
  readonly value?: number;
  /** Taken off the whole order, minor units. */
  readonly discount?: number;
  readonly items?: readonly Item[];
  /** Absent of the tag's. */
  readonly source?: string;
  /** What the page is about, of a page view. */
  readonly topics?: readonly string[];
  /** What the site's own traits read, of an event that one of them names. */
  readonly told?: ToldFields;
}

/** Adds one event to `state`. Each event may be given once; the watermark sees to that. @param traits the site's own. */
export function foldEvent(state: ProfileState, event: FoldedEvent, traits: SiteTraits = NO_SITE_TRAITS): void {
  const day = Math.floor(event.at / DAY_MS);
  add(state.hours, Math.floor((event.at - day * DAY_MS) / HOUR_MS), 1);
  // 1970-01-01 was a Thursday, the fourth day of a week that starts on Monday.
  add(state.weekdays, (day + 3) % 7, 1);
  state.firstAt = Math.min(state.firstAt, event.at);
  state.lastAt = Math.max(state.lastAt, event.at);
  addToSessions(state.sessions, event.at);
  agree(state, { at: event.at, purposes: event.purposes });
  addToDays(state.days, event.name, event.at);
  count(state.names, event.name, 1);
  keepFirst(state.names, EVENT_NAMES_MAX, byName);
  count(state.sources, event.source ?? DEFAULT_SOURCE, 1);
  keepFirst(state.sources, SOURCES_MAX, bySource);
  for (const topic of event.topics ?? []) addToWeeks(state.topics, event.at, topic, 1);
  traits.fold(state.own, event);
  switch (event.name) {
    case 'view_item':
      countCategories(state.viewed, event.items);
      addInterest(state, event, 1);
      break;
    case 'add_to_cart':
      countCategories(state.carted, event.items);
      addInterest(state, event, CART_POINTS);
      break;
    case 'purchase':
      // An event id has 32 digits and an order key 24, so the two can't be taken for each other.
      setOrder(state.orders, event.orderKey ?? event.id, orderOf(event));
      keepFirst(state.orders, ORDERS_MAX, byOrder);
      break;
    case 'refund':
      state.refunds.set(event.id, refundOf(event));
      keepFirst(state.refunds, ORDERS_MAX, byRefund);
      break;
  }
}

/** Adds everything of `other` to `state`. */
export function mergeStates(state: ProfileState, other: ProfileState): void {
  state.firstAt = Math.min(state.firstAt, other.firstAt);
  state.lastAt = Math.max(state.lastAt, other.lastAt);
  other.hours.forEach((events, hour) => add(state.hours, hour, events));
  other.weekdays.forEach((events, weekday) => add(state.weekdays, weekday, events));
  mergeSessions(state.sessions, other.sessions);
  agree(state, other.agreed);
  mergeDays(state.days, other.days);
  for (const [name, events] of other.names) count(state.names, name, events);
  for (const [category, items] of other.viewed) count(state.viewed, category, items);
  for (const [category, items] of other.carted) count(state.carted, category, items);
  for (const [source, events] of other.sources) count(state.sources, source, events);
  for (const [currency, prices] of other.prices) addPrices(state.prices, currency, prices);
  mergeWeeks(state.interests, other.interests);
  mergeWeeks(state.topics, other.topics);
  mergeParts(state.own, other.own);
  for (const [key, order] of other.orders) setOrder(state.orders, key, order);
  for (const [key, refund] of other.refunds) state.refunds.set(key, refund);
  keepFirst(state.names, EVENT_NAMES_MAX, byName);
  keepFirst(state.sources, SOURCES_MAX, bySource);
  keepFirst(state.viewed, CATEGORIES_MAX, byKey);
  keepFirst(state.carted, CATEGORIES_MAX, byKey);
  keepFirst(state.prices, CURRENCIES_MAX, byKey);
  keepFirst(state.orders, ORDERS_MAX, byOrder);
  keepFirst(state.refunds, ORDERS_MAX, byRefund);
}

/** The latest counts; of several at one instant what all say. */
function agree(state: ProfileState, { at, purposes }: Agreement): void {
  if (at > state.agreed.at) state.agreed = { at, purposes };
  else if (at === state.agreed.at) state.agreed = { at, purposes: state.agreed.purposes & purposes };
}

/** Of two contents under one order key the earlier counts: a reload of the thank-you page is not the order. */
function setOrder(orders: Map<string, Order>, key: string, order: Order): void {
  const held = orders.get(key);
  if (held === undefined || compareTuples(orderFields(order), orderFields(held)) < 0) orders.set(key, order);
}

function orderOf(event: FoldedEvent): Order {
  const items = event.items ?? [];
  const categories = new Map<string, number>();
  countCategories(categories, items);
  return {
    at: event.at,
    currency: event.currency ?? '',
    value: event.value ?? valueOf(items),
    thousandths: items.reduce((sum, item) => sum + Math.round((item.quantity ?? 1) * 1_000), 0),
    lines: items.length,
    discount: event.discount ?? discountOf(items),
    ...pricesOf(items),
    categories: [...categories].sort(byKey).slice(0, ORDER_CATEGORIES_MAX),
  };
}

/** Prices times quantities where every item has a price (GA4's own definition of `value`), or null. */
function valueOf(items: readonly Item[]): number | null {
  if (items.length === 0) return null;
  let sum = 0;
  for (const item of items) {
    if (item.price === undefined) return null;
    sum += Math.round(item.price * (item.quantity ?? 1));
  }
  return sum;
}

/** Discounts of the items, for a shop that tells none of the order. */
const discountOf = (items: readonly Item[]): number =>
  items.reduce((sum, { discount = 0, quantity = 1 }) => sum + Math.round(discount * quantity), 0);

/** Prices of one, whatever the quantity: two of a thing do not make it dearer. */
function pricesOf(items: readonly Item[]): { readonly priced: number; readonly prices: number } {
  const priced = items.filter(({ price }) => price !== undefined);
  return { priced: priced.length, prices: priced.reduce((sum, { price = 0 }) => sum + price, 0) };
}

/** What was looked at, or put into the cart, tells of interest in its categories and of the prices somebody looks for. */
function addInterest(state: ProfileState, { at, currency = '', items = [] }: FoldedEvent, points: number): void {
  for (const { category } of items) {
    if (category !== undefined) addToWeeks(state.interests, at, category.slice(0, CATEGORY_CHARS_MAX), points);
  }
  const { priced, prices } = pricesOf(items);
  if (priced === 0) return;
  addPrices(state.prices, currency, { items: priced, minor: prices });
  keepFirst(state.prices, CURRENCIES_MAX, byKey);
}

function addPrices(prices: Map<string, Prices>, currency: string, { items, minor }: Prices): void {
  const held = prices.get(currency);
  prices.set(
    currency,
    held === undefined ? { items, minor } : { items: held.items + items, minor: held.minor + minor },
  );
}

function refundOf(event: FoldedEvent): Refund {
  // Shops send refunds as positive (GA4) or as negative amounts; both mean money given back.
  const value = event.value === undefined ? valueOf(event.items ?? []) : Math.abs(event.value);
  return { at: event.at, order: event.orderKey ?? '', currency: event.currency ?? '', value };
}

function countCategories(categories: Map<string, number>, items: readonly Item[] | undefined): void {
  for (const item of items ?? []) {
    if (item.category !== undefined) count(categories, item.category.slice(0, CATEGORY_CHARS_MAX), 1);
  }
  keepFirst(categories, CATEGORIES_MAX, byKey);
}

const count = (counts: Map<string, number>, key: string, more: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + more);
};

const add = (counts: number[], index: number, more: number): void => {
  counts[index] = (counts[index] ?? 0) + more;
};

type Compare<T> = (a: readonly [string, T], b: readonly [string, T]) => number;

/** Drops what comes last until at most `max` entries are left. */
function keepFirst<T>(map: Map<string, T>, max: number, compare: Compare<T>): void {
  if (map.size <= max) return;
  for (const [key] of [...map].sort(compare).slice(max)) map.delete(key);
}

const KNOWN = new Set(KNOWN_EVENTS);
const KNOWN_SOURCES: ReadonlySet<string> = new Set(SOURCES);
const byKey: Compare<unknown> = (a, b) => byCodeUnits(a[0], b[0]);
const byName: Compare<unknown> = (a, b) => Number(KNOWN.has(b[0])) - Number(KNOWN.has(a[0])) || byKey(a, b);
const bySource: Compare<number> = (a, b) =>
  Number(KNOWN_SOURCES.has(b[0])) - Number(KNOWN_SOURCES.has(a[0])) || byKey(a, b);
const byOrder: Compare<Order> = (a, b) => compareTuples(orderFields(a[1]), orderFields(b[1])) || byKey(a, b);
const byRefund: Compare<Refund> = (a, b) => compareTuples(refundFields(a[1]), refundFields(b[1])) || byKey(a, b);

/** By time, then by text: any fixed order will do, as long as no two different contents are equal in it. */
const compareTuples = (a: readonly [number, ...unknown[]], b: readonly [number, ...unknown[]]): number =>
  a[0] - b[0] || byCodeUnits(JSON.stringify(a), JSON.stringify(b));
