// edge/api/reports/routes.ts: what marketers read of a site: reports over events, each number about people under P3.
import { Hono } from 'hono';
import { KEY_BYTES, publishKeyOf } from '../../../core/index.ts';
import type { Site } from '../../../store/index.ts';
import { problem } from '../../http/problem.ts';
import type { Port } from '../../port.ts';
import { answerJson } from '../answer-json.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { createReportCache } from './cache.ts';
import { describeOverview } from './openapi.ts';
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
    return answerJson(context, { site: site.id, from: days.value.from, to: days.value.to, ...overview, previous });
  });
  return app;
}
