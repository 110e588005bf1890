// segmenter/profiles/own-parts.ts: what is kept of one visitor's events for the traits that their site defines.
//
// A part is a sum, an earliest, a latest or a set, per UTC day or ever: each merges in any order (M1), and says itself how, so
// that two states merge without the definitions. Days and sets have maxima that keep the latest and the first.
import type { PropertyValue } from '../../contract/index.ts';
import { WINDOW_DAYS_MAX } from '../../contract/index.ts';
import { byCodeUnits, keysInOrder, numbersInOrder } from './order.ts';

/** Different values counted of one day, and ever where a trait has no window: the first by their hashes. */
export const DISTINCT_A_DAY_MAX = 10;
/** See {@link DISTINCT_A_DAY_MAX}. */
export const DISTINCT_EVER_MAX = 200;
/** Characters of a text that is kept as first or last. */
export const OWN_TEXT_CHARS_MAX = 60;
/** The day of a part that has no window. */
export const EVER = -1;
/** Days kept, counted back from the latest: a window never needs more. */
const DAYS_KEPT = WINDOW_DAYS_MAX + 1;

/** A sum; or when and what was first or last; or hashes of different values. */
export type OwnPart =
  | number
  | readonly ['first' | 'last', at: number, value: PropertyValue]
  | readonly ['distinct', ...hashes: readonly string[]];

/** Parts by the key of what they are made of, then by UTC day. */
export type OwnParts = Map<string, Map<number, OwnPart>>;

/** Adds a part of one event or of another state. */
export function addPart(parts: OwnParts, key: string, day: number, part: OwnPart): void {
  let days = parts.get(key);
  if (days === undefined) {
    days = new Map();
    parts.set(key, days);
  }
  const held = days.get(day);
  days.set(day, held === undefined ? part : joined(held, part, day));
  if (held === undefined && day !== EVER) dropOldest(days);
}

/** Adds all of `others`. */
export function mergeParts(parts: OwnParts, others: OwnParts): void {
  for (const [key, days] of others) for (const [day, part] of days) addPart(parts, key, day, part);
}

/** Two parts of one key put together. */
function joined(a: OwnPart, b: OwnPart, day: number): OwnPart {
  if (typeof a === 'number') return typeof b === 'number' ? a + b : a;
  if (typeof b === 'number' || a[0] !== b[0]) return a;
  if (a[0] === 'distinct') {
    const [, ...left] = a;
    const [, ...right] = b as readonly ['distinct', ...string[]];
    const all = [...new Set([...left, ...right])].sort(byCodeUnits);
    return ['distinct', ...all.slice(0, day === EVER ? DISTINCT_EVER_MAX : DISTINCT_A_DAY_MAX)];
  }
  const [one, other] = [a, b as Edge];
  const later = laterOf(one, other);
  if (a[0] === 'last') return later;
  return later === one ? other : one;
}

type Edge = readonly ['first' | 'last', at: number, value: PropertyValue];

/** The later one; of one instant the later by its text, so that no order of folding decides. */
const laterOf = (a: Edge, b: Edge): Edge =>
  (a[1] - b[1] || byCodeUnits(JSON.stringify(a[2]), JSON.stringify(b[2]))) >= 0 ? a : b;

function dropOldest(days: Map<number, OwnPart>): void {
  if (days.size <= 1) return;
  let latest = Number.NEGATIVE_INFINITY;
  for (const day of days.keys()) latest = Math.max(latest, day);
  for (const day of days.keys()) if (day <= latest - DAYS_KEPT) days.delete(day);
}

/** The parts of a key from a day on as one, or undefined where there is none. */
export function partSince(parts: OwnParts, key: string, from: number): OwnPart | undefined {
  let found: OwnPart | undefined;
  for (const [day, part] of parts.get(key) ?? []) {
    if (day !== EVER && day < from) continue;
    // The maximum of a set is one of a day: what a window adds up to is below that many days of it.
    found = found === undefined ? part : wide(found, part);
  }
  return found;
}

function wide(a: OwnPart, b: OwnPart): OwnPart {
  const isSet = typeof a !== 'number' && typeof b !== 'number' && a[0] === 'distinct' && b[0] === 'distinct';
  return isSet ? ['distinct', ...new Set([...a.slice(1), ...b.slice(1)] as string[])] : joined(a, b, EVER);
}

/** Parts as they are stored: each key with its days and parts in turns. */
export type StoredParts = readonly (readonly [key: string, ...daysAndParts: readonly (number | OwnPart)[]])[];

/** The one form of equal parts. */
export const encodeParts = (parts: OwnParts): StoredParts =>
  keysInOrder(parts).map((key) => {
    const days = parts.get(key) ?? new Map<number, OwnPart>();
    return [key, ...numbersInOrder(days).flatMap((day): (number | OwnPart)[] => [day, days.get(day) ?? 0])];
  });

/** Reads what {@link encodeParts} wrote. */
export function decodeParts(stored: StoredParts): OwnParts {
  const parts: OwnParts = new Map();
  for (const [key, ...daysAndParts] of stored) {
    const days = new Map<number, OwnPart>();
    for (let at = 0; at + 1 < daysAndParts.length; at += 2)
      days.set(Number(daysAndParts[at]), daysAndParts[at + 1] ?? 0);
    parts.set(key, days);
  }
  return parts;
}
