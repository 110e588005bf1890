// edge/api/app.ts: the authenticated app: what marketers and officers read. Every route needs a token of its site (P6, P7).
import { Hono } from 'hono';
import { DAY_MS } from '../../contract/index.ts';
import { currentRelease, readLedger, releasedModel, releasedSegment, releasedSegments } from '../../store/index.ts';
import { answerJson } from './answer-json.ts';
import { problem } from '../http/problem.ts';
import type { TokenKeys } from '../http/tokens.ts';
import type { Port } from '../port.ts';
import type { ReplayLetters } from './dead-letters.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createLiveStream } from './live.ts';
import { createMembers } from './segments/members.ts';
import { createRelations } from './segments/relation-routes.ts';
import { createModels } from './segments/models.ts';
import { createAnnotations } from './reports/annotations.ts';
import { createReleases } from './segments/releases.ts';
import { createRuns } from './segments/runs.ts';
import { createInsights } from './reports/insights.ts';
import { createReports, reportParts } from './reports/routes.ts';
import { shownRuleSegments } from './segments/shown.ts';
import { createAlerts } from './reports/alerts.ts';
import { createRuleSegments } from './segments/rule-segments.ts';
import { createSiteTraits } from './segments/site-traits.ts';
import { describeLedger, describeSegment, describeSegments } from './openapi.ts';
import type { ApiEnv } from './require-scope.ts';
import { scopesOf } from './require-scope.ts';

/** Days of the ledger answered where the caller names no start. */
const LEDGER_DAYS_DEFAULT = 30;

/** Makes the authenticated app. */
export function createApi(port: Port, tokenKeys: () => Promise<TokenKeys>, replayLetters: ReplayLetters): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const requireScope = scopesOf(port, tokenKeys);
  const segmentsScope = requireScope('segments:read');

  app.get('/v1/sites/:site/segments', describeSegments, segmentsScope, async (context) => {
    const site = context.get('site');
    const release = await currentRelease(port.db, site.row);
    const rules = await shownRuleSegments(port.db, site.row);
    if (release === undefined) {
      return answerJson(context, { site: site.id, version: null, model: null, segments: rules });
    }
    const model = await releasedModel(port.db, site.row, release.version);
    const segments = await releasedSegments(port.db, site.row, release.version);
    return answerJson(context, {
      site: site.id,
      version: release.version,
      model: model === undefined ? null : (JSON.parse(model) as unknown),
      segments: [...segments.map((segment): unknown => JSON.parse(segment)), ...rules],
    });
  });

  app.get('/v1/sites/:site/segments/:id', describeSegment, segmentsScope, async (context) => {
    const site = context.get('site');
    const release = await currentRelease(port.db, site.row);
    const id = context.req.param('id');
    const segment = release && (await releasedSegment(port.db, site.row, release.version, id));
    if (segment !== undefined) return answerJson(context, JSON.parse(segment) as object);
    const rule = (await shownRuleSegments(port.db, site.row)).find((one) => one.id === id);
    if (rule === undefined) return problem('not_found', 'List the segments to see which there are.');
    return answerJson(context, rule);
  });

  app.get('/v1/sites/:site/ledger', describeLedger, requireScope('ledger:read'), async (context) => {
    const site = context.get('site');
    const today = Math.floor(port.now() / DAY_MS);
    const entries = await readLedger(port.db, site.row, today - LEDGER_DAYS_DEFAULT + 1);
    return answerJson(context, {
      site: site.id,
      entries: entries.map(({ day, outcome, reason, events }) => ({
        date: new Date(day * DAY_MS).toISOString().slice(0, 10),
        outcome,
        reason,
        events,
      })),
    });
  });
  app.route('/', createDeadLetters(port, requireScope, replayLetters));
  const parts = reportParts(port);
  app.route('/', createReports(parts, requireScope));
  app.route('/', createAlerts(parts, requireScope));
  app.route('/', createAnnotations(port, requireScope));
  app.route('/', createRuleSegments(parts, requireScope));
  app.route('/', createSiteTraits(port, requireScope));
  app.route('/', createModels(parts, requireScope));
  app.route('/', createRelations(parts, requireScope));
  app.route('/', createMembers(parts, requireScope));
  app.route('/', createRuns(port, requireScope));
  app.route('/', createReleases(port, requireScope));
  app.route('/', createInsights(port, requireScope));
  app.route('/', createLiveStream(port, requireScope));
  return app;
}
