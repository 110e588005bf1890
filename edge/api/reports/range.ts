// edge/api/reports/range.ts: which days a report is about.
import type { Context } from 'hono';
import * as v from 'valibot';
import type { Result } from '../../../contract/index.ts';
import { DAY_MS, err, ok } from '../../../contract/index.ts';
import type { ReportRange } from '../../../store/index.ts';

/** Days of one report at most. */
export const REPORT_DAYS_MAX = 400;
/** Days of a report whose caller names none: the last so many, today included. */
const REPORT_DAYS_DEFAULT = 30;

/** What a caller is told whose days can't be read. */
export const RANGE_HELP = `from and to are UTC days as YYYY-MM-DD, from not after to, at most ${REPORT_DAYS_MAX} days together.`;

/** UTC days, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
  readonly range: ReportRange;
}

const dayText = v.pipe(v.string(), v.isoDate());

/** `YYYY-MM-DD` of an instant. */
export const utcDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The days between two instants, the second outside. */
export const daysOf = (range: ReportRange): Days => ({ from: utcDay(range.from), to: utcDay(range.to - 1), range });

/** The same number of days just before. */
export const daysBefore = ({ range }: Days): Days =>
  daysOf({ from: range.from - (range.to - range.from), to: range.from });

const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** Reads two days as texts, both included. */
export function daysBetween(fromText: string, toText: string): Result<Days, 'malformed_request'> {
  const [from, to] = [v.safeParse(dayText, fromText), v.safeParse(dayText, toText)];
  if (!from.success || !to.success) return err('malformed_request');
  const [first, last] = [startOf(from.output), startOf(to.output)];
  // 31 February passes as a day's form; it is no day.
  if (Number.isNaN(first) || Number.isNaN(last) || utcDay(first) !== from.output || utcDay(last) !== to.output) {
    return err('malformed_request');
  }
  const days = (last - first) / DAY_MS + 1;
  return days >= 1 && days <= REPORT_DAYS_MAX
    ? ok(daysOf({ from: first, to: last + DAY_MS }))
    : err('malformed_request');
}

/** Reads `from` and `to` of a query. */
export function readDays(context: Context, now: number): Result<Days, 'malformed_request'> {
  const to = context.req.query('to') ?? utcDay(now);
  const last = startOf(to);
  if (Number.isNaN(last)) return err('malformed_request');
  return daysBetween(context.req.query('from') ?? utcDay(last - (REPORT_DAYS_DEFAULT - 1) * DAY_MS), to);
}
