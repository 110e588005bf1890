// edge/api/app.ts: the authenticated app: what marketers and officers read. Every route needs a token of its site (P6, P7).
import type { Context, MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import { DAY_MS, parseSiteId } from '../../contract/index.ts';
import type { Site } from '../../store/index.ts';
import {
  currentRelease,
  findSite,
  readLedger,
  releasedModel,
  releasedSegment,
  releasedSegments,
} from '../../store/index.ts';
import { problem } from '../http/problem.ts';
import type { Scope, TokenKeys } from '../http/tokens.ts';
import { verifyToken } from '../http/tokens.ts';
import type { Port } from '../port.ts';
import { describeLedger, describeSegment, describeSegments } from './openapi.ts';

interface Env {
  readonly Variables: { readonly site: Site };
}

/** Days of the ledger answered where the caller names no start. */
const LEDGER_DAYS_DEFAULT = 30;

/** Admits a request whose token is for the site in its path and has the scope. Other sites don't exist for it (404). */
function requireScope(port: Port, tokenKeys: () => Promise<TokenKeys>, scope: Scope): MiddlewareHandler<Env> {
  return async (context, next) => {
    const grant = await verifyToken(await tokenKeys(), context.req.header('authorization'), port.now());
    if (!grant.ok)
      return problem(grant.error, 'Make a token with `hushtag token` and send it as Authorization: Bearer …');
    const asked = parseSiteId(context.req.param('site'));
    // The site comes from the token; the path must agree with it (P7).
    const site = asked.ok && asked.value === grant.value.site ? await findSite(port.db, grant.value.site) : undefined;
    if (site === undefined) return problem('not_found', 'Check the site in the path against the token.');
    if (!grant.value.scopes.has(scope)) return problem('scope_missing', `This needs the scope ${scope}.`);
    context.set('site', site);
    return next();
  };
}

const json = (context: Context<Env>, body: unknown): Response => {
  context.header('cache-control', 'private, no-store');
  return context.json(body as object);
};

/** Makes the authenticated app. */
export function createApi(port: Port, tokenKeys: () => Promise<TokenKeys>): Hono<Env> {
  const app = new Hono<Env>();
  const segmentsScope = requireScope(port, tokenKeys, 'segments:read');

  app.get('/v1/sites/:site/segments', describeSegments, segmentsScope, async (context) => {
    const site = context.get('site');
    const release = await currentRelease(port.db, site.row);
    if (release === undefined) return json(context, { site: site.id, version: null, model: null, segments: [] });
    const model = await releasedModel(port.db, site.row, release.version);
    const segments = await releasedSegments(port.db, site.row, release.version);
    return json(context, {
      site: site.id,
      version: release.version,
      model: model === undefined ? null : (JSON.parse(model) as unknown),
      segments: segments.map((segment): unknown => JSON.parse(segment)),
    });
  });

  app.get('/v1/sites/:site/segments/:id', describeSegment, segmentsScope, async (context) => {
    const site = context.get('site');
    const release = await currentRelease(port.db, site.row);
    const segment = release && (await releasedSegment(port.db, site.row, release.version, context.req.param('id')));
    if (segment === undefined) return problem('not_found', 'List the segments to see which there are.');
    return json(context, JSON.parse(segment));
  });

  app.get('/v1/sites/:site/ledger', describeLedger, requireScope(port, tokenKeys, 'ledger:read'), async (context) => {
    const site = context.get('site');
    const today = Math.floor(port.now() / DAY_MS);
    const entries = await readLedger(port.db, site.row, today - LEDGER_DAYS_DEFAULT + 1);
    return json(context, {
      site: site.id,
      entries: entries.map(({ day, outcome, reason, events }) => ({
        date: new Date(day * DAY_MS).toISOString().slice(0, 10),
        outcome,
        reason,
        events,
      })),
    });
  });
  return app;
}
