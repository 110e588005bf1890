// core/recent.ts: a memory of bounded size that keeps what was asked for last.

/** What is remembered of some keys. */
export interface Recent<Key, Value> {
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
  readonly clear: () => void;
}

/**
 * Makes a memory of at most `entriesMax` keys; none of the last `entriesMax / 2` that were asked for is forgotten.
 *
 * Two generations: what is asked for moves to the younger, and when that is full the older is forgotten. A list of all
 * keys by age would have to be mended at every look-up.
 */
export function createRecent<Key, Value>(entriesMax: number): Recent<Key, Value> {
  let young = new Map<Key, Value>();
  let old = new Map<Key, Value>();
  const set = (key: Key, value: Value): void => {
    if (young.size >= entriesMax / 2 && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };
  return {
    get: (key) => {
      const held = young.get(key);
      if (held !== undefined) return held;
      const older = old.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    set,
    clear: () => {
      young.clear();
      old.clear();
    },
  };
}
