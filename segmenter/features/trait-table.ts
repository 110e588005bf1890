// segmenter/features/trait-table.ts: the traits of all visitors, one column a trait, in an order that hangs on nothing but them.
import { TRAITS } from '../profiles/traits.ts';
import type { TraitContext } from '../profiles/measures.ts';
import type { ProfileState } from '../profiles/state.ts';
import { invariant } from '../../core/index.ts';

/** Traits of many visitors. NaN stands for a missing trait. */
export interface TraitTable {
  /** Visitors by row. */
  readonly visitors: Float64Array;
  /** One column for each of {@link TRAITS}, in their order. */
  readonly columns: readonly Float64Array[];
}

/** A table with room for `visitors` rows, to be filled row by row. */
export const emptyTable = (visitors: number): TraitTable => ({
  visitors: new Float64Array(visitors),
  columns: TRAITS.map(() => new Float64Array(visitors)),
});

/** The rows that were filled, where fewer were than there was room for. */
export const firstRows = ({ visitors, columns }: TraitTable, rows: number): TraitTable => ({
  visitors: visitors.subarray(0, rows),
  columns: columns.map((column) => column.subarray(0, rows)),
});

/** Computes one visitor's traits into a row. */
export function setRow(
  table: TraitTable,
  row: number,
  visitor: number,
  state: ProfileState,
  context: TraitContext,
): void {
  invariant(row < table.visitors.length, 'M1: a table has a row for every profile');
  table.visitors[row] = visitor;
  TRAITS.forEach((trait, i) => {
    const column = table.columns[i];
    if (column !== undefined) column[row] = trait.of(state, context) ?? Number.NaN;
  });
}

/**
 * Rows sorted by their traits, missing first. Sums of fractions depend on the order of summation and k-means on the order
 * of rows, so without this the segments would depend on who came first; visitors with equal traits are interchangeable.
 */
export function sortedTable(table: TraitTable): TraitTable {
  const order = Uint32Array.from(table.visitors, (_, row) => row);
  order.sort((a, b) => {
    for (const column of table.columns) {
      const difference = compareMissingFirst(column[a] ?? Number.NaN, column[b] ?? Number.NaN);
      if (difference !== 0) return difference;
    }
    return (table.visitors[a] ?? 0) - (table.visitors[b] ?? 0);
  });
  const sorted = (values: Float64Array): Float64Array => Float64Array.from(order, (row) => values[row] ?? Number.NaN);
  return { visitors: sorted(table.visitors), columns: table.columns.map(sorted) };
}

function compareMissingFirst(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
}
