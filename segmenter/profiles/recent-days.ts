// segmenter/profiles/recent-days.ts: what a visitor did on their latest days, for rules with windows and sequences.
//
// Per UTC day and event name: how often, first and last. Counts add, instants are minima and maxima, and days too far behind the
// latest go, which no later event brings back: so the result hangs on no order (M1), as everything in a profile's state.
import { DAY_MS, WINDOW_DAYS_MAX } from '../../contract/index.ts';
import { byCodeUnits } from './order.ts';

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
  put(days, day, name, { count: 1, first: offset, last: offset });
  dropOldest(days);
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

/** One name of a day: its place in the list of names, count, first instant, and how long after it the last came. */
type StoredActivity = readonly [name: number, count: number, first: number, span: number];
/** Days as they are stored: names once, then each day with what there was. */
export type StoredDays = readonly [names: readonly string[], days: readonly (readonly [number, ...StoredActivity[]])[]];

/** The one form of equal days. */
export function encodeDays(days: RecentDays): StoredDays {
  const names = [...new Set([...days.values()].flatMap((of) => [...of.keys()]))].sort(byCodeUnits);
  const places = new Map(names.map((name, place) => [name, place]));
  const rows = [...days]
    .sort((a, b) => a[0] - b[0])
    .map(([day, of]): readonly [number, ...StoredActivity[]] => [
      day,
      ...[...of]
        .map(([name, { count, first, last }]): StoredActivity => [places.get(name) ?? 0, count, first, last - first])
        .sort((a, b) => a[0] - b[0]),
    ]);
  return [names, rows];
}

/** Reads what {@link encodeDays} wrote. */
export const decodeDays = ([names, rows]: StoredDays): RecentDays =>
  new Map(
    rows.map(([day, ...of]) => [
      day,
      new Map(of.map(([name, count, first, span]) => [names[name] ?? '', { count, first, last: first + span }])),
    ]),
  );
