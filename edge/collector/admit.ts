// edge/collector/admit.ts: whose message is this, and may it write to the site it names? Reads the body, nothing more.
import type { Result, SiteId } from '../../contract/index.ts';
import { BODY_BYTES_MAX, err, IMPORT_BODY_BYTES_MAX, ok } from '../../contract/index.ts';
import type { DecodedBatch } from '../../contract/wire-decode.ts';
import { decodeBatch } from '../../contract/wire-decode.ts';
import type { Site } from '../../store/index.ts';
import type { ProblemName } from '../http/problem.ts';
import type { Asked } from '../http/exchange.ts';
import { ENCODINGS_TAKEN, inflate, isPacked } from '../http/inflate.ts';
import type { Grant, TokenKeys } from '../http/tokens.ts';
import { verifyToken } from '../http/tokens.ts';
import type { Port } from '../port.ts';
import type { NoteOrigin } from './refused-origins.ts';
import { mendSurrogates } from './well-formed.ts';

/** A message whose sender may write to its site. */
export interface Admitted {
  readonly site: Site;
  readonly batch: DecodedBatch;
  /** It came with an import token: history, sent by a machine of the site's own. */
  readonly imported: boolean;
}

/** A message that is refused whole. */
export interface NotAdmitted {
  readonly problem: ProblemName;
  /** What to do; repeats nothing of the message. */
  readonly detail: string;
  /** Events lost with it, 1 where they could not be counted. */
  readonly events: number;
}

/** What admitting needs. */
export interface AdmitNeeds {
  readonly port: Pick<Port, 'now'>;
  readonly tokenKeys: () => Promise<TokenKeys>;
  readonly siteOf: (id: SiteId) => Promise<Site | undefined>;
  readonly noteOrigin: NoteOrigin;
}

const utf8 = new TextDecoder();

const refuse = (problem: ProblemName, detail: string, events = 1): Result<never, NotAdmitted> =>
  err({ problem, detail, events });

async function grantOf(asked: Asked, needs: AdmitNeeds): Promise<Result<Grant | undefined, NotAdmitted>> {
  const authorization = asked.header('authorization');
  if (authorization === undefined) return ok(undefined);
  const grant = await verifyToken(await needs.tokenKeys(), authorization, needs.port.now());
  if (!grant.ok) {
    return refuse(grant.error, 'Send no Authorization header from a page; an importer needs a fresh token.');
  }
  if (grant.value.scopes.has('import')) return ok(grant.value);
  return refuse('scope_missing', 'Importing needs a token with the scope import.');
}

/** Reads a body within its limit, as it came and unpacked. */
export async function receive(asked: Asked, bytesMax: number): Promise<Result<Uint8Array, NotAdmitted>> {
  const came = await asked.body(bytesMax);
  const encoding = asked.header('content-encoding');
  const body = came.ok && isPacked(came.value, encoding) ? await inflate(came.value, encoding, bytesMax) : came;
  if (body.ok) return body;
  if (body.error === 'body_too_large')
    return refuse(body.error, `Send at most ${bytesMax} bytes in one message, unpacked.`);
  return refuse(body.error, `Send it as it is, or packed as ${ENCODINGS_TAKEN} and whole.`);
}

/** Admits a message by its token or by its origin (P7); everything else is refused with what to do. */
export async function admit(asked: Asked, needs: AdmitNeeds): Promise<Result<Admitted, NotAdmitted>> {
  const grant = await grantOf(asked, needs);
  if (!grant.ok) return grant;
  const bytesMax = grant.value === undefined ? BODY_BYTES_MAX : IMPORT_BODY_BYTES_MAX;
  const body = await receive(asked, bytesMax);
  if (!body.ok) return body;
  const batch = decodeBatch(mendSurrogates(utf8.decode(body.value)));
  if (!batch.ok) return refuse(batch.error, 'See docs/wire.md for the message of version 1.');
  const events = batch.value.events.length + batch.value.overLimit;
  const site = await needs.siteOf(batch.value.site);
  if (site === undefined) {
    return refuse('unknown_site', 'Add the site with `hushtag site add`, or mend data-site.', events);
  }
  if (grant.value !== undefined) {
    if (grant.value.site === site.id) return ok({ site, batch: batch.value, imported: true });
    return refuse('site_mismatch', 'Use a token of the site the message names.', events);
  }
  const origin = asked.header('origin');
  if (origin !== undefined && site.origins.includes(origin)) {
    return ok({ site, batch: batch.value, imported: false });
  }
  needs.noteOrigin(site.id, origin);
  return refuse('origin_not_allowed', 'Add the exact origin (scheme, host, port) to the site.', events);
}
