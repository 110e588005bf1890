// console/app/days.ts: the UTC days that a page is about, as its address says.

/** Milliseconds of a day. */
export const DAY_MS = 86_400_000;
/** Days shown where the address names none. */
export const DAYS_DEFAULT = 28;
/** Days that one question to the API may span. */
export const DAYS_MAX = 400;

/** First and last day, `YYYY-MM-DD`, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** A day of an instant. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const isDay = (text: string | null): text is string =>
  text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** The last `count` days up to an instant. */
export const lastDays = (count: number, now: number): Days => ({
  from: dayOf(now - (count - 1) * DAY_MS),
  to: dayOf(now),
});

/** How many days they are. */
export const countDays = ({ from, to }: Days): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;

/** The days an address names; the last 28, or `last`, where it names none that can be asked for. */
export function readDays(query: URLSearchParams, now: number, last: number = DAYS_DEFAULT): Days {
  const [from, to] = [query.get('from'), query.get('to')];
  if (!isDay(from) || !isDay(to)) return lastDays(last, now);
  const days = { from, to };
  const count = countDays(days);
  return count >= 1 && count <= DAYS_MAX ? days : lastDays(last, now);
}

/** Each of them, oldest first. */
export const listDays = (days: Days): string[] =>
  Array.from({ length: countDays(days) }, (_, nth) => dayOf(Date.parse(days.from) + nth * DAY_MS));
