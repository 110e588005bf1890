// segmenter/predictions/examples.ts: what a prediction learns from: columns by visitor, and what became of each.
import { seededWords } from '../math/random.ts';

/** Categories of one column at most, the most frequent; the others count as none of them. */
export const CATEGORIES_MAX = 50;
/** Examples that a category needs to be told apart. */
export const CATEGORY_EXAMPLES_MIN = 10;

/** One thing known of each example. */
export type Column =
  | { readonly name: string; readonly kind: 'number'; readonly values: Float64Array }
  | { readonly name: string; readonly kind: 'category'; readonly values: readonly string[] };

/** What is known of examples and what became of them: 1 where the outcome happened, else 0. */
export interface Examples {
  readonly columns: readonly Column[];
  readonly labels: Uint8Array;
}

/** A number of each example that a model reads; NaN stands for a missing one. */
export interface Feature {
  /** The column it comes from. */
  readonly column: string;
  /** The category that it is 1 for, of a category's column. */
  readonly category?: string;
  readonly values: Float64Array;
}

/** How columns become features: one for a number, one a category else. Plain data, to be stored beside a model. */
export type Encoding = readonly { readonly column: string; readonly categories?: readonly string[] }[];

/** Looks which categories are frequent enough, among the rows to learn from. */
export function learnEncoding(columns: readonly Column[], rows: readonly number[]): Encoding {
  return columns.map((column) => {
    if (column.kind === 'number') return { column: column.name };
    const counts = new Map<string, number>();
    for (const row of rows) {
      const category = column.values[row] ?? '';
      counts.set(category, (counts.get(category) ?? 0) + 1);
    }
    const frequent = [...counts]
      .filter(([, count]) => count >= CATEGORY_EXAMPLES_MIN)
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .slice(0, CATEGORIES_MAX);
    return { column: column.name, categories: frequent.map(([category]) => category) };
  });
}

/** Features of some rows, in the order of the encoding. A column that is not there is missing everywhere. */
export function encode(columns: readonly Column[], encoding: Encoding, rows: readonly number[]): Feature[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return encoding.flatMap(({ column: name, categories }): Feature[] => {
    const column = byName.get(name);
    if (categories === undefined) {
      const values = column?.kind === 'number' ? column.values : undefined;
      return [{ column: name, values: Float64Array.from(rows, (row) => values?.[row] ?? Number.NaN) }];
    }
    const values = column?.kind === 'category' ? column.values : undefined;
    return categories.map((category) => ({
      column: name,
      category,
      values: Float64Array.from(rows, (row) => (values === undefined ? Number.NaN : Number(values[row] === category))),
    }));
  });
}

/** A column of some rows. */
export const columnAt = (column: Column, rows: readonly number[]): Column =>
  column.kind === 'number'
    ? { ...column, values: Float64Array.from(rows, (row) => column.values[row] ?? Number.NaN) }
    : { ...column, values: rows.map((row) => column.values[row] ?? '') };

/** Examples of some rows. */
export const examplesAt = ({ columns, labels }: Examples, rows: readonly number[]): Examples => ({
  columns: columns.map((column) => columnAt(column, rows)),
  labels: Uint8Array.from(rows, (row) => labels[row] ?? 0),
});

/**
 * Deals rows into folds so that each has the same share of both outcomes but for one row; the same for the same seed.
 * @returns the fold of each row.
 */
export function stratifiedFolds(labels: Uint8Array, folds: number, seed: number): Uint8Array {
  const fold = new Uint8Array(labels.length);
  let next = 0;
  for (const outcome of [1, 0]) {
    for (const row of shuffled(
      [...labels.keys()].filter((row) => labels[row] === outcome),
      seed + outcome,
    )) {
      fold[row] = next;
      next = (next + 1) % folds;
    }
  }
  return fold;
}

/** The same items in another order, the same for the same seed: sorted by a random word each. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const words = seededWords(seed);
  return items
    .map((item, index) => ({ item, index, word: words() }))
    .sort((a, b) => a.word - b.word || a.index - b.index)
    .map(({ item }) => item);
}

/** Some of the rows that a model reads, by feature. */
export interface Part {
  readonly rows: readonly number[];
  readonly features: readonly Float64Array[];
  readonly labels: Uint8Array;
}

/** Parts features into what a model sees and the fold that is held out. @param folds the fold of each row */
export function holdOut(
  features: readonly Float64Array[],
  labels: Uint8Array,
  folds: Uint8Array,
  fold: number,
): { readonly seen: Part; readonly held: Part } {
  const part = (isSeen: boolean): Part => {
    const rows = [...labels.keys()].filter((row) => (folds[row] !== fold) === isSeen);
    return {
      rows,
      features: features.map((values) => Float64Array.from(rows, (row) => values[row] ?? Number.NaN)),
      labels: Uint8Array.from(rows, (row) => labels[row] ?? 0),
    };
  };
  return { seen: part(true), held: part(false) };
}
