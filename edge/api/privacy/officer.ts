// edge/api/privacy/officer.ts: what a privacy officer's token may do: open requests, follow them, fetch files.
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { RequestStatus } from '../../../store/index.ts';
import { addRequestStep, findRequest, listRequests, REQUESTS_MAX } from '../../../store/index.ts';
import { HTML_HEADERS } from '../../http/html.ts';
import { problem } from '../../http/problem.ts';
import { receiveBytes } from '../../http/receive.ts';
import type { TokenKeys } from '../../http/tokens.ts';
import type { Port } from '../../port.ts';
import { IDEMPOTENCY_HELP, idempotencyKeyOf } from '../idempotency-key.ts';
import { pageReader } from '../read-json.ts';
import type { ApiEnv } from '../require-scope.ts';
import { privateJson, scopesOf } from '../require-scope.ts';
import { fileLanguageOf } from './access-words.ts';
import { makeAccessFile } from './access-file.ts';
import { accessHtml } from './access-html.ts';
import { answerRequest } from './answer-request.ts';
import type { Ask, RightsNeeds } from './needs.ts';
import { describeAsk, describeFile, describeRequest, describeRequests } from './openapi.ts';
import { ASK_BYTES_MAX, readOfficerAsk } from './read-ask.ts';
import { shownRequest } from './shown.ts';

const STATUSES: ReadonlySet<string> = new Set<RequestStatus>(['open', 'done', 'not_identified']);
const ASK_HELP =
  'Send {"kind": "access" | "erasure" | "objection" | "objection_withdrawal" | "unlink", "subject": {"first_party_id": …} or {"account": {"user_id" | "email" | "phone": …}}}. A phone number begins with + and its country.';

const readRequestsPage = pageReader({ usual: REQUESTS_MAX, max: REQUESTS_MAX });

async function list(context: Context<ApiEnv>, { db, now }: Port): Promise<Response> {
  const status = context.req.query('status');
  // `before` is what the cursor was called first.
  const asked = readRequestsPage(context);
  if (!asked.ok) return asked.error;
  const { limit, cursor: before = context.req.query('before') } = asked.value;
  if ((status !== undefined && !STATUSES.has(status)) || (before !== undefined && !/^\d{1,15}$/.test(before))) {
    return problem(
      'malformed_request',
      `status is one of ${[...STATUSES].join(', ')}; cursor is the "next" of the page before.`,
    );
  }
  const requests = await listRequests(db, context.get('site').row, {
    ...(status === undefined ? {} : { status: status as RequestStatus }),
    ...(before === undefined ? {} : { before: Number(before) }),
    limit,
  });
  const next = requests.length === limit ? String(requests.at(-1)?.seq) : null;
  return privateJson(context, { requests: requests.map((one) => shownRequest(one, now())), next });
}

/** Makes the officer's routes. */
export function createOfficerRoutes(port: Port, tokenKeys: () => Promise<TokenKeys>, needs: RightsNeeds): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const requireScope = scopesOf(port, tokenKeys);
  const [reading, writing] = [requireScope('privacy:read'), requireScope('privacy:write')];
  const base = '/v1/sites/:site/privacy/requests';

  app.post(base, describeAsk, writing, async (context) => {
    const body = await receiveBytes(context.req.raw, ASK_BYTES_MAX);
    if (!body.ok) return problem(body.error, `Send at most ${ASK_BYTES_MAX} bytes.`);
    const read = readOfficerAsk(
      new TextDecoder().decode(body.value),
      context.get('site').policy.callingCode || undefined,
    );
    if (!read.ok) return problem(read.error, ASK_HELP);
    const key = idempotencyKeyOf(context);
    if (!key.ok) return problem(key.error, IDEMPOTENCY_HELP);
    const ask: Ask = { ...read.value, ...key.value, askedBy: 'officer' };
    const answered = await answerRequest(needs, context.get('site'), ask);
    if (!answered.ok) return problem(answered.error, 'Use a new key for another request.');
    return privateJson(context, shownRequest(answered.value, port.now()), answered.value.status === 'open' ? 202 : 200);
  });

  app.get(base, describeRequests, reading, (context) => list(context, port));

  app.get(`${base}/:id`, describeRequest, reading, async (context) => {
    const request = await findRequest(port.db, context.get('site').row, context.req.param('id'));
    if (request === undefined) return problem('not_found', 'List the requests to see which there are.');
    return privateJson(context, shownRequest(request, port.now()));
  });

  app.get(`${base}/:id/file`, describeFile, reading, async (context) => {
    const [site, now] = [context.get('site'), port.now()];
    const request = await findRequest(port.db, site.row, context.req.param('id'));
    if (request?.kind !== 'access') return problem('not_found', 'Only a request of the kind access has a file.');
    // Before the file is read: a read that could not be recorded must not happen.
    await addRequestStep(port.db, site, request.id, 'file_given', now, {
      kind: 'visitor_read',
      site: site.id,
      request: request.id,
      token: context.get('token'),
      by: 'officer',
      at: now,
    });
    const file = await makeAccessFile(needs, site, request);
    if (!(context.req.header('accept') ?? '').includes('text/html')) return privateJson(context, file);
    return context.body(accessHtml(file, fileLanguageOf(context.req.header('accept-language'))), 200, {
      ...HTML_HEADERS,
    });
  });
  return app;
}
