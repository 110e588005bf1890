// segmenter/profiles/recent-weeks.ts: how often what came in the latest weeks, and what is left of it once it fades.
//
// Whole counts by week and not one number that fades: such a sum of fractions would hang on the order it was made in (M1).
import { DAY_MS } from '../../contract/index.ts';
import { keysInOrder, numbersInOrder } from './order.ts';

/** Weeks kept, counted back from the latest: what is older has faded to a hundredth. */
export const WEEKS_KEPT = 26;
/** Keys kept of one week, by alphabet. */
export const KEYS_A_WEEK_MAX = 40;

/** Week (whole weeks since 1970-01-01, a Thursday) → key → count. */
export type RecentWeeks = Map<number, Map<string, number>>;

/** The week of an instant. */
export const weekOf = (at: number): number => Math.floor(at / (7 * DAY_MS));

/** Adds `count` of `key` at an instant. */
export function addToWeeks(weeks: RecentWeeks, at: number, key: string, count: number): void {
  put(weeks, weekOf(at), key, count);
}

/** Adds all of `others`. */
export function mergeWeeks(weeks: RecentWeeks, others: RecentWeeks): void {
  for (const [week, counts] of others) for (const [key, count] of counts) put(weeks, week, key, count);
}

function put(weeks: RecentWeeks, week: number, key: string, count: number): void {
  let counts = weeks.get(week);
  if (counts === undefined) {
    counts = new Map<string, number>();
    weeks.set(week, counts);
    // What is too old by then no later event brings back: the latest week only grows.
    let latest = week;
    for (const other of weeks.keys()) latest = Math.max(latest, other);
    for (const other of weeks.keys()) if (other <= latest - WEEKS_KEPT) weeks.delete(other);
  }
  counts.set(key, (counts.get(key) ?? 0) + count);
  if (counts.size <= KEYS_A_WEEK_MAX) return;
  let last = key;
  for (const other of counts.keys()) if (other > last) last = other;
  counts.delete(last);
}

/** Weeks as they are stored: keys once, then each week with pairs of a key's place and its count. */
export type StoredWeeks = readonly [keys: readonly string[], weeks: readonly (readonly number[])[]];

/** The one form of equal weeks. */
export function encodeWeeks(weeks: RecentWeeks): StoredWeeks {
  if (weeks.size === 0) return [[], []];
  const places = new Map<string, number>();
  for (const counts of weeks.values()) for (const key of counts.keys()) places.set(key, 0);
  const keys = keysInOrder(places);
  for (let place = 0; place < keys.length; place += 1) places.set(keys[place] ?? '', place);
  const rows: number[][] = [];
  for (const week of numbersInOrder(weeks)) {
    const counts = weeks.get(week);
    if (counts === undefined) continue;
    const row = [week];
    // In the order of keys, which is that of their places.
    for (const key of keysInOrder(counts)) row.push(places.get(key) ?? 0, counts.get(key) ?? 0);
    rows.push(row);
  }
  return [keys, rows];
}

/** Reads what {@link encodeWeeks} wrote. */
export function decodeWeeks([keys, rows]: StoredWeeks): RecentWeeks {
  const weeks: RecentWeeks = new Map();
  for (const [week, ...pairs] of rows) {
    if (week === undefined) continue;
    const counts = new Map<string, number>();
    for (let at = 0; at + 1 < pairs.length; at += 2) counts.set(keys[pairs[at] ?? -1] ?? '', pairs[at + 1] ?? 0);
    weeks.set(week, counts);
  }
  return weeks;
}

/** By how much a week multiplies, half in four: square roots are exact everywhere, powers need not be. */
const FADE_A_WEEK = Math.sqrt(Math.sqrt(0.5));
const FADES = Array.from({ length: WEEKS_KEPT }, (_, weeks) => {
  let left = 1;
  for (let week = 0; week < weeks; week += 1) left *= FADE_A_WEEK;
  return left;
});

/**
 * What is left of each key's count as of an instant: half after four weeks, nothing after {@link WEEKS_KEPT}.
 * Summed in the order of weeks, so that equal weeks give equal numbers however they came to be.
 */
export function fadedCounts(weeks: RecentWeeks, asOf: number): Map<string, number> {
  const now = weekOf(asOf);
  const left = new Map<string, number>();
  for (const [week, counts] of [...weeks].sort((a, b) => a[0] - b[0])) {
    const fade = FADES[Math.max(0, now - week)];
    if (fade === undefined) continue;
    for (const [key, count] of counts) left.set(key, (left.get(key) ?? 0) + count * fade);
  }
  return left;
}
