// edge/collector/rate-limit.ts: token buckets: how fast a key may go on, and how long it must wait where it went too fast.
import type { EpochMs } from '../../contract/index.ts';

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
  // Two generations, each half of the keys: a key that is asked for moves to the younger, and when that is full the
  // older is forgotten. A list of all keys by age would have to be mended at every page view.
  let young = new Map<number, Bucket>();
  let old = new Map<number, Bucket>();

  const bucketOf = (key: number, now: number): Bucket => {
    const held = young.get(key);
    if (held !== undefined) return held;
    const bucket = old.get(key) ?? { tokens: burst, at: now };
    if (young.size >= BUCKETS_MAX / 2) {
      old = young;
      young = new Map();
    }
    young.set(key, bucket);
    return bucket;
  };

  return (key, cost, now) => {
    const bucket = bucketOf(key, now);
    // A clock that jumped back gives nothing and takes nothing.
    const tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1_000) * perSecond);
    const wanted = Math.min(cost, burst);
    if (tokens < wanted) return Math.ceil(((wanted - tokens) / perSecond) * 1_000);
    bucket.tokens = tokens - wanted;
    bucket.at = Math.max(bucket.at, now);
    return 0;
  };
}
