// edge/api/privacy/visitor.ts: what a visitor's own browser may ask, showing the id it keeps: access, erasure, objection.
//
// The id is 128 random bits that nobody else has, so showing it is the proof. The page must be one of the site's all the
// same, and an address may ask a few times an hour: that bounds what a stolen list of ids could do unnoticed.
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { SiteId } from '../../../contract/index.ts';
import { truncateAddress } from '../../../core/index.ts';
import { addRequestStep, findSite } from '../../../store/index.ts';
import { createAddressNames } from '../../http/address-name.ts';
import { HTML_HEADERS } from '../../http/html.ts';
import { problem } from '../../http/problem.ts';
import { createRateLimit } from '../../http/rate-limit.ts';
import { receiveBytes } from '../../http/receive.ts';
import type { Port } from '../../port.ts';
import { IDEMPOTENCY_HELP, idempotencyKeyOf } from '../idempotency-key.ts';
import { makeAccessFile } from './access-file.ts';
import { accessHtml } from './access-html.ts';
import { answerRequest } from './answer-request.ts';
import type { RightsNeeds } from './needs.ts';
import { describeVisitorAsk } from './openapi.ts';
import { ASK_BYTES_MAX, readVisitorAsk } from './read-ask.ts';
import { shownRequest } from './shown.ts';

/** Requests of one network an hour, and at once. */
export const VISITOR_REQUESTS_PER_HOUR = 10;
/** Requests of one site a second: each may read the site's whole history. */
const SITE_REQUESTS_PER_SECOND = 1;
const SITE_REQUESTS_AT_ONCE = 10;
const PATH = '/v1/privacy/requests';

const corsOf = (origin: string | undefined): Record<string, string> =>
  origin === undefined
    ? {}
    : { 'access-control-allow-origin': origin, 'access-control-expose-headers': 'Retry-After', vary: 'Origin' };

/** Waits that an asker has to keep. @returns 0, or the milliseconds to wait. */
function createPatience(port: Port): (site: number, address: string | undefined) => number {
  const ofNetwork = createRateLimit({ perSecond: VISITOR_REQUESTS_PER_HOUR / 3_600, burst: VISITOR_REQUESTS_PER_HOUR });
  const ofSite = createRateLimit({ perSecond: SITE_REQUESTS_PER_SECOND, burst: SITE_REQUESTS_AT_ONCE });
  const nameOf = createAddressNames(port);
  return (site, address) => {
    const now = port.now();
    const network = (address === undefined ? undefined : truncateAddress(address)) ?? 'none';
    return ofNetwork(nameOf(site, network, now), 1, now) || ofSite(site, 1, now);
  };
}

/** Makes the visitor's route. */
export function createVisitorRoutes(port: Port, needs: RightsNeeds): Hono {
  const app = new Hono();
  const patience = createPatience(port);

  const answer = async (context: Context): Promise<Response> => {
    const origin = context.req.header('origin');
    const cors = corsOf(origin);
    const body = await receiveBytes(context.req.raw, ASK_BYTES_MAX);
    if (!body.ok) return problem(body.error, `Send at most ${ASK_BYTES_MAX} bytes.`, cors);
    const read = readVisitorAsk(new TextDecoder().decode(body.value));
    if (!read.ok) return problem(read.error, 'Send {"site": …, "kind": …, "first_party_id": …}.', cors);
    const site = await findSite(port.db, read.value.site as SiteId);
    if (site === undefined) return problem('unknown_site', 'Mend the name of the site.', cors);
    if (origin === undefined || !site.origins.includes(origin)) {
      return problem('origin_not_allowed', 'Ask from a page of the site.', cors);
    }
    const waitMs = patience(site.row, port.clientAddress(context.req.raw, context.env));
    if (waitMs > 0) {
      const headers = { ...cors, 'retry-after': String(Math.ceil(waitMs / 1_000)) };
      return problem('rate_limited', 'Wait as long as Retry-After says.', headers);
    }
    const key = idempotencyKeyOf(context);
    if (!key.ok) return problem(key.error, IDEMPOTENCY_HELP, cors);
    const { kind, subject } = read.value;
    const answered = await answerRequest(needs, site, { kind, subject, askedBy: 'visitor', ...key.value });
    if (!answered.ok) return problem(answered.error, 'Use a new key for another request.', cors);
    const request = answered.value;
    const shown = { request: shownRequest(request, port.now()) };
    const headers = { ...cors, 'cache-control': 'private, no-store' };
    if (kind !== 'access') return context.json(shown, request.status === 'open' ? 202 : 200, headers);
    const at = port.now();
    const entry = { kind: 'visitor_read', site: site.id, request: request.id, by: 'visitor', at } as const;
    await addRequestStep(port.db, site, request.id, 'file_given', at, entry);
    const file = await makeAccessFile(needs, site, request);
    if (!(context.req.header('accept') ?? '').includes('text/html'))
      return context.json({ ...shown, file }, 200, headers);
    return context.body(accessHtml(file), 200, { ...cors, ...HTML_HEADERS });
  };

  app.post(PATH, describeVisitorAsk, answer);
  app.options(PATH, (context) =>
    // The same for every origin, as at /v1/collect: which sites exist is not told before a message names one.
    context.body(null, 204, {
      ...corsOf(context.req.header('origin')),
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type, idempotency-key',
      'access-control-max-age': '86400',
    }),
  );
  return app;
}
