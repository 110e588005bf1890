// edge/api/privacy/visitor.ts: what a visitor's own browser may ask, showing the id it keeps: access, erasure, objection.
//
// The id is 128 random bits that nobody else has, so showing it is the proof. The page must be one of the site's all the
// same, and an address may ask a few times an hour: that bounds what a stolen list of ids could do unnoticed.
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { SiteId } from '../../../contract/index.ts';
import { DAY_MS } from '../../../contract/index.ts';
import { truncateAddress } from '../../../core/index.ts';
import type { Site } from '../../../store/index.ts';
import { addRequestStep, findSite, hasLetterOf, visitorsOfKeys } from '../../../store/index.ts';
import { createAddressNames } from '../../http/address-name.ts';
import { HTML_HEADERS } from '../../http/html.ts';
import { problem } from '../../http/problem.ts';
import { createRateLimit } from '../../http/rate-limit.ts';
import { receiveBytes } from '../../http/receive.ts';
import type { Port } from '../../port.ts';
import { IDEMPOTENCY_HELP, idempotencyKeyOf } from '../idempotency-key.ts';
import { fileLanguageOf } from './access-words.ts';
import { makeAccessFile } from './access-file.ts';
import { accessHtml } from './access-html.ts';
import { answerRequest } from './answer-request.ts';
import type { RightsNeeds, Subject } from './needs.ts';
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

/**
 * Requests of ids that a site has nothing of: of one network and of the site, a day. Anybody can make such ids up, and each
 * request is kept (its tombstone or objection must meet events that are still under way). They have an allowance of their
 * own, so that however many are made up, those of people who are known go on.
 */
const UNKNOWN_OF_NETWORK_PER_DAY = 20;
const UNKNOWN_OF_SITE_PER_DAY = 1_000;
const UNKNOWN_AT_ONCE = 100;
const DAY_S: number = DAY_MS / 1_000;

/** Waits that an asker has to keep, in ms; 0 where there is none. */
interface Patience {
  /** Before anything is looked at. */
  readonly ofAnybody: (site: number, address: string | undefined) => number;
  /** Once it is known whether the site has something of theirs. */
  readonly ofOne: (site: number, address: string | undefined, isKnown: boolean) => number;
}

function createPatience(port: Port): Patience {
  const ofNetwork = createRateLimit({ perSecond: VISITOR_REQUESTS_PER_HOUR / 3_600, burst: VISITOR_REQUESTS_PER_HOUR });
  const ofSite = createRateLimit({ perSecond: SITE_REQUESTS_PER_SECOND, burst: SITE_REQUESTS_AT_ONCE });
  const unknownOfNetwork = createRateLimit({
    perSecond: UNKNOWN_OF_NETWORK_PER_DAY / DAY_S,
    burst: UNKNOWN_OF_NETWORK_PER_DAY,
  });
  const unknownOfSite = createRateLimit({ perSecond: UNKNOWN_OF_SITE_PER_DAY / DAY_S, burst: UNKNOWN_AT_ONCE });
  const addressName = createAddressNames(port);
  const nameOf = (site: number, address: string | undefined): number =>
    addressName(site, (address === undefined ? undefined : truncateAddress(address)) ?? 'none', port.now());
  return {
    ofAnybody: (site, address) => ofNetwork(nameOf(site, address), 1, port.now()),
    ofOne: (site, address, isKnown) => {
      const now = port.now();
      if (isKnown) return ofSite(site, 1, now);
      return unknownOfNetwork(nameOf(site, address), 1, now) || unknownOfSite(site, 1, now);
    },
  };
}

/** Whether anything that is stored can be told to be theirs. */
async function hasAnything({ db, identify }: RightsNeeds, site: Site, subject: Subject): Promise<boolean> {
  const identified = await identify(site, subject);
  if (!identified.ok) return false;
  const { visitors } = identified.value;
  return (await visitorsOfKeys(db, site.row, visitors)).length > 0 || (await hasLetterOf(db, site.row, visitors));
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
    const { kind, subject } = read.value;
    const address = port.clientAddress(context.req.raw, context.env);
    const waitMs =
      patience.ofAnybody(site.row, address) ||
      patience.ofOne(site.row, address, await hasAnything(needs, site, subject));
    if (waitMs > 0) {
      const headers = { ...cors, 'retry-after': String(Math.ceil(waitMs / 1_000)) };
      return problem('rate_limited', 'Wait as long as Retry-After says.', headers);
    }
    const key = idempotencyKeyOf(context);
    if (!key.ok) return problem(key.error, IDEMPOTENCY_HELP, cors);
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
    return context.body(accessHtml(file, fileLanguageOf(context.req.header('accept-language'))), 200, {
      ...cors,
      ...HTML_HEADERS,
    });
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
