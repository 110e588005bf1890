// edge/http/api-quota.ts: how many requests a token or session may make, told with every answer (draft-ietf-httpapi-ratelimit-headers).
import type { MiddlewareHandler } from 'hono';
import { createRecent, SIPHASH_KEY_BYTES, sipHash } from '../../core/index.ts';
import type { Port } from '../port.ts';
import { problem } from './problem.ts';

/** Requests in a window, and the window. */
export const QUOTA = 600;
const WINDOW_SECONDS = 60;
/** Callers remembered at once; past it those who asked longest ago go: their quota is whole again. */
const CALLERS_MAX = 10_000;
const MS = 1_000;
const UPPER = 2 ** 32;

interface Bucket {
  left: number;
  at: number;
}

/** The middleware. A caller is known by a keyed hash of what they show, in memory alone; who shows nothing is let through to be refused. */
export function apiQuota(port: Pick<Port, 'now' | 'randomBytes'>): MiddlewareHandler {
  const buckets = createRecent<number, Bucket>(CALLERS_MAX);
  const key = port.randomBytes(SIPHASH_KEY_BYTES);
  const encoder = new TextEncoder();
  const perMs = QUOTA / (WINDOW_SECONDS * MS);
  return async (context, next) => {
    const shown = context.req.header('authorization') ?? context.req.header('cookie');
    if (shown === undefined) return next();
    const [low, high] = sipHash(key, encoder.encode(shown));
    const caller = (high & 0x1fffff) * UPPER + low;
    const now = port.now();
    const bucket = buckets.get(caller) ?? { left: QUOTA, at: now };
    buckets.set(caller, bucket);
    bucket.left = Math.min(QUOTA, bucket.left + Math.max(0, now - bucket.at) * perMs);
    bucket.at = now;
    const isOver = bucket.left < 1;
    if (!isOver) bucket.left -= 1;
    const headers = {
      'ratelimit-policy': `"api";q=${QUOTA};w=${WINDOW_SECONDS}`,
      ratelimit: `"api";r=${Math.floor(bucket.left)};t=${Math.ceil((QUOTA - bucket.left) / perMs / MS)}`,
    };
    if (isOver) {
      const wait = String(Math.ceil((1 - bucket.left) / perMs / MS));
      return problem('rate_limited', 'Wait as long as Retry-After says.', { ...headers, 'retry-after': wait });
    }
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    await next();
    // Answers that a route made outside the context lack them.
    if (context.res.status >= 400)
      for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
  };
}
