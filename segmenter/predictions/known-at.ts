// segmenter/predictions/known-at.ts: what a profile told at an instant in the past, and what became of the visitor after it.
//
// A profile keeps its orders with their times, its sessions by day and its last ninety days by event: enough to look at it
// as it was some weeks ago, without reading an event again.
import { DAY_MS } from '../../contract/index.ts';
import type { ProfileState } from '../profiles/state.ts';
import type { Column } from './examples.ts';

/** Days of the window in which views and carts are counted. */
const WINDOW_DAYS = 30;

/** What is known of a visitor, by column; NaN where the profile does not say. */
export const KNOWN_COLUMNS = [
  'orders',
  'revenue_minor',
  'average_order_minor',
  'days_since_order',
  'days_between_orders',
  'days_since_visit',
  'sessions',
  'active_days',
  'days_known',
  'views_30_days',
  'carts_30_days',
] as const;

/** Numbers in the order of {@link KNOWN_COLUMNS}; undefined where the visitor was not there yet. */
export function knownAt(state: ProfileState, asOf: number, currency: string | undefined): Float64Array | undefined {
  if (state.firstAt >= asOf) return undefined;
  const orders = [...state.orders.values()].filter(({ at }) => at < asOf).sort((a, b) => a.at - b.at);
  const paid = orders.filter((order) => order.value !== null && order.currency === (currency ?? ''));
  const revenue = paid.reduce((sum, { value }) => sum + (value ?? 0), 0);
  const [first, last] = [orders[0], orders.at(-1)];
  const today = Math.floor(asOf / DAY_MS);
  let [sessions, activeDays, lastDay] = [0, 0, Number.NEGATIVE_INFINITY];
  for (const [day, intervals] of state.sessions) {
    if (day >= today) continue;
    sessions += intervals.length / 2;
    activeDays += 1;
    lastDay = Math.max(lastDay, day);
  }
  const recent = (names: readonly string[]): number => {
    let count = 0;
    for (const [day, events] of state.days) {
      if (day >= today || day < today - WINDOW_DAYS) continue;
      for (const name of names) count += events.get(name)?.count ?? 0;
    }
    return count;
  };
  const days = (from: number | undefined): number => (from === undefined ? Number.NaN : (asOf - from) / DAY_MS);
  return Float64Array.of(
    orders.length,
    revenue,
    paid.length === 0 ? Number.NaN : revenue / paid.length,
    days(last?.at),
    first === undefined || last === undefined || orders.length < 2
      ? Number.NaN
      : (last.at - first.at) / DAY_MS / (orders.length - 1),
    Number.isFinite(lastDay) ? today - lastDay : Number.NaN,
    sessions,
    activeDays,
    days(state.firstAt),
    recent(['page_view', 'view_item']),
    recent(['add_to_cart']),
  );
}

/** What is known of visitors, by column. */
export const knownColumns = (rows: readonly Float64Array[]): Column[] =>
  KNOWN_COLUMNS.map((name, column) => ({
    name,
    kind: 'number',
    values: Float64Array.from(rows, (row) => row[column] ?? Number.NaN),
  }));

/** What is predicted. */
export const OUTCOMES = {
  purchase_7: { horizonDays: 7, words: 'buys in the next 7 days' },
  purchase_30: { horizonDays: 30, words: 'buys in the next 30 days' },
  churn_30: { horizonDays: 30, words: 'does not come back in the next 30 days' },
} as const;
/** One of them. */
export type Outcome = keyof typeof OUTCOMES;

/** What became of a visitor in the days after an instant. */
export function becameOf(state: ProfileState, asOf: number, outcome: Outcome): 0 | 1 {
  const { horizonDays } = OUTCOMES[outcome];
  const until = asOf + horizonDays * DAY_MS;
  if (outcome !== 'churn_30') {
    for (const { at } of state.orders.values()) if (at >= asOf && at < until) return 1;
    return 0;
  }
  const [from, to] = [Math.floor(asOf / DAY_MS), Math.floor(until / DAY_MS)];
  for (const day of state.sessions.keys()) if (day >= from && day < to) return 0;
  return 1;
}
