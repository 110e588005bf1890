// edge/collector/ingest.ts: POST /v1/events: events of a site's own back end, with a result for each.
import * as v from 'valibot';
import type { Result, SiteId } from '../../contract/index.ts';
import { DAY_MS, err, IMPORT_BODY_BYTES_MAX, ok } from '../../contract/index.ts';
import type { Scope } from '../../core/index.ts';
import type { LedgerLine, Site } from '../../store/index.ts';
import type { Answer, Asked, Handler } from '../http/exchange.ts';
import type { ProblemName } from '../http/problem.ts';
import { problemAnswer } from '../http/problem.ts';
import type { TokenKeys } from '../http/tokens.ts';
import { verifyToken } from '../http/tokens.ts';
import type { Port } from '../port.ts';
import { acceptServerEvents } from './accept-server-events.ts';
import { receive } from './admit.ts';
import { consentSchema, sourceSchema } from './server-event.ts';
import { mendSurrogates } from './well-formed.ts';
import type { WaysIn } from './ways-in.ts';
import { writeJob } from './write-job.ts';

/** Events of one batch; those past it are counted as `over_limit`. */
export const INGEST_EVENTS_MAX = 500;
/** How old a back end's event may be: longer than a page's, because a queue may have stood still over a weekend. */
export const INGEST_AGE_MS_MAX: number = 7 * DAY_MS;

const batchSchema = v.strictObject({
  /** For events that state none themselves. */
  consent: v.optional(consentSchema),
  gpc: v.optional(v.boolean(), false),
  source: v.optional(sourceSchema, 'server'),
  events: v.pipe(v.array(v.unknown()), v.minLength(1)),
});

const utf8 = new TextDecoder();

/** A refusal of the whole request. */
export interface Refusal {
  readonly problem: ProblemName;
  readonly detail: string;
}

/** Finds the site of a token that has a scope (P6, P7). */
export async function siteOfToken(
  asked: Pick<Asked, 'header'>,
  scope: Scope,
  needs: {
    readonly now: Port['now'];
    readonly tokenKeys: () => Promise<TokenKeys>;
    readonly siteOf: (id: SiteId) => Promise<Site | undefined>;
  },
): Promise<Result<Site, Refusal>> {
  const grant = await verifyToken(await needs.tokenKeys(), asked.header('authorization'), needs.now());
  if (!grant.ok) {
    return err({
      problem: grant.error,
      detail: `Make a token with \`hushtag token --scope ${scope}\` and send it as Authorization: Bearer …`,
    });
  }
  if (!grant.value.scopes.has(scope))
    return err({ problem: 'scope_missing', detail: `This needs the scope ${scope}.` });
  const site = await needs.siteOf(grant.value.site);
  return site === undefined ? err({ problem: 'unknown_site', detail: 'The site of this token is gone.' }) : ok(site);
}

function readBatch(body: Uint8Array): Result<v.InferOutput<typeof batchSchema>, Refusal> {
  let raw: unknown;
  try {
    raw = JSON.parse(mendSurrogates(utf8.decode(body)));
  } catch {
    return err({ problem: 'malformed_json', detail: 'Send one JSON object: {"events":[…]}.' });
  }
  const batch = v.safeParse(batchSchema, raw, { abortEarly: true });
  if (batch.success) return ok(batch.output);
  return err({
    problem: 'malformed_batch',
    detail: 'Send {"events":[…]}, with "consent" and "source" if they hold for all of them.',
  });
}

/** Makes the handler of POST /v1/events. */
export function createIngest({ port, tokenKeys, siteOf, saltHmac }: WaysIn): Handler {
  const needs = { now: port.now, tokenKeys, siteOf };

  const refuse = async (site: Site, { problem, detail }: Refusal): Promise<Answer> => {
    // The token says whose loss it is; how many events were in it nobody can tell.
    const day = Math.floor(port.now() / DAY_MS);
    const ledger: LedgerLine[] = [
      { outcome: 'received', reason: '', events: 1 },
      { outcome: 'invalid', reason: problem, events: 1 },
    ];
    const refusal = await port.write({ site: site.row, day, rows: [], ledger });
    if (refusal !== undefined) port.log('warn', 'refusal_not_counted', { reason: problem, events: 1 });
    return problemAnswer(problem, detail);
  };

  return async (asked) => {
    const site = await siteOfToken(asked, 'ingest', needs);
    if (!site.ok) return problemAnswer(site.error.problem, site.error.detail);
    const body = await receive(asked, IMPORT_BODY_BYTES_MAX);
    if (!body.ok) return refuse(site.value, body.error);
    const batch = readBatch(body.value);
    if (!batch.ok) return refuse(site.value, batch.error);
    const { events, ...defaults } = batch.value;
    const taken = events.slice(0, INGEST_EVENTS_MAX).map((raw) => ({ raw }));
    const over = events.length - taken.length;
    const { job, results } = await acceptServerEvents(
      taken,
      { ...defaults, consent: defaults.consent },
      {
        site: site.value,
        now: port.now(),
        saltHmac,
        randomBytes: port.randomBytes,
        via: 'events',
        ageMsMax: INGEST_AGE_MS_MAX,
      },
    );
    const counted: LedgerLine[] =
      over === 0
        ? []
        : [
            { outcome: 'received', reason: '', events: over },
            { outcome: 'over_limit', reason: 'too_many_events', events: over },
          ];
    const written = await writeJob(port, { ...job, ledger: [...job.ledger, ...counted] });
    if (!written.ok) return problemAnswer(written.error, 'Nothing of this batch was kept; send it again.');
    const beyond =
      over === 0 ? [] : [{ index: taken.length, outcome: 'over_limit', reason: 'too_many_events', events: over }];
    return {
      status: 202,
      headers: { 'content-type': 'application/json', 'cache-control': 'private, no-store' },
      body: JSON.stringify({
        received: events.length,
        accepted: results.filter(({ outcome }) => outcome === 'accepted').length,
        results: [...results, ...beyond],
      }),
    };
  };
}
