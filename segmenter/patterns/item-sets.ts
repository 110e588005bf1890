// segmenter/patterns/item-sets.ts: which items are often together: FP-growth.
// Han, Pei & Yin (2000), Mining Frequent Patterns without Candidate Generation, SIGMOD; steps by its algorithms 1 and 2.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import { invariant } from '../../core/index.ts';
import type { Baskets } from './baskets.ts';
import { itemCounts } from './baskets.ts';

/** Items in one set at most, where nothing else is said; what R's arules takes as its default, too. */
export const SET_ITEMS_MAX = 10;
/** Sets found at most; more than this answer nobody's question, and their number can double with each item. */
export const ITEM_SETS_MAX = 1_000_000;

/** Items that occur together. */
export interface ItemSet {
  /** Item numbers, ascending. */
  readonly items: readonly number[];
  /** Baskets that hold all of them. */
  readonly count: number;
}

/** What to look for. */
export interface ItemSetOptions {
  /** Baskets a set must be in, at least 1. */
  readonly countMin: number;
  readonly setItemsMax?: number;
  readonly itemSetsMax?: number;
}

/** A prefix tree of baskets; node 0 is the root. Nodes of one rank are chained from `heads`. */
interface Tree {
  readonly parents: number[];
  readonly ranks: number[];
  readonly counts: number[];
  readonly chain: number[];
  readonly heads: Int32Array;
  /** Baskets with each rank. */
  readonly totals: Int32Array;
}

const NONE = -1;

/** Finds every set of items that is in at least `countMin` baskets, each once. */
export function frequentItemSets(
  baskets: Baskets,
  { countMin, setItemsMax = SET_ITEMS_MAX, itemSetsMax = ITEM_SETS_MAX }: ItemSetOptions,
): Result<readonly ItemSet[], 'too_many_item_sets'> {
  invariant(Number.isInteger(countMin) && countMin >= 1, 'M1: a set is in one basket at least');
  const counts = itemCounts(baskets);
  // Frequent items first: baskets then share the longest prefixes, and the tree is small. Ties by number.
  const byRank = [...counts.keys()]
    .filter((item) => (counts[item] ?? 0) >= countMin)
    .sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  const rankOf = new Int32Array(counts.length).fill(NONE);
  byRank.forEach((item, rank) => (rankOf[item] = rank));
  const found: ItemSet[] = [];
  const grow = (tree: Tree, suffix: readonly number[]): boolean => {
    for (let rank = 0; rank < tree.heads.length; rank++) {
      const count = tree.totals[rank] ?? 0;
      if (count < countMin) continue;
      if (found.length === itemSetsMax) return false;
      const items = [...suffix, byRank[rank] ?? 0];
      found.push({ items: [...items].sort((a, b) => a - b), count });
      if (rank > 0 && items.length < setItemsMax && !grow(conditionalTree(tree, rank, countMin), items)) return false;
    }
    return true;
  };
  return grow(treeOf(baskets, rankOf, byRank.length), []) ? ok(found) : err('too_many_item_sets');
}

function treeOf({ starts, items }: Baskets, rankOf: Int32Array, ranks: number): Tree {
  const { tree, insert } = emptyTree(ranks);
  for (let basket = 0; basket + 1 < starts.length; basket++) {
    const path: number[] = [];
    for (let at = starts[basket] ?? 0; at < (starts[basket + 1] ?? 0); at++) {
      const rank = rankOf[items[at] ?? 0] ?? NONE;
      if (rank !== NONE) path.push(rank);
    }
    insert(
      path.sort((a, b) => a - b),
      1,
    );
  }
  return tree;
}

/** The tree of what stands before a rank, with the counts of that rank: the conditional pattern base. */
function conditionalTree(tree: Tree, rank: number, countMin: number): Tree {
  const totals = new Int32Array(rank);
  for (let node = tree.heads[rank] ?? NONE; node !== NONE; node = tree.chain[node] ?? NONE) {
    for (let up = tree.parents[node] ?? 0; up !== 0; up = tree.parents[up] ?? 0) {
      const above = tree.ranks[up] ?? 0;
      totals[above] = (totals[above] ?? 0) + (tree.counts[node] ?? 0);
    }
  }
  const { tree: conditional, insert } = emptyTree(rank);
  for (let node = tree.heads[rank] ?? NONE; node !== NONE; node = tree.chain[node] ?? NONE) {
    const path: number[] = [];
    for (let up = tree.parents[node] ?? 0; up !== 0; up = tree.parents[up] ?? 0) {
      const above = tree.ranks[up] ?? 0;
      if ((totals[above] ?? 0) >= countMin) path.push(above);
    }
    insert(path.reverse(), tree.counts[node] ?? 0);
  }
  return conditional;
}

function emptyTree(ranks: number) {
  const tree: Tree = {
    parents: [0],
    ranks: [NONE],
    counts: [0],
    chain: [NONE],
    heads: new Int32Array(ranks).fill(NONE),
    totals: new Int32Array(ranks),
  };
  const children = new Map<number, number>();
  /** Adds a path of ascending ranks. */
  const insert = (path: readonly number[], count: number): void => {
    let node = 0;
    for (const rank of path) {
      const key = node * ranks + rank;
      let child = children.get(key);
      if (child === undefined) {
        child = tree.parents.length;
        children.set(key, child);
        tree.parents.push(node);
        tree.ranks.push(rank);
        tree.counts.push(0);
        tree.chain.push(tree.heads[rank] ?? NONE);
        tree.heads[rank] = child;
      }
      tree.counts[child] = (tree.counts[child] ?? 0) + count;
      tree.totals[rank] = (tree.totals[rank] ?? 0) + count;
      node = child;
    }
  };
  return { tree, insert };
}
