// edge/http/address-name.ts: tells addresses apart for a day, without knowing them afterwards.
import { DAY_MS } from '../../contract/index.ts';
import { SIPHASH_KEY_BYTES, sipHash } from '../../core/index.ts';
import type { Port } from '../port.ts';

/** 21 bits of the upper half and all of the lower: what a number holds exactly, so that no name is made as a string. */
const UPPER_BITS = 0x1fffff;
const UPPER = 2 ** 32;

/** A number for an address at a site, the same for a day. */
export type AddressName = (site: number, address: string, now: number) => number;

/**
 * Makes the names. An address is known by its keyed hash of the day alone, in memory (P1). The key is of this process
 * and never written; the next day's takes its place, and what was counted under the old one can't be told any more.
 */
export function createAddressNames(port: Pick<Port, 'randomBytes'>): AddressName {
  const encoder = new TextEncoder();
  const key = new Uint8Array(SIPHASH_KEY_BYTES);
  let keyDay = Number.NaN;
  return (site, address, now) => {
    const day = Math.floor(now / DAY_MS);
    if (day !== keyDay) {
      key.set(port.randomBytes(SIPHASH_KEY_BYTES));
      keyDay = day;
    }
    const [low, high] = sipHash(key, encoder.encode(`${site} ${address}`));
    return (high & UPPER_BITS) * UPPER + low;
  };
}
