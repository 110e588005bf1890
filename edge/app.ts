// edge/app.ts: one Hono core of two apps: the public collector and the authenticated API, with health and description.
import type { MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import { routePath } from 'hono/route';
import { toHex } from '../core/index.ts';
import { createLoginPatience } from './api/access/login-patience.ts';
import { createOidcRoutes } from './api/access/oidc.ts';
import { createPeopleRoutes } from './api/access/people.ts';
import { createSessionRoutes } from './api/access/session.ts';
import { createTokenRoutes } from './api/access/tokens.ts';
import { createApi } from './api/app.ts';
import { createExports } from './api/exports.ts';
import type { PrepareImport } from './api/imports.ts';
import { createImports } from './api/imports.ts';
import { createOfficerRoutes } from './api/privacy/officer.ts';
import { createAuditRoutes } from './api/privacy/audit-log.ts';
import { createConsentFunnel } from './api/privacy/consent-funnel.ts';
import { createKeptRoute } from './api/privacy/kept.ts';
import { createPolicyRoutes } from './api/privacy/policy.ts';
import { createRecordRoutes } from './api/privacy/record-routes.ts';
import { scopesOf } from './api/require-scope.ts';
import { createSiteSettings } from './api/site-settings.ts';
import { createVisitorRoutes } from './api/privacy/visitor.ts';
import { createCollector } from './collector/app.ts';
import { createCollect } from './collector/collect.ts';
import { createImport, createImportRuns } from './collector/import.ts';
import { createIngest } from './collector/ingest.ts';
import { describeEvents, describeImport } from './collector/ingest-openapi.ts';
import type { WaysIn } from './collector/ways-in.ts';
import { createWaysIn } from './collector/ways-in.ts';
import { createConsoleServer } from './http/console-server.ts';
import { createHealth } from './health.ts';
import { describeEdge } from './document.ts';
import { docsPage } from './docs-page.ts';
import { apiQuota } from './http/api-quota.ts';
import type { Handler } from './http/exchange.ts';
import { responseOf, serveByHono } from './http/exchange.ts';
import { answerFault } from './http/fault.ts';
import { REPLAY_LETTERS_MAX, replayLetters } from './collector/replay-letters.ts';
import { HTML_HEADERS } from './http/html.ts';
import { problem } from './http/problem.ts';
import { createOwnSegments } from './own-segments.ts';
import { headersFor } from './http/security-headers.ts';
import { createMetrics } from './metrics.ts';
import { createTagServer } from './http/tag-server.ts';
import { createTokenKeys } from './http/token-keyring.ts';
import type { Port } from './port.ts';
import { rightsNeeds } from './rights.ts';

const REQUEST_ID_BYTES = 8;

interface Env {
  readonly Variables: { readonly requestId: string };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Methods that a route of its own answers at a path; what every method passes (middleware) does not count. */
function methodsAt(app: Hono<Env>, path: string): readonly string[] {
  const routesFor = (method: string): number => app.router.match(method, path)[0].length;
  const always = routesFor('PROPFIND');
  return METHODS.filter((method) => routesFor(method) > always);
}

/** The edge as a runtime serves it. */
export interface Edge {
  readonly fetch: (request: Request, env?: unknown) => Response | Promise<Response>;
  /** Routes that a platform may serve without Request and Response, by method and path; `fetch` answers them the same. */
  readonly direct: ReadonlyMap<string, Handler>;
  /** Every route there is, for the test that none of them lacks a rule of access. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
}

/** Tells of a request by its route's template: its path, query and headers are in no span (P1). */
function tellRequest(port: Port, startedAt: number, method: string, route: string, status: number): void {
  const isKnown = METHODS.some((one) => one === method);
  port.onSpan?.({
    name: `${isKnown ? method : 'HTTP'} ${route}`,
    kind: 'server',
    startedAt,
    durationMs: port.now() - startedAt,
    isFailed: status >= 500,
    attributes: {
      'http.request.method': isKnown ? method : '_OTHER',
      'http.route': route,
      'http.response.status_code': status,
    },
  });
}

const traced =
  (port: Port): MiddlewareHandler =>
  async (context, next) => {
    const startedAt = port.now();
    await next();
    tellRequest(port, startedAt, context.req.method, routePath(context, -1), context.res.status);
  };

const directTraced =
  (port: Port, path: string, handler: Handler): Handler =>
  async (asked) => {
    const startedAt = port.now();
    const answered = await handler(asked);
    tellRequest(port, startedAt, 'POST', path, answered.status);
    return answered;
  };

/** What the app does around every route, for a route that is served without it. */
const direct = (port: Port, path: string, handler: Handler): Handler => {
  const always = headersFor(path);
  const served: Handler = async (asked) => {
    const requestId = toHex(port.randomBytes(REQUEST_ID_BYTES));
    const { status, headers, body } = await handler(asked).catch((fault: unknown) =>
      answerFault(port, fault, requestId, path),
    );
    return { status, body, headers: { ...headers, 'x-request-id': requestId, ...always } };
  };
  return port.onSpan === undefined ? served : directTraced(port, path, served);
};

/** Makes the edge for a platform. */
export function createEdge(port: Port): Edge {
  const tokenKeys = createTokenKeys(port);
  const ways = createWaysIn(port, tokenKeys);
  const [collect, ingest] = [createCollect(ways), createIngest(ways)];
  const app = createApp(ways, collect, ingest);
  return {
    fetch: (request, env) => app.fetch(request, env ?? {}),
    direct: new Map([
      ['POST /v1/collect', direct(port, '/v1/collect', collect)],
      ['POST /v1/events', direct(port, '/v1/events', ingest)],
    ]),
    routes: app.routes.map(({ method, path }) => ({ method, path })),
  };
}

/** The routes that a token or a session opens, and those of visitors. Each asks for its scope itself. */
function mountApi(app: Hono<Env>, { port, tokenKeys }: WaysIn, prepareImport: PrepareImport): void {
  const quota = apiQuota(port);
  for (const path of ['/v1/sites/*', '/v1/people/*']) app.use(path, quota);
  app.route(
    '/',
    createApi(port, tokenKeys, (site, { letters, reason, after, mapping, dryRun }) =>
      replayLetters(port, site, {
        choice: letters ? { letters } : { after, limit: REPLAY_LETTERS_MAX, ...(reason ? { reason } : {}) },
        mapping,
        dryRun,
      }),
    ),
  );
  const patience = createLoginPatience(port);
  app.route('/', createSessionRoutes(port, tokenKeys, patience));
  app.route('/', createOidcRoutes(port, patience));
  app.route('/', createTokenRoutes(port, tokenKeys));
  app.route('/', createPeopleRoutes(port, tokenKeys));
  app.route('/', createSiteSettings(port, tokenKeys));
  const rights = rightsNeeds(port);
  app.route('/', createOfficerRoutes(port, tokenKeys, rights));
  app.route('/', createVisitorRoutes(port, rights));
  app.route('/', createOwnSegments(port));
  app.route('/', createRecordRoutes(port, tokenKeys, rights));
  const requireScope = scopesOf(port, tokenKeys);
  app.route('/', createImports(port, requireScope, prepareImport));
  app.route('/', createExports(port, requireScope));
  app.route('/', createKeptRoute(rights, requireScope));
  app.route('/', createConsentFunnel(port, requireScope));
  app.route('/', createPolicyRoutes(port, requireScope));
  app.route('/', createAuditRoutes(port, requireScope));
}

/** The description of all routes, for programs and for people; the same until the server is replaced. */
function mountDescription(app: Hono<Env>): void {
  let made: Promise<{ readonly json: string; readonly page: string }> | undefined;
  const description = () => {
    made ??= describeEdge(app).then((document) => ({ json: JSON.stringify(document), page: docsPage(document) }));
    return made;
  };
  const cache = { 'cache-control': 'public, max-age=300' };
  app.get('/openapi.json', async (context) =>
    context.body((await description()).json, 200, { ...cache, 'content-type': 'application/json' }),
  );
  app.get('/docs', async (context) => context.body((await description()).page, 200, { ...HTML_HEADERS, ...cache }));
}

function createApp(ways: WaysIn, collect: Handler, ingest: Handler): Hono<Env> {
  const { port, tokenKeys } = ways;
  const app = new Hono<Env>();

  if (port.onSpan !== undefined) app.use(traced(port));
  app.use(async (context, next) => {
    const requestId = toHex(port.randomBytes(REQUEST_ID_BYTES));
    context.set('requestId', requestId);
    context.header('x-request-id', requestId);
    const headers = headersFor(context.req.path);
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    await next();
    // Answers made outside the context lack them; those it made are left untouched, which Node can then send as they are.
    if (context.res.status >= 400) {
      context.res.headers.set('x-request-id', requestId);
      for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
    }
  });
  app.onError((fault, context) =>
    responseOf(answerFault(port, fault, context.get('requestId'), context.req.routePath)),
  );
  app.notFound((context) => {
    const allowed = methodsAt(app, context.req.path);
    return allowed.length === 0
      ? problem('not_found', 'See /openapi.json for what there is.')
      : problem('method_not_allowed', `Use ${allowed.join(' or ')}.`, { allow: allowed.join(', ') });
  });

  app.route('/', createMetrics(port));
  app.route('/', createHealth(port, tokenKeys));
  app.route('/', createTagServer(port.tags));
  app.route('/', createConsoleServer(port));
  app.route('/', createCollector(port, collect));
  const prepareImport = createImportRuns(ways);
  app.post('/v1/import', describeImport, createImport(ways, prepareImport));
  app.post('/v1/events', describeEvents, serveByHono(ingest, port));
  mountApi(app, ways, prepareImport);
  mountDescription(app);
  return app;
}
