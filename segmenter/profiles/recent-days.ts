// segmenter/profiles/recent-days.ts: what a visitor did on their latest days, for rules with windows and sequences.
//
// Per UTC day and event name: how often, first and last. Counts add, instants are minima and maxima, and days too far behind the
// latest go, which no later event brings back: so the result hangs on no order (M1), as everything in a profile's state.
import { DAY_MS, WINDOW_DAYS_MAX } from '../../contract/index.ts';
import { byCodeUnits, keysInOrder, numbersInOrder } from './order.ts';

/** Days kept, counted back from the latest with an event: a window of {@link WINDOW_DAYS_MAX} days never needs more. */
const RECENT_DAYS = WINDOW_DAYS_MAX + 1;
/** Event names kept of one day, by alphabet. */
export const NAMES_A_DAY_MAX = 40;

/** One event name on one day. */
export interface DayActivity {
  readonly count: number;
  /** Milliseconds since the day's midnight of the first and the last. */
  readonly first: number;
  readonly last: number;
}

/** UTC day (whole days since 1970) → event name → what there was. */
export type RecentDays = Map<number, Map<string, DayActivity>>;

/** Adds one event. */
export function addToDays(days: RecentDays, name: string, at: number): void {
  const day = Math.floor(at / DAY_MS);
  const offset = at - day * DAY_MS;
  const isNew = !days.has(day);
  put(days, day, name, { count: 1, first: offset, last: offset });
  if (isNew) dropOldest(days);
}

/** Adds all of `others`. */
export function mergeDays(days: RecentDays, others: RecentDays): void {
  for (const [day, names] of others) for (const [name, activity] of names) put(days, day, name, activity);
  dropOldest(days);
}

function put(days: RecentDays, day: number, name: string, { count, first, last }: DayActivity): void {
  const names = days.get(day) ?? new Map<string, DayActivity>();
  days.set(day, names);
  const held = names.get(name);
  names.set(
    name,
    held === undefined
      ? { count, first, last }
      : { count: held.count + count, first: Math.min(held.first, first), last: Math.max(held.last, last) },
  );
  if (names.size <= NAMES_A_DAY_MAX) return;
  for (const beyond of [...names.keys()].sort(byCodeUnits).slice(NAMES_A_DAY_MAX)) names.delete(beyond);
}

function dropOldest(days: RecentDays): void {
  let latest = Number.NEGATIVE_INFINITY;
  for (const day of days.keys()) latest = Math.max(latest, day);
  for (const day of days.keys()) if (day <= latest - RECENT_DAYS) days.delete(day);
}

/**
 * Days as they are stored: names once, then one list of numbers: of each day the day, how many names it has, and of each of them
 * its place in the list of names, count, first instant, and how long after it the last came. One list, because a list of lists
 * takes three times as long to read (ADR 0051).
 */
export type StoredDays = readonly [names: readonly string[], days: readonly number[]];

/** The one form of equal days. */
export function encodeDays(days: RecentDays): StoredDays {
  const places = new Map<string, number>();
  for (const of of days.values()) for (const name of of.keys()) places.set(name, 0);
  const names = keysInOrder(places);
  for (let place = 0; place < names.length; place += 1) places.set(names[place] ?? '', place);
  const numbers: number[] = [];
  for (const day of numbersInOrder(days)) {
    const of = days.get(day);
    if (of === undefined) continue;
    numbers.push(day, of.size);
    for (const name of keysInOrder(of)) {
      const { count = 0, first = 0, last = 0 } = of.get(name) ?? {};
      numbers.push(places.get(name) ?? 0, count, first, last - first);
    }
  }
  return [names, numbers];
}

/** Reads what {@link encodeDays} wrote. */
export function decodeDays([names, numbers]: StoredDays): RecentDays {
  const days: RecentDays = new Map();
  const number = (at: number): number => numbers[at] ?? 0;
  for (let at = 0; at < numbers.length; ) {
    const of = new Map<string, DayActivity>();
    const end = at + 2 + 4 * number(at + 1);
    days.set(number(at), of);
    for (at += 2; at < end; at += 4) {
      const first = number(at + 2);
      of.set(names[number(at)] ?? '', { count: number(at + 1), first, last: first + number(at + 3) });
    }
  }
  return days;
}
