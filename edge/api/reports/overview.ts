// edge/api/reports/overview.ts: how a site did over some days: the page a marketer opens first.
import { DAY_MS } from '../../../contract/index.ts';
import type { ReportCount } from '../../../core/index.ts';
import { CHANNELS, COUNT_STEP, DAY_STAGE_MS, DEVICES, roundCount, roundMean } from '../../../core/index.ts';
import type { ExactCount, ExactOverview, Site } from '../../../store/index.ts';
import { readOverview } from '../../../store/index.ts';
import type { Port } from '../../port.ts';
import type { ReportCache } from './cache.ts';
import type { ShownDay } from './days.ts';
import { showDays } from './days.ts';
import type { Days } from './range.ts';

/** Totals of a range. Numbers about people are the sums of the days that may be seen. */
export interface Totals {
  readonly views: number;
  readonly visits: ReportCount;
  readonly visitors: ReportCount;
  readonly orders: ReportCount;
  readonly revenue: ReportCount;
  readonly currency: string | null;
}

/** The published form of one range. */
export interface Overview {
  readonly totals: Totals;
  readonly series: readonly ShownDay[];
  readonly pages: readonly { readonly path: string; readonly views: number }[];
  readonly sources: readonly { readonly channel: string; readonly views: number }[];
  readonly devices: readonly { readonly device: string; readonly views: number }[];
  readonly countries: readonly { readonly country: string; readonly views: number }[];
  readonly vitals: Readonly<Record<string, { readonly p75: number }>>;
  /** Days with events whose visitors are not shown. */
  readonly withheld: number;
}

/** What reports are computed by. */
export interface ReportParts {
  readonly port: Port;
  readonly cache: ReportCache;
  /** The site's secret for noise. */
  readonly secretOf: (site: Site) => Promise<Uint8Array<ArrayBuffer>>;
}

/** Computes the published overview of a range. */
export async function makeOverview({ port, cache, secretOf }: ReportParts, site: Site, days: Days): Promise<Overview> {
  const now = port.now();
  const peopleTo = Math.floor(now / DAY_STAGE_MS) * DAY_STAGE_MS;
  const { exact, seq } = await cache(site.row, days.range, `overview ${peopleTo}`, async (at) => ({
    seq: at,
    exact: await readOverview(port.db, site.row, days.range, peopleTo),
  }));
  const list: number[] = [];
  for (let at = days.range.from; at < days.range.to; at += DAY_MS) list.push(at / DAY_MS);
  const byDay = new Map(exact.days.map((day) => [day.day, day]));
  const series = await showDays(port, site, list, byDay, { seq, secret: await secretOf(site), now });
  return {
    totals: totalsOf(series, exact.currency),
    series,
    ...breakdowns(exact, site.floor),
    withheld: series.filter(({ views, withheld }) => views > 0 && withheld !== undefined).length,
  };
}

const sumOf = (series: readonly ShownDay[], of: 'visits' | 'visitors' | 'orders' | 'revenue'): ReportCount => {
  const seen = series.flatMap((day) => day[of] ?? []);
  return seen.length === 0 ? null : seen.reduce((sum, one) => sum + one, 0);
};

const totalsOf = (series: readonly ShownDay[], currency: string | undefined): Totals => ({
  views: series.reduce((sum, { views }) => sum + views, 0),
  visits: sumOf(series, 'visits'),
  visitors: sumOf(series, 'visitors'),
  orders: sumOf(series, 'orders'),
  revenue: sumOf(series, 'revenue'),
  currency: currency ?? null,
});

/** Counts of events by a word: those from the floor on, in steps of {@link COUNT_STEP}. */
const countsFrom = (counts: readonly ExactCount[], floor: number): { readonly of: string; readonly views: number }[] =>
  counts
    .filter(({ views }) => views >= Math.max(floor, COUNT_STEP))
    .map(({ of, views }) => ({ of, views: roundCount(views) }));

const breakdowns = (
  exact: ExactOverview,
  floor: number,
): Pick<Overview, 'pages' | 'sources' | 'devices' | 'countries' | 'vitals'> => ({
  pages: countsFrom(exact.pages, floor).map(({ of, views }) => ({ path: of, views })),
  sources: countsFrom(exact.channels, floor).map(({ of, views }) => ({
    channel: CHANNELS[Number(of)] ?? 'unassigned',
    views,
  })),
  devices: countsFrom(exact.devices, floor).map(({ of, views }) => ({
    device: DEVICES[Number(of)] ?? 'unknown',
    views,
  })),
  countries: countsFrom(exact.countries, floor).map(({ of, views }) => ({ country: of, views })),
  vitals: Object.fromEntries(
    exact.vitals.filter(({ measured }) => measured >= floor).map(({ of, p75 }) => [of, { p75: roundMean(p75) }]),
  ),
});
