// edge/api/idempotency-key.ts: the header by which a request that is sent again does nothing again.
import type { Context } from 'hono';
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';

const IDEMPOTENCY_CHARS_MAX = 200;

/** Reads an Idempotency-Key; there may be none. */
export function idempotencyKeyOf(context: Context): Result<{ readonly idempotencyKey?: string }, 'malformed_request'> {
  const key = context.req.header('idempotency-key');
  if (key === undefined) return ok({});
  return key.length >= 1 && key.length <= IDEMPOTENCY_CHARS_MAX
    ? ok({ idempotencyKey: key })
    : err('malformed_request');
}

/** What an Idempotency-Key must be. */
export const IDEMPOTENCY_HELP = `An Idempotency-Key has 1 to ${IDEMPOTENCY_CHARS_MAX} characters.`;
