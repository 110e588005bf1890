// edge/collector/app.ts: the public write path: POST /v1/collect. Write-only: it answers nothing it did not just receive.
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { SiteId } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import { truncateAddress } from '../../core/index.ts';
import type { LedgerLine, SiteRow } from '../../store/index.ts';
import { findSite, UNKNOWN_SITE } from '../../store/index.ts';
import { problem } from '../http/problem.ts';
import type { TokenKeys } from '../http/tokens.ts';
import type { Port } from '../port.ts';
import { acceptBatch } from './accept-batch.ts';
import type { Admitted, NotAdmitted } from './admit.ts';
import { admit } from './admit.ts';
import { consentStatus, hasGpc } from './consent-status.ts';
import type { Sender } from './derive.ts';
import { createKeyring } from './keyring.ts';
import { describeCollect, describeConsentStatus } from './openapi.ts';
import { cacheSites } from './site-cache.ts';
import { createSlowDown } from './slow-down.ts';

/** Characters of a user agent that count; nobody's is longer, and the HMAC reads them all. */
const USER_AGENT_CHARS_MAX = 512;

// With CORS on every answer the tag can read the status, so that it does not send again what will be refused again.
const corsHeaders = (context: Context): Readonly<Record<string, string>> => {
  const origin = context.req.header('origin');
  if (origin === undefined) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    // The tag waits as long as it is asked to, and can only if it may read this.
    'access-control-expose-headers': 'Retry-After',
    vary: 'Origin',
  };
};

function senderOf(context: Context, port: Port, imported: boolean): Sender {
  const userAgent = (context.req.header('user-agent') ?? '').slice(0, USER_AGENT_CHARS_MAX);
  // An importer's address and agent are a server's, nobody's visitor.
  const address = imported ? undefined : port.clientAddress(context.req.raw, context.env);
  const network = address === undefined ? undefined : truncateAddress(address);
  return network === undefined ? { userAgent } : { userAgent, network };
}

/** Counts events that are refused before they are looked at; where that can't be written the log says how many. */
async function countRefused(
  port: Port,
  site: SiteRow,
  { outcome, reason, events }: Pick<LedgerLine, 'outcome' | 'reason' | 'events'>,
): Promise<void> {
  const refusal = await port.write({
    site,
    day: Math.floor(port.now() / DAY_MS),
    rows: [],
    ledger: [
      { outcome: 'received', reason: '', events },
      { outcome, reason, events },
    ],
  });
  if (refusal !== undefined) port.log('warn', 'refusal_not_counted', { reason, events });
}

/** Makes the collector's app. */
export function createCollector(port: Port, tokenKeys: () => Promise<TokenKeys>): Hono {
  const saltHmac = createKeyring({ ...port, db: port.ground });
  const siteOf = cacheSites((id: SiteId) => findSite(port.ground, id), port.now);

  const refuse = async (context: Context, { problem: name, detail, events }: NotAdmitted): Promise<Response> => {
    // Counted to no site: whoever sent it was not shown to be the site it names (P7).
    await countRefused(port, UNKNOWN_SITE, { outcome: 'invalid', reason: name, events });
    return problem(name, detail, corsHeaders(context));
  };

  const slowDown = createSlowDown(port, saltHmac);

  const accept = async (context: Context, { site, batch, imported }: Admitted): Promise<Response> => {
    const events = batch.events.length + batch.overLimit;
    if (!imported) {
      const waitMs = await slowDown(site, port.clientAddress(context.req.raw, context.env), events);
      if (waitMs > 0) {
        await countRefused(port, site.row, { outcome: 'over_limit', reason: 'rate', events });
        const headers = { ...corsHeaders(context), 'retry-after': String(Math.ceil(waitMs / 1_000)) };
        return problem('rate_limited', 'Wait as long as Retry-After says.', headers);
      }
    }
    const accepted = await acceptBatch(batch, {
      site,
      imported,
      saltHmac,
      now: port.now(),
      gpc: hasGpc(context.req.header('sec-gpc')),
      sender: senderOf(context, port, imported),
    });
    const refusal = await port.write(accepted.job);
    if (refusal !== undefined) {
      return problem(refusal, 'Nothing of this message was kept; send it again.', corsHeaders(context));
    }
    return context.json({ received: accepted.received, refused: accepted.refused }, 202, { ...corsHeaders(context) });
  };

  const app = new Hono();
  app.post('/v1/collect', describeCollect, async (context) => {
    const admitted = await admit(context, { port, tokenKeys, siteOf });
    return admitted.ok ? accept(context, admitted.value) : refuse(context, admitted.error);
  });
  app.get('/v1/consent/status', describeConsentStatus, (context) =>
    context.json(consentStatus(context.req.header('sec-gpc')), 200, {
      'access-control-allow-origin': '*',
      'cache-control': 'no-store',
    }),
  );
  app.options('/v1/collect', (context) =>
    // The answer is the same for every origin: which sites exist is not told before a message names one.
    context.body(null, 204, {
      ...corsHeaders(context),
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '86400',
    }),
  );
  return app;
}
