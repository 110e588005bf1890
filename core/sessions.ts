// core/sessions.ts: what a session is, as a structure that gives the same result in whatever order events come.
//
// A session ends after 30 minutes without an event, and at UTC midnight; a new campaign in the middle of it ends none, as in GA4
// (docs/adr/0055). Per day we hold sorted, disjoint intervals that
// are more than the gap apart. Whether two instants share a session depends only on the chain of instants between them,
// and an interval stands for such a chain, so joining intervals loses nothing: merging is associative and commutative,
// and adding the same event again changes nothing.
import { DAY_MS, MINUTE_MS } from '../contract/index.ts';

/** The longest silence inside a session, ms; a longer one starts the next (as GA4 counts by default). */
export const SESSION_GAP_MS: number = 30 * MINUTE_MS;
/**
 * Most active days held of one visitor; the latest stay. Above the 13 months a first-party id lives, so nobody real
 * reaches it. Days are never joined, so keeping the latest ones is a law too: the latest days of a union are among the
 * latest days of its parts, and each of them is whole there.
 */
export const SESSION_DAYS_MAX = 400;

/** A visitor's sessions: UTC day (whole days since 1970) → start, end, start, end … in ms since that day's midnight. */
export type SessionDays = Map<number, readonly number[]>;

/** Adds one event's instant to `days`. */
export function addToSessions(days: SessionDays, at: number): void {
  const day = Math.floor(at / DAY_MS);
  const offset = at - day * DAY_MS;
  const held = days.get(day);
  if (held === undefined) {
    days.set(day, [offset, offset]);
    dropOldest(days);
  } else days.set(day, withInstant(held, offset));
}

/** What {@link joined} gives for one instant. Most come in order of time and lie in the last session, or near its end. */
function withInstant(intervals: readonly number[], offset: number): readonly number[] {
  const end = intervals[intervals.length - 1] ?? 0;
  const start = intervals[intervals.length - 2] ?? 0;
  if (offset < start || offset - end > SESSION_GAP_MS) return joined(intervals, [offset, offset]);
  if (offset <= end) return intervals;
  const longer = intervals.slice();
  longer[longer.length - 1] = offset;
  return longer;
}

/** Adds every session of `others` to `days`. */
export function mergeSessions(days: SessionDays, others: SessionDays): void {
  for (const [day, intervals] of others) days.set(day, joined(days.get(day) ?? [], intervals));
  dropOldest(days);
}

/** How many sessions there are. */
export function countSessions(days: SessionDays): number {
  let count = 0;
  for (const intervals of days.values()) count += intervals.length / 2;
  return count;
}

/** The union of two sorted lists of intervals, those within the gap of each other made one. */
function joined(a: readonly number[], b: readonly number[]): number[] {
  const union: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && (a[i] ?? 0) <= (b[j] ?? 0));
    const start = (fromA ? a[i] : b[j]) ?? 0;
    const end = (fromA ? a[i + 1] : b[j + 1]) ?? 0;
    if (fromA) i += 2;
    else j += 2;
    const last = union.length - 1;
    const lastEnd = union[last];
    if (lastEnd !== undefined && start - lastEnd <= SESSION_GAP_MS) union[last] = Math.max(lastEnd, end);
    else union.push(start, end);
  }
  return union;
}

function dropOldest(days: SessionDays): void {
  if (days.size <= SESSION_DAYS_MAX) return;
  const latestFirst = [...days.keys()].sort((a, b) => b - a);
  for (const day of latestFirst.slice(SESSION_DAYS_MAX)) days.delete(day);
}
