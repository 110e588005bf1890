// edge/api/privacy/record-routes.ts: documents for the officer: GET …/privacy/ropa, dpia and breach.
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { EpochMs } from '../../../contract/index.ts';
import { HTML_HEADERS } from '../../http/html.ts';
import { problem } from '../../http/problem.ts';
import type { TokenKeys } from '../../http/tokens.ts';
import type { Port } from '../../port.ts';
import type { ApiEnv } from '../require-scope.ts';
import { privateJson, scopesOf } from '../require-scope.ts';
import type { PrivacyDocument } from './documents.ts';
import { documentHtml, documentMarkdown } from './documents.ts';
import type { RightsNeeds } from './needs.ts';
import { describeBreach, describeDpia, describeRopa } from './openapi.ts';
import { makeBreachPack, makeDpia, makeRopa } from './records.ts';

/** Answers in the form that is asked for: a page, Markdown, else JSON. */
function answerDocument(context: Context<ApiEnv>, document: PrivacyDocument): Response {
  const accept = context.req.header('accept') ?? '';
  if (accept.includes('text/html')) return context.body(documentHtml(document), 200, { ...HTML_HEADERS });
  if (!accept.includes('text/markdown')) return privateJson(context, document);
  const headers = { 'content-type': 'text/markdown; charset=utf-8', 'cache-control': 'private, no-store' };
  return context.body(documentMarkdown(document), 200, headers);
}

const instant = (text: string | undefined): EpochMs | undefined => {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) || at < 0 ? undefined : (at as EpochMs);
};

/** Makes the routes. */
export function createRecordRoutes(port: Port, tokenKeys: () => Promise<TokenKeys>, needs: RightsNeeds): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const reading = scopesOf(port, tokenKeys)('privacy:read');
  const base = '/v1/sites/:site/privacy';
  app.get(`${base}/ropa`, describeRopa, reading, async (context) =>
    answerDocument(context, await makeRopa(needs, context.get('site'))),
  );
  app.get(`${base}/dpia`, describeDpia, reading, async (context) =>
    answerDocument(context, await makeDpia(needs, context.get('site'))),
  );
  app.get(`${base}/breach`, describeBreach, reading, async (context) => {
    const [from, to] = [instant(context.req.query('from')), instant(context.req.query('to'))];
    if (from !== undefined && to !== undefined && from >= to)
      return problem('malformed_request', '`from` is not before `to`: a window begins before it ends.');
    if (from === undefined || to === undefined) {
      return problem('malformed_request', 'Name the window: ?from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z.');
    }
    return answerDocument(context, await makeBreachPack(needs, context.get('site'), from, to));
  });
  return app;
}
