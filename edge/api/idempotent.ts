// edge/api/idempotent.ts: makes a creating POST harmless to send again: under the same Idempotency-Key it is answered the same.
//
// What is kept is the answer, for a day, under a keyed hash of who asked, where, and the key. Not for answers that hold a
// secret: those are made again instead (tokens.ts).
import type { MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { claimAnswer, dropClaim, keepAnswer } from '../../store/index.ts';
import { problem } from '../http/problem.ts';
import { receiveBytes } from '../http/receive.ts';
import type { Port } from '../port.ts';
import { IDEMPOTENCY_HELP, idempotencyKeyOf } from './idempotency-key.ts';
import { keyedHash } from './keyed.ts';
import { JSON_BYTES_MAX } from './read-json.ts';
import type { InstallationEnv } from './require-scope.ts';

const FAILED = 500;
const decoder = new TextDecoder();

/** The middleware; put it behind the one that asks for the scope. @param bytesMax of the route's body. */
export const idempotent =
  (
    port: Pick<Port, 'ground' | 'keys' | 'randomBytes' | 'now'>,
    bytesMax = JSON_BYTES_MAX,
  ): MiddlewareHandler<InstallationEnv> =>
  async (context, next) => {
    const read = idempotencyKeyOf(context);
    if (!read.ok) return problem(read.error, IDEMPOTENCY_HELP);
    const { idempotencyKey } = read.value;
    if (idempotencyKey === undefined) return next();
    const body = await receiveBytes(context.req.raw.clone(), bytesMax);
    if (!body.ok) return problem(body.error, `Send at most ${bytesMax} bytes.`);
    const named = ['hushtag answer 1', context.get('token'), context.req.path, idempotencyKey];
    const key = await keyedHash(port, ...named);
    const fingerprint = await keyedHash(port, ...named, decoder.decode(body.value));
    const claim = await claimAnswer(port.ground, { key, fingerprint }, port.now());
    if (claim === 'other_request') return problem('idempotency_reused', 'Use a new key for another request.');
    if (claim === 'under_way') {
      return problem('still_running', 'Wait as long as Retry-After says.', { 'retry-after': '1' });
    }
    if (claim !== 'yours') {
      const headers = { 'content-type': 'application/json', 'cache-control': 'private, no-store' };
      return context.body(claim.body, claim.status as ContentfulStatusCode, {
        ...headers,
        'idempotent-replayed': 'true',
      });
    }
    await next();
    // A refusal is kept too: it is final. What failed on our side may be tried again.
    if (context.error !== undefined || context.res.status >= FAILED) await dropClaim(port.ground, key);
    else await keepAnswer(port.ground, key, context.res.status, await context.res.clone().text());
  };
