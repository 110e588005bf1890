// edge/collector/rate-limit.ts: token buckets: how fast a key may go on, and how long it must wait where it went too fast.
import type { EpochMs } from '../../contract/index.ts';

/** Keys remembered at once; past it those that are full again go first, then the oldest. */
export const BUCKETS_MAX = 100_000;

/** A limit: so many a second on average, and so many at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Takes `cost` tokens of a key. @returns 0, or the milliseconds after which the same would be let through. */
export type RateLimit = (key: string, cost: number, now: EpochMs) => number;

interface Bucket {
  tokens: number;
  at: number;
}

/** Makes a limit. A cost above the burst is judged as the burst, so that a large message is slowed and never barred. */
export function createRateLimit({ perSecond, burst }: Rate): RateLimit {
  const buckets = new Map<string, Bucket>();

  const filled = (bucket: Bucket, now: number): number =>
    // A clock that jumped back gives nothing and takes nothing.
    Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1_000) * perSecond);

  const makeRoom = (now: number): void => {
    for (const [key, bucket] of buckets) if (filled(bucket, now) >= burst) buckets.delete(key);
    for (const key of buckets.keys()) {
      if (buckets.size < BUCKETS_MAX) return;
      buckets.delete(key);
    }
  };

  return (key, cost, now) => {
    const bucket = buckets.get(key) ?? { tokens: burst, at: now };
    const tokens = filled(bucket, now);
    const wanted = Math.min(cost, burst);
    if (tokens < wanted) return Math.ceil(((wanted - tokens) / perSecond) * 1_000);
    if (!buckets.has(key) && buckets.size >= BUCKETS_MAX) makeRoom(now);
    buckets.set(key, { tokens: tokens - wanted, at: Math.max(bucket.at, now) });
    return 0;
  };
}
