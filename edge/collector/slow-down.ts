// edge/collector/slow-down.ts: keeps one site, or one address of a site, from taking what the others need.
import type { Site } from '../../store/index.ts';
import { createAddressNames } from '../http/address-name.ts';
import { createRateLimit } from '../http/rate-limit.ts';
import type { Port } from '../port.ts';

/** Seconds' worth that may come at once. */
const BURST_SECONDS = 10;

/** Takes the events of a message from its site's and its address's allowance. @returns 0, or the milliseconds to wait. */
export type SlowDown = (site: Site, address: string | undefined, events: number) => number;

/** Makes it. */
export function createSlowDown(port: Pick<Port, 'limits' | 'now' | 'randomBytes'>): SlowDown {
  const { siteEventsPerSecond, addressEventsPerSecond } = port.limits;
  const ofSite = createRateLimit({ perSecond: siteEventsPerSecond, burst: siteEventsPerSecond * BURST_SECONDS });
  const ofAddress = createRateLimit({
    perSecond: addressEventsPerSecond,
    burst: addressEventsPerSecond * BURST_SECONDS,
  });
  const nameOf = createAddressNames(port);
  return (site, address, events) => {
    const now = port.now();
    const waitMs = address === undefined ? 0 : ofAddress(nameOf(site.row, address, now), events, now);
    return waitMs > 0 ? waitMs : ofSite(site.row, events, now);
  };
}
