// edge/api/access/login-patience.ts: how often one network may try to log in. Guesses at one code are counted with the code.
import { truncateAddress } from '../../../core/index.ts';
import { createAddressNames } from '../../http/address-name.ts';
import { createRateLimit } from '../../http/rate-limit.ts';
import type { Port } from '../../port.ts';

/** Tries of one network at once, and how many come back in an hour. */
export const LOGIN_TRIES = 10;
const LOGIN_TRIES_PER_HOUR = 60;
const HOUR_SECONDS = 3_600;
/** Who tries has no site yet. */
const NO_SITE = 0;

/** Counts a try of an address. @returns 0, or the milliseconds to wait. */
export type LoginPatience = (address: string | undefined) => number;

/** Makes the count. An address is known by a keyed hash of the day alone (P1). */
export function createLoginPatience(port: Pick<Port, 'now' | 'randomBytes'>): LoginPatience {
  const ofNetwork = createRateLimit({ perSecond: LOGIN_TRIES_PER_HOUR / HOUR_SECONDS, burst: LOGIN_TRIES });
  const nameOf = createAddressNames(port);
  return (address) => {
    const now = port.now();
    const network = (address === undefined ? undefined : truncateAddress(address)) ?? 'none';
    return ofNetwork(nameOf(NO_SITE, network, now), 1, now);
  };
}
