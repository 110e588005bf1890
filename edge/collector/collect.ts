// edge/collector/collect.ts: POST /v1/collect, the public write path. Write-only: it answers nothing it did not just receive.
import { DAY_MS } from '../../contract/index.ts';
import { truncateAddress } from '../../core/index.ts';
import type { LedgerLine, SiteRow } from '../../store/index.ts';
import { UNKNOWN_SITE } from '../../store/index.ts';
import type { Answer, Asked, Handler } from '../http/exchange.ts';
import { problemAnswer } from '../http/problem.ts';
import type { Port } from '../port.ts';
import type { AcceptContext } from './accept-batch.ts';
import { acceptBatch } from './accept-batch.ts';
import { botReason } from './bots.ts';
import type { Admitted, NotAdmitted } from './admit.ts';
import { admit } from './admit.ts';
import { rememberChoices } from './choice.ts';
import { hasGpc } from './consent-status.ts';
import { noteRefusedOrigins } from './refused-origins.ts';
import { createSlowDown } from './slow-down.ts';
import type { WaysIn } from './ways-in.ts';
import { writeJob } from './write-job.ts';

/** Characters of a user agent that count; nobody's is longer, and the HMAC reads them all. */
const USER_AGENT_CHARS_MAX = 512;

/** With CORS on every answer the tag can read the status, so that it does not send again what will be refused again. */
export const corsHeaders = (origin: string | undefined): Readonly<Record<string, string>> => {
  if (origin === undefined) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    // The tag waits as long as it is asked to, and can only if it may read this.
    'access-control-expose-headers': 'Retry-After',
    vary: 'Origin',
  };
};

/** Who sent a message, and why it counts as automated; of the address nothing but its network goes on from here. */
function senderOf(
  asked: Asked,
  { site, batch, imported }: Admitted,
  port: Pick<Port, 'dataCentres'>,
): Pick<AcceptContext, 'sender' | 'bot'> {
  const userAgent = (asked.header('user-agent') ?? '').slice(0, USER_AGENT_CHARS_MAX);
  // An importer's address and agent are a server's, nobody's visitor.
  const address = imported ? undefined : asked.address();
  const network = address === undefined ? undefined : truncateAddress(address);
  const { automated: webdriver } = batch;
  const { dataCentres } = port;
  return {
    sender: {
      userAgent,
      ...(network === undefined ? {} : { network }),
      ...(imported ? {} : { acceptLanguage: asked.header('accept-language'), place: asked.place() }),
    },
    bot: imported ? undefined : botReason({ userAgent, address, webdriver, rules: site.botRules, dataCentres }),
  };
}

/** Counts events that are refused before they are looked at; where that can't be written the log says how many. */
async function countRefused(
  port: Pick<Port, 'now' | 'write' | 'log'>,
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

/** What it needs: of the platform no more than this. */
export interface CollectNeeds extends Omit<WaysIn, 'port'> {
  readonly port: Pick<
    Port,
    'now' | 'randomBytes' | 'limits' | 'dataCentres' | 'write' | 'log' | 'db' | 'transact' | 'keepApart'
  >;
}

/** Makes the handler of POST /v1/collect. */
export function createCollect({ port, tokenKeys, siteOf, saltHmac }: CollectNeeds): Handler {
  const noteOrigin = noteRefusedOrigins(port);
  const slowDown = createSlowDown(port);
  const known = rememberChoices(port.now);

  const refuse = async (asked: Asked, { problem, detail, events }: NotAdmitted): Promise<Answer> => {
    // Counted to no site: whoever sent it was not shown to be the site it names (P7).
    await countRefused(port, UNKNOWN_SITE, { outcome: 'invalid', reason: problem, events });
    return problemAnswer(problem, detail, corsHeaders(asked.header('origin')));
  };

  const accept = async (asked: Asked, admitted: Admitted): Promise<Answer> => {
    const { site, batch, imported } = admitted;
    const cors = corsHeaders(asked.header('origin'));
    const events = batch.events.length + batch.overLimit;
    const waitMs = imported ? 0 : slowDown(site, asked.address(), events);
    if (waitMs > 0) {
      await countRefused(port, site.row, { outcome: 'over_limit', reason: 'rate', events });
      const headers = { ...cors, 'retry-after': String(Math.ceil(waitMs / 1_000)) };
      return problemAnswer('rate_limited', 'Wait as long as Retry-After says.', headers);
    }
    const { job, received, refused } = await acceptBatch(batch, {
      site,
      imported,
      saltHmac,
      now: port.now(),
      randomBytes: port.randomBytes,
      via: 'collect',
      gpc: hasGpc(asked.header('sec-gpc')),
      ...senderOf(asked, admitted, port),
    });
    const choices = known.unknown(site.row, job.choices ?? []);
    const written = await writeJob(port, job, choices);
    if (!written.ok) return problemAnswer(written.error, 'Nothing of this message was kept; send it again.', cors);
    known.learn(site.row, choices, written.value);
    const headers = { 'content-type': 'application/json', ...cors };
    return { status: 202, headers, body: JSON.stringify({ received, refused }) };
  };

  return async (asked) => {
    const admitted = await admit(asked, { port, tokenKeys, siteOf, noteOrigin });
    return admitted.ok ? accept(asked, admitted.value) : refuse(asked, admitted.error);
  };
}
