// edge/collector/app.ts: the public write path: POST /v1/collect. Write-only: it answers nothing it did not just receive.
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { SiteId } from '../../contract/index.ts';
import { BODY_BYTES_MAX, DAY_MS, IMPORT_BODY_BYTES_MAX } from '../../contract/index.ts';
import type { DecodedBatch } from '../../contract/wire-decode.ts';
import { decodeBatch } from '../../contract/wire-decode.ts';
import { truncateAddress } from '../../core/index.ts';
import type { LedgerLine, Site } from '../../store/index.ts';
import { findSite, UNKNOWN_SITE } from '../../store/index.ts';
import type { ProblemName } from '../http/problem.ts';
import { problem } from '../http/problem.ts';
import type { Grant, TokenKeys } from '../http/tokens.ts';
import { verifyToken } from '../http/tokens.ts';
import type { Port } from '../port.ts';
import { acceptBatch } from './accept-batch.ts';
import { createKeyring } from './keyring.ts';
import { describeCollect } from './openapi.ts';
import { receiveText } from './receive.ts';
import { cacheSites } from './site-cache.ts';

/** Characters of a user agent that count; nobody's is longer, and the HMAC reads them all. */
const USER_AGENT_CHARS_MAX = 512;

const corsHeaders = (origin: string): Readonly<Record<string, string>> => ({
  'access-control-allow-origin': origin,
  'access-control-allow-credentials': 'true',
  vary: 'Origin',
});

/** A message whose sender may write to its site. */
interface Admitted {
  readonly site: Site;
  readonly batch: DecodedBatch;
  readonly imported: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes the collector's app. */
export function createCollector(port: Port, tokenKeys: () => Promise<TokenKeys>): Hono {
  const saltHmac = createKeyring(port);
  const siteOf = cacheSites((id: SiteId) => findSite(port.db, id), port.now);

  const count = async (site: number, reason: string, events: number): Promise<void> => {
    const ledger: LedgerLine[] = [
      { outcome: 'received', reason: '', events },
      { outcome: 'invalid', reason, events },
    ];
    await port.write({ site, day: Math.floor(port.now() / DAY_MS), rows: [], ledger });
  };

  // Counted without a site: whoever sent it was not shown to be the site it names (P7).
  const refuse = async (context: Context, name: ProblemName, detail: string, events = 1): Promise<Response> => {
    await count(UNKNOWN_SITE, name, events);
    const origin = context.req.header('origin');
    // With CORS the tag can read the status, so that it does not send again what will be refused again.
    return problem(name, detail, origin === undefined ? {} : corsHeaders(origin));
  };

  const grantOf = async (context: Context): Promise<Grant | undefined | Response> => {
    const authorization = context.req.header('authorization');
    if (authorization === undefined) return undefined;
    const grant = await verifyToken(await tokenKeys(), authorization, port.now());
    if (!grant.ok)
      return refuse(context, grant.error, 'Send no Authorization header from a page; an importer needs a fresh token.');
    return grant.value.scopes.has('import')
      ? grant.value
      : refuse(context, 'scope_missing', 'Importing needs a token with the scope import.');
  };

  const admit = async (context: Context): Promise<Admitted | Response> => {
    const grant = await grantOf(context);
    if (grant instanceof Response) return grant;
    const bytesMax = grant === undefined ? BODY_BYTES_MAX : IMPORT_BODY_BYTES_MAX;
    const body = await receiveText(context.req.raw, bytesMax);
    if (!body.ok) return refuse(context, body.error, `Send at most ${bytesMax} bytes in one message.`);
    const batch = decodeBatch(body.value);
    if (!batch.ok) return refuse(context, batch.error, 'See docs/wire.md for the message of version 1.');
    const events = batch.value.events.length + batch.value.overLimit;
    const site = await siteOf(batch.value.site);
    if (site === undefined)
      return refuse(context, 'unknown_site', 'Add the site with `hushtag site add`, or mend data-site.', events);
    if (grant !== undefined) {
      if (grant.site === site.id) return { site, batch: batch.value, imported: true, headers: {} };
      return refuse(context, 'site_mismatch', 'Use a token of the site the message names.', events);
    }
    const origin = context.req.header('origin');
    if (origin !== undefined && site.origins.includes(origin)) {
      return { site, batch: batch.value, imported: false, headers: corsHeaders(origin) };
    }
    return refuse(context, 'origin_not_allowed', 'Add the exact origin (scheme, host, port) to the site.', events);
  };

  const collect = async (context: Context): Promise<Response> => {
    const admitted = await admit(context);
    if (admitted instanceof Response) return admitted;
    const { site, batch, imported, headers } = admitted;
    const address = imported ? undefined : port.clientAddress(context.req.raw, context.env);
    const network = address === undefined ? undefined : truncateAddress(address);
    const userAgent = (context.req.header('user-agent') ?? '').slice(0, USER_AGENT_CHARS_MAX);
    const accepted = await acceptBatch(batch, {
      site,
      imported,
      saltHmac,
      now: port.now(),
      gpc: context.req.header('sec-gpc') === '1',
      sender: network === undefined ? { userAgent } : { userAgent, network },
    });
    const refusal = await port.write(accepted.job);
    if (refusal !== undefined) return problem(refusal, 'Nothing of this message was kept; send it again.', headers);
    return context.json({ received: accepted.received, refused: accepted.refused }, 202, { ...headers });
  };

  const app = new Hono();
  app.post('/v1/collect', describeCollect, collect);
  app.options('/v1/collect', (context) => {
    const origin = context.req.header('origin') ?? '';
    // The answer is the same for every origin: which sites exist is not told before a message names one.
    return context.body(null, 204, {
      ...corsHeaders(origin),
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '86400',
    });
  });
  return app;
}
