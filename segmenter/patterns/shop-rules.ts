// segmenter/patterns/shop-rules.ts: what is bought together, and what to recommend beside an item, as far as it may be seen (P3).
import { publishReportCount, roundMean } from '../../core/index.ts';
import type { Insight } from '../../store/index.ts';
import { basketsOf, itemCounts } from './baskets.ts';
import { associationRules } from './rules.ts';
import { similarItems } from './similar.ts';

/** Rules shown at most, the highest lift first. */
const RULES_MAX = 200;
/** Items that recommendations are made for at most, the most bought first. */
const ITEMS_MAX = 500;
/** Recommendations kept of one item. */
const NEIGHBOURS_MAX = 10;
const CONFIDENCE_MIN = 0.1;
/** Items in one rule at most. */
const RULE_ITEMS_MAX = 3;
const ITEM_SETS_MAX = 50_000;

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
  | { readonly status: 'refused'; readonly asOf: string; readonly reason: 'too_few_orders' | 'too_many_item_sets' };

/** Finds both in orders' items. @param by what noise is drawn by: within a period the same counts get the same. */
export async function shopRules(
  lists: readonly (readonly string[])[],
  by: {
    readonly floor: number;
    readonly secret: Uint8Array<ArrayBuffer>;
    readonly asOf: string;
    readonly days: number;
    readonly period: number;
  },
): Promise<{ readonly rules: PublishedRules; readonly recommendations: readonly Omit<Insight, 'kind'>[] }> {
  const { floor, secret, asOf, days, period } = by;
  const publish = (count: number, what: string): Promise<number | null> =>
    publishReportCount(count, floor, secret, `shop rules ${period} ${what}`);
  const refused = (reason: 'too_few_orders' | 'too_many_item_sets') => ({
    rules: { status: 'refused', asOf, reason } as const,
    recommendations: [],
  });
  const orders = await publish(lists.length, 'orders');
  if (orders === null) return refused('too_few_orders');
  const baskets = basketsOf(lists);
  const found = associationRules(baskets, {
    countMin: floor,
    confidenceMin: CONFIDENCE_MIN,
    setItemsMax: RULE_ITEMS_MAX,
    itemSetsMax: ITEM_SETS_MAX,
  });
  if (!found.ok) return refused(found.error);
  const counts = itemCounts(baskets);
  const name = (item: number): string => baskets.names[item] ?? '';
  const rules: PublishedRule[] = [];
  for (const { antecedent, consequent, count, confidence } of found.value) {
    if (rules.length === RULES_MAX) break;
    const all = [...antecedent, consequent].sort((a, b) => a - b).join();
    const together = await publish(count, `set ${all}`);
    const whole = await publish(Math.round(count / confidence), `set ${antecedent.join()}`);
    const alone = await publish(counts[consequent] ?? 0, `set ${consequent}`);
    if (together === null || whole === null || alone === null) continue;
    const share = Math.min(1, together / whole);
    rules.push({
      items: antecedent.map(name),
      also: name(consequent),
      orders: together,
      confidence: roundMean(share),
      lift: roundMean(share / (alone / orders)),
    });
  }
  // The order of exact ones would tell what their noise hides.
  rules.sort((a, b) => b.lift - a.lift || b.orders - a.orders);
  const recommendations = await recommendationsOf(baskets, counts, publish);
  return { rules: { status: 'ready', days, orders, asOf, rules }, recommendations };
}

/** What goes with each item: the order alone is shown, no number. Of items and pairs that enough orders hold, by blurred counts. */
async function recommendationsOf(
  baskets: ReturnType<typeof basketsOf>,
  counts: Uint32Array,
  publish: (count: number, what: string) => Promise<number | null>,
): Promise<Omit<Insight, 'kind'>[]> {
  const { neighbours } = similarItems(baskets, NEIGHBOURS_MAX);
  const most = [...counts.keys()].sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b).slice(0, ITEMS_MAX);
  const found: Omit<Insight, 'kind'>[] = [];
  for (const item of most) {
    const items: string[] = [];
    for (const one of neighbours[item] ?? []) {
      // The cosine of two items holds in how many orders both are.
      const both = Math.round(one.similarity * Math.sqrt((counts[item] ?? 0) * (counts[one.item] ?? 0)));
      const pair = [item, one.item].sort((a, b) => a - b).join();
      if ((await publish(both, `set ${pair}`)) !== null) items.push(baskets.names[one.item] ?? '');
    }
    if (items.length > 0) found.push({ key: baskets.names[item] ?? '', published: JSON.stringify(items) });
  }
  return found;
}
