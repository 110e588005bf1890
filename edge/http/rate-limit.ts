// edge/http/rate-limit.ts: token buckets: how fast a key may go on, and how long it must wait where it went too fast.
import type { EpochMs } from '../../contract/index.ts';
import { createRecent } from '../../core/index.ts';

/** Keys remembered at once; past it those that were asked for longest ago go: theirs are the fullest. */
export const BUCKETS_MAX = 100_000;

/** A limit: so many a second on average, and so many at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Takes `cost` tokens of a key. @returns 0, or the milliseconds after which the same would be let through. */
export type RateLimit = (key: number, cost: number, now: EpochMs) => number;

interface Bucket {
  tokens: number;
  at: number;
}

/** Makes a limit. A cost above the burst is judged as the burst, so that a large message is slowed and never barred. */
export function createRateLimit({ perSecond, burst }: Rate): RateLimit {
  const fillMs = (burst / perSecond) * 1_000;
  const buckets = createRecent<number, Bucket>(BUCKETS_MAX);
  return (key, cost, now) => {
    let bucket = buckets.get(key);
    if (bucket === undefined) {
      bucket = { tokens: burst, at: now };
      buckets.set(key, bucket);
    }
    // A clock that jumped back gives nothing and takes nothing. Where it went back by more than a bucket takes to fill, it is
    // counted from there: a day's jump must not bar everybody for a day.
    if (now < bucket.at - fillMs) bucket.at = now;
    const tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1_000) * perSecond);
    const wanted = Math.min(cost, burst);
    if (tokens < wanted) return Math.ceil(((wanted - tokens) / perSecond) * 1_000);
    bucket.tokens = tokens - wanted;
    bucket.at = Math.max(bucket.at, now);
    return 0;
  };
}
