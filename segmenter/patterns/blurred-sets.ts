// segmenter/patterns/blurred-sets.ts: in how many orders items are together, as far as it may be seen (P3, docs/adr/0053).
//
// Everything that is said of orders is computed of these numbers: a rule, an order of rules or a limit by exact counts would be
// tipped by the one order that nobody else knows of.
import type { WordsSecret } from '../../core/index.ts';
import { invariant, publishReportCount } from '../../core/index.ts';
import { byCodeUnits } from '../profiles/order.ts';
import { basketsOf } from './baskets.ts';
import { frequentItemSets } from './item-sets.ts';

/** Items in one set at most. */
export const RULE_ITEMS_MAX = 3;
/**
 * Scale of the noise, orders. An order of five items is in 25 sets of up to three. Which of two orders a visitor made moves 50 counts by
 * one, in each of four weeks: the best guesser is right in less than 60 % of cases, Φ(½ √(4 × 50 ÷ 30²)).
 */
export const ORDER_NOISE_SCALE = 30;

/** What they are blurred by. */
export interface OrdersBy {
  readonly floor: number;
  /** The site's, for noise. */
  readonly secret: WordsSecret;
  /** Within a period the same counts get the same noise. */
  readonly period: number;
}

/** Items that are together in enough orders. */
export interface BlurredSet {
  /** Ids of the items, ascending by code units. */
  readonly items: readonly string[];
  /** With noise and in tens. */
  readonly orders: number;
}

/** Sets of up to {@link RULE_ITEMS_MAX} of so many items. */
const setsOf = (items: number): number => items + (items * (items - 1)) / 2 + (items * (items - 1) * (items - 2)) / 6;

/**
 * Sets whose blurred number of orders may be shown, by {@link setKey}.
 * @param lists items of each order, each once. @returns undefined where the number of all orders may not be shown.
 */
export async function blurredSets(
  lists: readonly (readonly string[])[],
  { floor, secret, period }: OrdersBy,
): Promise<{ readonly orders: number; readonly sets: ReadonlyMap<string, BlurredSet> } | undefined> {
  const publish = (count: number, what: string): Promise<number | null> =>
    publishReportCount(count, floor, secret, `shop rules ${period} ${what}`, ORDER_NOISE_SCALE);
  const orders = await publish(lists.length, 'orders');
  if (orders === null) return undefined;
  const baskets = basketsOf(lists);
  // Each set is in the floor's number of orders at least, so there can't be more of them than this: no limit is there to be tipped.
  const all = lists.reduce((sum, list) => sum + setsOf(list.length), 0);
  const found = frequentItemSets(baskets, {
    countMin: floor,
    setItemsMax: RULE_ITEMS_MAX,
    itemSetsMax: Math.max(1, Math.floor(all / floor)),
  });
  invariant(found.ok, 'P3: the number of sets is bounded by the orders');
  const sets = new Map<string, BlurredSet>();
  for (const { items, count } of found.value) {
    const names = items.map((item) => baskets.names[item] ?? '').sort(byCodeUnits);
    const key = setKey(names);
    // By names: numbers of items are others as soon as there is a new one, and would draw the noise again.
    const shown = await publish(count, `set ${key}`);
    if (shown !== null) sets.set(key, { items: names, orders: shown });
  }
  return { orders, sets };
}

/** Names a set. @param items in any order. */
export const setKey = (items: readonly string[]): string => JSON.stringify([...items].sort(byCodeUnits));
