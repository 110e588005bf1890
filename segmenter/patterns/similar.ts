// segmenter/patterns/similar.ts: items that go together, for recommendations: item-to-item collaborative filtering.
// Linden, Smith & York (2003), Amazon.com Recommendations, IEEE Internet Computing 7(1).
import { invariant } from '../../core/index.ts';
import type { Baskets } from './baskets.ts';
import { itemCounts } from './baskets.ts';

/** Items of a basket at most; a longer one is a wholesaler or a machine, says little and costs its square. */
export const BASKET_ITEMS_MAX = 500;
/** Baskets that two items share at least to be called similar. */
export const SHARED_MIN = 3;
/** Similar items kept of one item. */
export const NEIGHBOURS_MAX = 50;

/** How alike two items are. */
export interface Neighbour {
  readonly item: number;
  /** Cosine of the two items' baskets, above 0, at most 1. */
  readonly similarity: number;
}

/** The neighbours of each item, most similar first. */
export interface Similarities {
  readonly neighbours: readonly (readonly Neighbour[])[];
  /** Baskets left out for their length. */
  readonly basketsLeftOut: number;
}

/** Finds the similar items of every item. */
export function similarItems(baskets: Baskets, neighboursMax = NEIGHBOURS_MAX): Similarities {
  invariant(neighboursMax >= 1 && neighboursMax <= NEIGHBOURS_MAX, 'M1: neighbours are bounded');
  const counts = itemCounts(baskets);
  const shared = counts.length === 0 ? [] : Array.from(counts, () => new Map<number, number>());
  let basketsLeftOut = 0;
  for (let basket = 0; basket + 1 < baskets.starts.length; basket++) {
    const items = baskets.items.subarray(baskets.starts[basket], baskets.starts[basket + 1]);
    if (items.length > BASKET_ITEMS_MAX) {
      basketsLeftOut += 1;
      continue;
    }
    for (const a of items) {
      const row = shared[a];
      for (const b of items) if (a !== b) row?.set(b, (row.get(b) ?? 0) + 1);
    }
  }
  const neighbours = shared.map((row, a) =>
    [...row]
      .filter(([, count]) => count >= SHARED_MIN)
      .map(([b, count]) => ({ item: b, similarity: count / Math.sqrt((counts[a] ?? 0) * (counts[b] ?? 0)) }))
      .sort(byStrength)
      .slice(0, neighboursMax),
  );
  return { neighbours, basketsLeftOut };
}

/** What goes with some items: the sum of their similarities to each other item, the highest first; none of them itself. */
export function recommend({ neighbours }: Similarities, items: readonly number[], count: number): Neighbour[] {
  const held = new Set(items);
  const scores = new Map<number, number>();
  for (const item of held) {
    for (const { item: other, similarity } of neighbours[item] ?? []) {
      if (!held.has(other)) scores.set(other, (scores.get(other) ?? 0) + similarity);
    }
  }
  return [...scores]
    .map(([item, similarity]) => ({ item, similarity }))
    .sort(byStrength)
    .slice(0, count);
}

const byStrength = (a: Neighbour, b: Neighbour): number => b.similarity - a.similarity || a.item - b.item;
