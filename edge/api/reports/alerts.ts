// edge/api/reports/alerts.ts: what is not as it was to be expected: days of a site's numbers, sizes of segments, segments that drift.
//
// All of it is computed of numbers that were published, so asking costs nothing (P3).
import { Hono } from 'hono';
import * as v from 'valibot';
import type { PublishedModel } from '../../../contract/index.ts';
import { DAY_MS } from '../../../contract/index.ts';
import type { Site } from '../../../store/index.ts';
import { currentRelease, releasedModel } from '../../../store/index.ts';
import { answerJson } from '../answer-json.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { readSegmentIds, readSizeHistory } from '../segments/sizes.ts';
import { reading } from './openapi.ts';
import type { ReportParts } from './overview.ts';
import { daysOf, utcDay } from './range.ts';
import { makeTrend, TREND_METRICS } from './trends.ts';

/** Days that are told of, whole ones, and days that they are held against. */
const ALERT_DAYS = 7;
const SERIES_DAYS = 90;

const range = { expected: v.number(), low: v.number(), high: v.number(), direction: v.picklist(['above', 'below']) };
/** What is not as expected. */
export const alertsSchema = v.object({
  site: v.string(),
  alerts: v.array(
    v.variant('kind', [
      v.object({
        kind: v.literal('metric'),
        metric: v.picklist(TREND_METRICS),
        date: v.string(),
        value: v.number(),
        ...range,
      }),
      v.object({
        kind: v.literal('segment_size'),
        segment: v.string(),
        at: v.number(),
        visitors: v.number(),
        ...range,
      }),
      v.object({ kind: v.literal('drift'), version: v.number(), at: v.number() }),
    ]),
  ),
});
type Alert = v.InferOutput<typeof alertsSchema>['alerts'][number];

const describeAlerts = reading(
  'reports:read',
  `What is not as it was to be expected: days of the last ${ALERT_DAYS}, last sizes of segments, segments that may mean something else`,
  alertsSchema,
);

async function metricAlerts(parts: ReportParts, site: Site): Promise<Alert[]> {
  const today = Math.floor(parts.port.now() / DAY_MS) * DAY_MS;
  const days = daysOf({ from: today - SERIES_DAYS * DAY_MS, to: today });
  const since = utcDay(today - ALERT_DAYS * DAY_MS);
  const alerts: Alert[] = [];
  for (const metric of TREND_METRICS) {
    const trend = await makeTrend(parts, site, days, metric);
    if (trend.status !== 'ready') continue;
    for (const { date, value = 0, expected, low, high, anomaly } of trend.days) {
      if (anomaly === undefined || date < since) continue;
      alerts.push({ kind: 'metric', metric, date, value, expected, low, high, direction: anomaly });
    }
  }
  return alerts;
}

async function sizeAlerts({ port }: ReportParts, site: Site): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for (const id of await readSegmentIds(port.db, site.row)) {
    const history = await readSizeHistory(port.db, site.row, id);
    const last = history?.sizes.at(-1);
    if (history?.trend.status !== 'ready' || history.trend.alert === null || last?.visitors == null) continue;
    const { expected, low, high, alert: direction } = history.trend;
    alerts.push({
      kind: 'segment_size',
      segment: id,
      at: last.at,
      visitors: last.visitors,
      expected,
      low,
      high,
      direction,
    });
  }
  return alerts;
}

async function driftAlerts({ port }: ReportParts, site: Site): Promise<Alert[]> {
  const release = await currentRelease(port.db, site.row);
  const model = release && (await releasedModel(port.db, site.row, release.version));
  if (release === undefined || model === undefined) return [];
  const published = JSON.parse(model) as PublishedModel;
  return published.status === 'segmented' && published.metrics.drift?.alarm === true
    ? [{ kind: 'drift', version: release.version, at: release.at }]
    : [];
}

/** Makes the route. */
export function createAlerts(parts: ReportParts, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/v1/sites/:site/alerts', describeAlerts, requireScope('reports:read'), async (context) => {
    const site = context.get('site');
    const alerts = [
      ...(await metricAlerts(parts, site)),
      ...(await sizeAlerts(parts, site)),
      ...(await driftAlerts(parts, site)),
    ];
    return answerJson(context, { site: site.id, alerts });
  });
  return app;
}
