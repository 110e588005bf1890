// edge/api/access/login-patience.ts: how often one network may try to log in. Guesses at one code are counted with the code.
import { DAY_MS } from '../../../contract/index.ts';
import { truncateAddress } from '../../../core/index.ts';
import { takeLoginTry } from '../../../store/index.ts';
import { createAddressNames } from '../../http/address-name.ts';
import { createRateLimit } from '../../http/rate-limit.ts';
import type { Port } from '../../port.ts';
import { keyedHash } from '../keyed.ts';

/** Tries of one network at once, and how many come back in an hour. */
export const LOGIN_TRIES = 10;
const LOGIN_TRIES_PER_HOUR = 60;
const HOUR_SECONDS = 3_600;
/** After a try one more comes back after so long. */
const TRY_MS = (HOUR_SECONDS / LOGIN_TRIES_PER_HOUR) * 1_000;
/** Who tries has no site yet. */
const NO_SITE = 0;

/** Counts a try of an address. @returns 0, or the milliseconds to wait. */
export type LoginPatience = (address: string | undefined) => Promise<number>;

/** A number from 0 to 65,535 for a network, the same on every server for a day. */
async function slotOf(port: Pick<Port, 'keys' | 'randomBytes'>, network: string, now: number): Promise<number> {
  const [high = 0, low = 0] = await keyedHash(port, 'hushtag login 1', String(Math.floor(now / DAY_MS)), network);
  return high * 256 + low;
}

/**
 * Makes the count. It is in the database, because Workers have many isolates that each would begin anew; a network that is over its
 * measure here already asks nothing of it. In memory an address is known by a keyed hash of the day, in the database by 16 bits of
 * one, which hundreds of networks share (P1).
 */
export function createLoginPatience(port: Pick<Port, 'now' | 'randomBytes' | 'keys' | 'ground'>): LoginPatience {
  const ofNetwork = createRateLimit({ perSecond: LOGIN_TRIES_PER_HOUR / HOUR_SECONDS, burst: LOGIN_TRIES });
  const nameOf = createAddressNames(port);
  return async (address) => {
    const now = port.now();
    const network = (address === undefined ? undefined : truncateAddress(address)) ?? 'none';
    const waitMs = ofNetwork(nameOf(NO_SITE, network, now), 1, now);
    if (waitMs > 0) return waitMs;
    const slot = await slotOf(port, network, now);
    return takeLoginTry(port.ground, slot, { now, tryMs: TRY_MS, triesMax: LOGIN_TRIES });
  };
}
