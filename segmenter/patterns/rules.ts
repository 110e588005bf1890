// segmenter/patterns/rules.ts: who has these items also has that one: association rules (Agrawal, Imieliński & Swami 1993).
import type { Result } from '../../contract/index.ts';
import { ok } from '../../contract/index.ts';
import { invariant } from '../../core/index.ts';
import type { Baskets } from './baskets.ts';
import type { ItemSet, ItemSetOptions } from './item-sets.ts';
import { frequentItemSets } from './item-sets.ts';

/** A rule with one item on its right-hand side, as R's arules makes them. */
export interface Rule {
  /** Item numbers, ascending, one at least. */
  readonly antecedent: readonly number[];
  readonly consequent: number;
  /** Baskets that hold all of them. */
  readonly count: number;
  /** Share of baskets that hold all of them. */
  readonly support: number;
  /** Share with the consequent of the baskets with the antecedent. */
  readonly confidence: number;
  /** Confidence over the consequent's own share: 1 where the two are independent. */
  readonly lift: number;
}

/** What to look for. */
export interface RuleOptions extends ItemSetOptions {
  /** Least confidence, above 0, at most 1. */
  readonly confidenceMin: number;
}

/** The whole number of baskets that a share of them means: a set in fewer has less support. */
export const countOfSupport = (support: number, baskets: number): number =>
  // The slack undoes rounding, as in 0.07 * 100 = 7.000000000000001.
  Math.max(1, Math.ceil(support * baskets - 1e-9));

/** Finds all rules; the highest lift comes first, then confidence, then count. */
export function associationRules(
  baskets: Baskets,
  options: RuleOptions,
): Result<readonly Rule[], 'too_many_item_sets'> {
  invariant(options.confidenceMin > 0 && options.confidenceMin <= 1, 'M1: a confidence is a share');
  const sets = frequentItemSets(baskets, options);
  if (!sets.ok) return sets;
  const all = baskets.starts.length - 1;
  const counts = new Map(sets.value.map(({ items, count }) => [items.join(), count]));
  const rules = sets.value.flatMap((set) => rulesOf(set, counts, all, options.confidenceMin));
  return ok(rules.sort(byStrength));
}

function rulesOf(
  { items, count }: ItemSet,
  counts: ReadonlyMap<string, number>,
  baskets: number,
  confidenceMin: number,
): Rule[] {
  if (items.length < 2) return [];
  return items.flatMap((consequent) => {
    const antecedent = items.filter((item) => item !== consequent);
    // Every part of a frequent set is frequent, so it was found, too.
    const confidence = count / (counts.get(antecedent.join()) ?? Number.POSITIVE_INFINITY);
    if (confidence < confidenceMin) return [];
    const lift = confidence / ((counts.get(String(consequent)) ?? 0) / baskets);
    return [{ antecedent, consequent, count, support: count / baskets, confidence, lift }];
  });
}

function byStrength(a: Rule, b: Rule): number {
  return b.lift - a.lift || b.confidence - a.confidence || b.count - a.count || compareItems(a, b);
}

function compareItems(a: Rule, b: Rule): number {
  for (let i = 0; i < Math.min(a.antecedent.length, b.antecedent.length); i++) {
    const difference = (a.antecedent[i] ?? 0) - (b.antecedent[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.antecedent.length - b.antecedent.length || a.consequent - b.consequent;
}
