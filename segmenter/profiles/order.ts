// segmenter/profiles/order.ts: the one order of texts in profiles.

/** The order of strings everywhere here: by UTF-16 code units, as no locale changes it. */
export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The keys of a map in that order. */
export const keysInOrder = (map: ReadonlyMap<string, unknown>): string[] => inOrder([...map.keys()], byCodeUnits);

/** The keys of a map of numbers, ascending. */
export const numbersInOrder = (map: ReadonlyMap<number, unknown>): number[] =>
  inOrder([...map.keys()], (a, b) => a - b);

/** Sorts in place what is not sorted yet: maps of a profile mostly are, and looking is quicker than sorting. */
function inOrder<T>(keys: T[], compare: (a: T, b: T) => number): T[] {
  for (let nth = 1; nth < keys.length; nth += 1) {
    const before = keys[nth - 1];
    const key = keys[nth];
    if (before !== undefined && key !== undefined && compare(before, key) > 0) return keys.sort(compare);
  }
  return keys;
}
