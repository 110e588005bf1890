// edge/own-segments.ts: GET /v1/me/segments: the segments of a visitor, for the page in that visitor's own browser.
//
// The browser shows the first-party id that it keeps: 128 random bits that nobody else has. Nobody is told that an id is unknown,
// has no consent or no segment: all of these are an empty list.
import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import * as v from 'valibot';
import type { FirstPartyId } from '../contract/index.ts';
import { parseFirstPartyId, parseSiteId, PURPOSE_BIT } from '../contract/index.ts';
import { IDENTIFY_EVENT, truncateAddress } from '../core/index.ts';
import type { OwnSegments, Site } from '../store/index.ts';
import { findSite, readOwnSegments, visitorsOfKeys } from '../store/index.ts';
import { hasGpc } from './collector/consent-status.ts';
import { knownVisitorKeys } from './collector/known-visitor.ts';
import { createAddressNames } from './http/address-name.ts';
import { answer, refusal } from './http/describe.ts';
import { problem } from './http/problem.ts';
import { createRateLimit } from './http/rate-limit.ts';
import type { Port } from './port.ts';

const PATH = '/v1/me/segments';
/** The header that carries the id; not the address, which logs and referrers hold. */
const ID_HEADER = 'Hushtag-Visitor';
/** Questions of one network: a page asks once a view. */
const NETWORK_RATE = { perSecond: 5, burst: 100 };
/** How long a browser may keep the answer, seconds. */
const KEEP_SECONDS = 5;

const schema = v.object({ segments: v.array(v.string()), withheld: v.optional(v.literal('login')) });

const describeOwn = describeRoute({
  summary: 'The segments of the visitor whose browser shows its id; none without consent to personalise',
  parameters: [
    { name: 'site', in: 'query', required: true, schema: { type: 'string' } },
    { name: ID_HEADER, in: 'header', required: true, schema: { type: 'string' }, description: 'The first-party id' },
  ],
  responses: {
    200: answer(schema, 'Ids of segments'),
    400: refusal('No such site, or no id'),
    403: refusal('Not a page of the site'),
    429: refusal('Too many questions of one network'),
  },
});

/**
 * What may be told. The browser's id proves the browser and not a login: anybody can tell a page that they are somebody else, so the
 * segments of a browser that was ever identified are not told (as in docs/privacy.md).
 */
function shownOf(own: OwnSegments, { readProfile }: Port): v.InferOutput<typeof schema> {
  const profiles = own.states.map(readProfile);
  const agreed = profiles.reduce((bits, { purposes }) => bits | purposes, 0) & ~own.withdrawn;
  const latest = own.receiptPurposes ?? agreed;
  if ((agreed & latest & PURPOSE_BIT.personalise) === 0) return { segments: [] };
  const wasIdentified = own.isLinked || profiles.some(({ names }) => names.has(IDENTIFY_EVENT));
  return wasIdentified ? { segments: [], withheld: 'login' } : { segments: [...own.segments] };
}

/** Makes the route. */
export function createOwnSegments(port: Port): Hono {
  const app = new Hono();
  const limit = createRateLimit(NETWORK_RATE);
  const nameOf = createAddressNames(port);

  const ownOf = async (site: Site, id: FirstPartyId): Promise<v.InferOutput<typeof schema>> => {
    const keys = await knownVisitorKeys(port, site, id, port.now());
    const visitors = await visitorsOfKeys(port.db, site.row, keys);
    return visitors.length === 0 ? { segments: [] } : shownOf(await readOwnSegments(port.db, site.row, visitors), port);
  };

  app.get(PATH, describeOwn, async (context) => {
    const origin = context.req.header('origin');
    const cors: Record<string, string> = {
      vary: `Origin, ${ID_HEADER}`,
      ...(origin === undefined ? {} : { 'access-control-allow-origin': origin }),
    };
    const siteId = parseSiteId(context.req.query('site'));
    const site = siteId.ok ? await findSite(port.db, siteId.value) : undefined;
    if (site === undefined) return problem('unknown_site', 'Name a site: ?site=…', cors);
    // A page of the collector's own host sends no Origin with a GET.
    if (origin !== undefined && !site.origins.includes(origin)) {
      return problem('origin_not_allowed', 'Ask from a page of the site.', cors);
    }
    const id = parseFirstPartyId(context.req.header(ID_HEADER));
    if (!id.ok) return problem('malformed_request', `Send the id that the tag keeps as ${ID_HEADER}.`, cors);
    const address = port.clientAddress(context.req.raw, context.env);
    const network = (address === undefined ? undefined : truncateAddress(address)) ?? 'none';
    const waitMs = limit(nameOf(site.row, network, port.now()), 1, port.now());
    if (waitMs > 0) {
      return problem('rate_limited', 'Wait as long as Retry-After says.', {
        ...cors,
        'retry-after': String(Math.ceil(waitMs / 1_000)),
      });
    }
    // C2: with Global Privacy Control there is no personalising, whatever was agreed to.
    const own = hasGpc(context.req.header('sec-gpc')) ? { segments: [] } : await ownOf(site, id.value);
    return context.json(own, 200, { ...cors, 'cache-control': `private, max-age=${KEEP_SECONDS}` });
  });
  app.options(PATH, (context) =>
    context.body(null, 204, {
      'access-control-allow-origin': context.req.header('origin') ?? '*',
      vary: 'Origin',
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': ID_HEADER.toLowerCase(),
      'access-control-max-age': '86400',
    }),
  );
  return app;
}
