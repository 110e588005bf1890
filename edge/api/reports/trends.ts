// edge/api/reports/trends.ts: what was to be expected of each day, and of the days to come, from the numbers that may be seen.
import type { Site } from '../../../store/index.ts';
import { DAY_MS } from '../../../contract/index.ts';
import { COUNT_STEP, roundCount } from '../../../core/index.ts';
import type { ReportParts } from './overview.ts';
import { makeOverview } from './overview.ts';
import type { Days } from './range.ts';
import { daysOf, utcDay } from './range.ts';

/** What there are trends of. */
export const TREND_METRICS = ['views', 'visits', 'visitors', 'orders', 'revenue'] as const;
/** One of them. */
export type TrendMetric = (typeof TREND_METRICS)[number];
/** Days that are forecast. */
const HORIZON_DAYS = 14;

/** A day of a series. */
interface TrendPoint {
  readonly date: string;
  readonly value?: number;
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  readonly anomaly?: 'above' | 'below';
}

/** A trend, or why there is none. */
export type ShownTrend =
  | {
      readonly status: 'ready';
      /** Of revenue, whose numbers are its minor units; null of the other metrics, and where nothing was sold. */
      readonly currency: string | null;
      readonly days: readonly TrendPoint[];
      readonly forecast: readonly TrendPoint[];
      readonly anomalies: readonly string[];
    }
  | { readonly status: 'refused'; readonly reason: 'too_few_days' | 'days_withheld' | 'value_out_of_range' };

/**
 * Explains a series of published days. Nothing but them goes in, so nothing more than they tell comes out; the open day is left
 * out, as it is not whole.
 */
export async function makeTrend(parts: ReportParts, site: Site, days: Days, metric: TrendMetric): Promise<ShownTrend> {
  const { port } = parts;
  const today = Math.floor(port.now() / DAY_MS) * DAY_MS;
  if (days.range.from >= today) return { status: 'refused', reason: 'too_few_days' };
  const { series, totals } = await makeOverview(
    parts,
    site,
    daysOf({ from: days.range.from, to: Math.min(days.range.to, today) }),
  );
  // Before its first event a site has no days.
  const from = series.findIndex(({ views }) => views > 0);
  const known = from === -1 ? [] : series.slice(from);
  const values = known.map((day) => day[metric]);
  if (values.some((value) => value === null)) return { status: 'refused', reason: 'days_withheld' };
  const trend = port.explainSeries(
    Float64Array.from(values, (value) => value ?? 0),
    HORIZON_DAYS,
  );
  if (trend === undefined)
    return { status: 'refused', reason: values.length < 28 ? 'too_few_days' : 'value_out_of_range' };
  const shown = (value: number): number =>
    metric === 'revenue' ? Math.round(value) : value < COUNT_STEP ? Math.round(value) : roundCount(value);
  const points = trend.days.map(
    ({ value, expected, low, high, isAnomaly }, nth): TrendPoint => ({
      date: known[nth]?.date ?? '',
      value,
      expected: shown(expected),
      low: shown(low),
      high: shown(high),
      ...(isAnomaly ? { anomaly: value > expected ? 'above' : 'below' } : {}),
    }),
  );
  const last = Date.parse(`${known.at(-1)?.date}T00:00:00Z`);
  return {
    status: 'ready',
    currency: metric === 'revenue' ? totals.currency : null,
    days: points,
    forecast: trend.forecast.map(({ expected, low, high }, nth) => ({
      date: utcDay(last + (nth + 1) * DAY_MS),
      expected: shown(expected),
      low: shown(low),
      high: shown(high),
    })),
    anomalies: points.filter(({ anomaly }) => anomaly !== undefined).map(({ date }) => date),
  };
}
