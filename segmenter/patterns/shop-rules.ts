// segmenter/patterns/shop-rules.ts: what is bought together, and what to recommend beside an item, as far as it may be seen (P3).
// All of it is computed of blurred numbers, see blurred-sets.ts.
import { roundMean } from '../../core/index.ts';
import type { Insight } from '../../store/index.ts';
import { byCodeUnits } from '../profiles/order.ts';
import type { BlurredSet, OrdersBy } from './blurred-sets.ts';
import { blurredSets, setKey } from './blurred-sets.ts';

/** Rules shown at most, the highest lift first. */
const RULES_MAX = 200;
/** Items that recommendations are made for at most, the most bought first. */
const ITEMS_MAX = 500;
/** Recommendations kept of one item. */
const NEIGHBOURS_MAX = 10;
const CONFIDENCE_MIN = 0.1;

/** A rule as it may be seen. */
export interface PublishedRule {
  readonly items: readonly string[];
  readonly also: string;
  /** Orders that hold all of them, with noise and in tens. */
  readonly orders: number;
  /** Two digits each, of numbers with noise. */
  readonly confidence: number;
  readonly lift: number;
}

/** What was found of the orders of some days, or why nothing. */
export type PublishedRules =
  | {
      readonly status: 'ready';
      readonly days: number;
      readonly orders: number;
      readonly asOf: string;
      readonly rules: readonly PublishedRule[];
    }
  | { readonly status: 'refused'; readonly asOf: string; readonly reason: 'too_few_orders' };

/** Finds both in orders' items. */
export async function shopRules(
  lists: readonly (readonly string[])[],
  by: OrdersBy & { readonly asOf: string; readonly days: number },
): Promise<{ readonly rules: PublishedRules; readonly recommendations: readonly Omit<Insight, 'kind'>[] }> {
  const { asOf, days } = by;
  const found = await blurredSets(lists, by);
  if (found === undefined) {
    return { rules: { status: 'refused', asOf, reason: 'too_few_orders' }, recommendations: [] };
  }
  const { orders, sets } = found;
  const rules = [...sets.values()].flatMap((set) => rulesOf(set, sets, orders));
  rules.sort((a, b) => b.lift - a.lift || b.orders - a.orders || byCodeUnits(nameOf(a), nameOf(b)));
  return {
    rules: { status: 'ready', days, orders, asOf, rules: rules.slice(0, RULES_MAX) },
    recommendations: recommendationsOf(sets),
  };
}

type Sets = ReadonlyMap<string, BlurredSet>;

const nameOf = ({ items, also }: PublishedRule): string => JSON.stringify([...items, also]);

/** Rules with each of the set's items on the right-hand side, of those whose parts may be seen. */
function rulesOf({ items, orders: together }: BlurredSet, sets: Sets, orders: number): PublishedRule[] {
  if (items.length < 2) return [];
  return items.flatMap((also): PublishedRule[] => {
    const rest = items.filter((item) => item !== also);
    const [whole, alone] = [sets.get(setKey(rest))?.orders, sets.get(setKey([also]))?.orders];
    if (whole === undefined || alone === undefined) return [];
    const share = Math.min(1, together / whole);
    if (share < CONFIDENCE_MIN) return [];
    return [
      { items: rest, also, orders: together, confidence: roundMean(share), lift: roundMean(share / (alone / orders)) },
    ];
  });
}

/**
 * What goes with each item: the order alone is shown. By the cosine of the orders that hold either: item-to-item collaborative filtering,
 * Linden, Smith & York (2003), Amazon.com Recommendations, IEEE Internet Computing 7(1).
 */
function recommendationsOf(sets: Sets): Omit<Insight, 'kind'>[] {
  const neighbours = new Map<string, { item: string; similarity: number }[]>();
  for (const { items, orders } of sets.values()) {
    const [one, other] = items;
    if (items.length !== 2 || one === undefined || other === undefined) continue;
    const [a, b] = [sets.get(setKey([one]))?.orders, sets.get(setKey([other]))?.orders];
    if (a === undefined || b === undefined) continue;
    const similarity = orders / Math.sqrt(a * b);
    for (const [of, item] of [
      [one, other],
      [other, one],
    ] as const) {
      const known = neighbours.get(of) ?? [];
      known.push({ item, similarity });
      neighbours.set(of, known);
    }
  }
  const ordersOf = (item: string): number => sets.get(setKey([item]))?.orders ?? 0;
  const most = [...neighbours.keys()]
    .sort((a, b) => ordersOf(b) - ordersOf(a) || byCodeUnits(a, b))
    .slice(0, ITEMS_MAX);
  return most.map((key) => {
    const alike = (neighbours.get(key) ?? []).sort(
      (a, b) => b.similarity - a.similarity || byCodeUnits(a.item, b.item),
    );
    return { key, published: JSON.stringify(alike.slice(0, NEIGHBOURS_MAX).map(({ item }) => item)) };
  });
}
