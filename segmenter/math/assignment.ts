// segmenter/math/assignment.ts: the cheapest one-to-one assignment, exactly, for a handful of rows.
import { invariant } from '../../core/index.ts';

/** Rows and columns at most: the table of subsets has 2^12 × 12 cells. */
export const ASSIGNMENT_MAX = 12;

/**
 * Assigns each row a column of its own (or each column a row, where there are fewer) at the least total cost.
 * Dynamic programming over subsets of columns, as Held & Karp (1962) do for tours: exact, and short enough to trust.
 * @param costs one row per row, equally long, finite. @returns the column of each row, -1 for rows that got none.
 */
export function cheapestAssignment(costs: readonly (readonly number[])[]): number[] {
  const columns = costs[0]?.length ?? 0;
  if (costs.length === 0 || columns === 0) return costs.map(() => -1);
  if (costs.length > columns) {
    const rowOfColumn = cheapestAssignment(Array.from({ length: columns }, (_, c) => costs.map((row) => row[c] ?? 0)));
    return costs.map((_, row) => rowOfColumn.indexOf(row));
  }
  invariant(columns <= ASSIGNMENT_MAX, 'M1: an exact assignment is small');
  const subsets = 2 ** columns;
  // least[s]: the cheapest way to give the first popcount(s) rows exactly the columns of s; last[s]: the last row's column.
  const least = new Float64Array(subsets).fill(Number.POSITIVE_INFINITY);
  const last = new Int8Array(subsets).fill(-1);
  least[0] = 0;
  let best = -1;
  for (let subset = 0; subset < subsets; subset++) {
    const row = bitCount(subset);
    if (row === costs.length) {
      if (best < 0 || (least[subset] ?? 0) < (least[best] ?? 0)) best = subset;
    }
    if (row >= costs.length) continue;
    for (let column = 0; column < columns; column++) {
      const bit = 2 ** column;
      if ((subset & bit) !== 0) continue;
      const cost = (least[subset] ?? 0) + (costs[row]?.[column] ?? 0);
      if (cost < (least[subset | bit] ?? 0)) {
        least[subset | bit] = cost;
        last[subset | bit] = column;
      }
    }
  }
  return unwound(best, last, costs.length);
}

function unwound(best: number, last: Int8Array, rows: number): number[] {
  const columns = new Array<number>(rows).fill(-1);
  for (let row = rows - 1, subset = best; row >= 0; row--) {
    const column = last[subset] ?? 0;
    columns[row] = column;
    subset &= ~(2 ** column);
  }
  return columns;
}

const bitCount = (bits: number): number => {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
};
