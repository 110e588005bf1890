// edge/collector/slow-down.ts: keeps one site, or one address of a site, from taking what the others need.
import type { Site } from '../../store/index.ts';
import { addressKey } from '../../core/index.ts';
import type { Port } from '../port.ts';
import type { SaltHmac } from './keyring.ts';
import { createRateLimit } from './rate-limit.ts';

/** Seconds' worth that may come at once. */
const BURST_SECONDS = 10;

/** Takes the events of a message from its site's and its address's allowance. @returns 0, or the milliseconds to wait. */
export type SlowDown = (site: Site, address: string | undefined, events: number) => Promise<number>;

/** Makes it. The address is known here as its keyed hash of the day alone, in memory (P1). */
export function createSlowDown(port: Pick<Port, 'limits' | 'now'>, saltHmac: SaltHmac): SlowDown {
  const { siteEventsPerSecond, addressEventsPerSecond } = port.limits;
  const ofSite = createRateLimit({ perSecond: siteEventsPerSecond, burst: siteEventsPerSecond * BURST_SECONDS });
  const ofAddress = createRateLimit({
    perSecond: addressEventsPerSecond,
    burst: addressEventsPerSecond * BURST_SECONDS,
  });
  return async (site, address, events) => {
    const now = port.now();
    if (address !== undefined) {
      const waitMs = ofAddress(
        await addressKey(await saltHmac(site.row, 'day', now), { site: site.id, address }),
        events,
        now,
      );
      if (waitMs > 0) return waitMs;
    }
    return ofSite(String(site.row), events, now);
  };
}
