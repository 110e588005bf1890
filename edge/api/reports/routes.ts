// edge/api/reports/routes.ts: what marketers read of a site: reports over events, each number about people under P3.
import { Hono } from 'hono';
import { KEY_BYTES, publishKeyOf } from '../../../core/index.ts';
import type { Site } from '../../../store/index.ts';
import { problem } from '../../http/problem.ts';
import type { Port } from '../../port.ts';
import { answerJson } from '../answer-json.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { createReportCache } from './cache.ts';
import { makeFunnel, makePaths, makeRetention, readSteps, SHOP_FUNNEL, STEPS_HELP } from './journeys.ts';
import { describeFunnel, describeOverview, describePaths, describeRetention, describeTrend } from './openapi.ts';
import { makeTrend, TREND_METRICS } from './trends.ts';
import type { ReportParts } from './overview.ts';
import { makeOverview } from './overview.ts';
import { daysBefore, RANGE_HELP, readDays } from './range.ts';

/** Makes what reports are computed by. */
export const reportParts = (port: Port): ReportParts => ({
  port,
  cache: createReportCache(port),
  secretOf: async (site: Site): Promise<Uint8Array<ArrayBuffer>> =>
    publishKeyOf(Uint8Array.from(await port.keys.secret('publish', port.randomBytes(KEY_BYTES))), site.id),
});

/** Makes the routes. */
export function createReports(parts: ReportParts, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const { port } = parts;
  const scope = requireScope('reports:read');

  app.get('/v1/sites/:site/overview', describeOverview, scope, async (context) => {
    const days = readDays(context, port.now());
    if (!days.ok) return problem(days.error, RANGE_HELP);
    const compare = context.req.query('compare') ?? 'none';
    if (compare !== 'none' && compare !== 'previous')
      return problem('malformed_request', 'compare is previous or none.');
    const site = context.get('site');
    const overview = await makeOverview(parts, site, days.value);
    const before = compare === 'previous' ? daysBefore(days.value) : undefined;
    const previous =
      before === undefined
        ? null
        : { from: before.from, to: before.to, totals: (await makeOverview(parts, site, before)).totals };
    const { steps: funnel } = await makeFunnel(parts, site, days.value, SHOP_FUNNEL);
    return answerJson(context, {
      site: site.id,
      from: days.value.from,
      to: days.value.to,
      ...overview,
      previous,
      funnel,
    });
  });
  app.get('/v1/sites/:site/funnels', describeFunnel, scope, async (context) => {
    const days = readDays(context, port.now());
    if (!days.ok) return problem(days.error, RANGE_HELP);
    const steps = readSteps(context.req.query('steps'));
    if (steps === undefined) return problem('malformed_request', STEPS_HELP);
    const site = context.get('site');
    return answerJson(context, { site: site.id, ...(await makeFunnel(parts, site, days.value, steps)) });
  });
  app.get('/v1/sites/:site/retention', describeRetention, scope, async (context) => {
    const days = readDays(context, port.now());
    if (!days.ok) return problem(days.error, RANGE_HELP);
    const site = context.get('site');
    return answerJson(context, { site: site.id, ...(await makeRetention(parts, site, days.value)) });
  });
  app.get('/v1/sites/:site/paths', describePaths, scope, async (context) => {
    const days = readDays(context, port.now());
    if (!days.ok) return problem(days.error, RANGE_HELP);
    const site = context.get('site');
    const moves = await makePaths(parts, site, days.value);
    return answerJson(context, { site: site.id, from: days.value.from, to: days.value.to, moves });
  });
  app.get('/v1/sites/:site/trends', describeTrend, scope, async (context) => {
    const days = readDays(context, port.now());
    if (!days.ok) return problem(days.error, RANGE_HELP);
    const asked = context.req.query('metric') ?? 'views';
    const metric = TREND_METRICS.find((one) => one === asked);
    if (metric === undefined) return problem('malformed_request', `metric is one of ${TREND_METRICS.join(', ')}.`);
    const site = context.get('site');
    const trend = await makeTrend(parts, site, days.value, metric);
    return answerJson(context, { site: site.id, from: days.value.from, to: days.value.to, metric, ...trend });
  });
  return app;
}
