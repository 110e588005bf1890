// segmenter/patterns/baskets.ts: what was bought or read together, as numbers in typed arrays.
import { byCodeUnits } from '../profiles/order.ts';

/** Baskets of items; each item at most once a basket. */
export interface Baskets {
  /** Names of the items, by code units; an item's number is its place here. */
  readonly names: readonly string[];
  /** Where each basket starts in `items`, and after the last where it ends. */
  readonly starts: Uint32Array;
  /** Item numbers, ascending within a basket. */
  readonly items: Uint32Array;
}

/** Numbers the items of baskets by name, so that the result depends on no order of baskets; repeats in one basket count once. */
export function basketsOf(lists: readonly (readonly string[])[]): Baskets {
  const distinct = new Set<string>();
  for (const list of lists) for (const name of list) distinct.add(name);
  const names = [...distinct].sort(byCodeUnits);
  const numbers = new Map(names.map((name, number) => [name, number]));
  const numbered = lists.map((list) =>
    Uint32Array.from(new Set(list), (name) => numbers.get(name) ?? 0).sort((a, b) => a - b),
  );
  const starts = new Uint32Array(lists.length + 1);
  numbered.forEach((basket, i) => {
    starts[i + 1] = (starts[i] ?? 0) + basket.length;
  });
  const items = new Uint32Array(starts[lists.length] ?? 0);
  numbered.forEach((basket, i) => items.set(basket, starts[i]));
  return { names, starts, items };
}

/** In how many baskets each item is. */
export function itemCounts({ names, items }: Baskets): Uint32Array {
  const counts = new Uint32Array(names.length);
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}
