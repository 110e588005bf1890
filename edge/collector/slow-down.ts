// edge/collector/slow-down.ts: keeps one site, or one address of a site, from taking what the others need.
import { DAY_MS } from '../../contract/index.ts';
import { SIPHASH_KEY_BYTES, sipHash } from '../../core/index.ts';
import type { Site } from '../../store/index.ts';
import type { Port } from '../port.ts';
import { createRateLimit } from './rate-limit.ts';

/** Seconds' worth that may come at once. */
const BURST_SECONDS = 10;
/** 21 bits of the upper half and all of the lower: what a number holds exactly, so that no name is made as a string. */
const UPPER_BITS = 0x1fffff;
const UPPER = 2 ** 32;

/** Takes the events of a message from its site's and its address's allowance. @returns 0, or the milliseconds to wait. */
export type SlowDown = (site: Site, address: string | undefined, events: number) => number;

/**
 * Makes it. The address is known here as its keyed hash of the day alone, in memory (P1). The key is of this process
 * and never written; the next day's takes its place, and what was counted under the old one can't be told any more.
 */
export function createSlowDown(port: Pick<Port, 'limits' | 'now' | 'randomBytes'>): SlowDown {
  const { siteEventsPerSecond, addressEventsPerSecond } = port.limits;
  const ofSite = createRateLimit({ perSecond: siteEventsPerSecond, burst: siteEventsPerSecond * BURST_SECONDS });
  const ofAddress = createRateLimit({
    perSecond: addressEventsPerSecond,
    burst: addressEventsPerSecond * BURST_SECONDS,
  });
  const encoder = new TextEncoder();
  const key = new Uint8Array(SIPHASH_KEY_BYTES);
  let keyDay = Number.NaN;

  const nameOf = (site: Site, address: string, now: number): number => {
    const day = Math.floor(now / DAY_MS);
    if (day !== keyDay) {
      key.set(port.randomBytes(SIPHASH_KEY_BYTES));
      keyDay = day;
    }
    const [low, high] = sipHash(key, encoder.encode(`${site.row} ${address}`));
    return (high & UPPER_BITS) * UPPER + low;
  };

  return (site, address, events) => {
    const now = port.now();
    const waitMs = address === undefined ? 0 : ofAddress(nameOf(site, address, now), events, now);
    return waitMs > 0 ? waitMs : ofSite(site.row, events, now);
  };
}
