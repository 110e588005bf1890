// core/pseudonym.ts: how a pseudonym is made: HMAC over length-prefixed fields, cut to 12 bytes.
import type { AccountId } from './account.ts';
import type { FirstPartyId, OrderKey, SiteId, VisitorKey } from '../contract/index.ts';

/**
 * HMAC-SHA-256 under one salt (RFC 2104, FIPS 180-4); the salt itself stays behind the function. A platform that knows
 * the answer at once gives it without a promise: there is one for every page view.
 */
export type Hmac = (message: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>;

/** Bytes kept of an HMAC: 96 bits, a collision among 10 million visitors of a site has a chance below 10^-15. */
export const PSEUDONYM_BYTES = 12;

const encoder = new TextEncoder();
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** UTF-8 bytes that one UTF-16 unit can come to at most (a pair of units comes to four). */
const UNIT_BYTES_MAX = 3;
const ASCII_MAX = 0x7f;

/** Writes a field's UTF-8 at `offset`. @returns how many bytes. */
function writeField(field: string, message: Uint8Array, offset: number): number {
  // Almost every field is ASCII, and short: calling the encoder costs more than the loop.
  for (let at = 0; at < field.length; at += 1) {
    const unit = field.charCodeAt(at);
    if (unit > ASCII_MAX) return encoder.encodeInto(field, message.subarray(offset)).written;
    message[offset + at] = unit;
  }
  return field.length;
}

/** Fields as 4-byte big-endian length and UTF-8 bytes each, so that no two lists of fields share a message. */
export function lengthPrefixed(fields: readonly string[]): Uint8Array<ArrayBuffer> {
  let most = 0;
  for (const field of fields) most += 4 + field.length * UNIT_BYTES_MAX;
  const message = new Uint8Array(most);
  let offset = 0;
  for (const field of fields) {
    const bytes = writeField(field, message, offset + 4);
    message[offset] = bytes >>> 24;
    message[offset + 1] = bytes >>> 16;
    message[offset + 2] = bytes >>> 8;
    message[offset + 3] = bytes;
    offset += 4 + bytes;
  }
  return message.subarray(0, offset);
}

/** Lower-case hex of some bytes. */
export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += HEX[byte] ?? '';
  return hex;
}

const cut = (mac: Uint8Array): string => toHex(mac.subarray(0, PSEUDONYM_BYTES));

/** Made at once where the platform's HMAC is. */
function pseudonym<Key extends string>(hmac: Hmac, fields: readonly string[]): Key | Promise<Key> {
  const mac = hmac(lengthPrefixed(fields));
  return mac instanceof Promise ? mac.then((bytes) => cut(bytes) as Key) : (cut(mac) as Key);
}

/** Key of a visitor without consent: groups one day's events of one network and browser, nothing beyond (C1). */
export const dayVisitorKey = (
  hmac: Hmac,
  from: { readonly site: SiteId; readonly network: string; readonly userAgent: string },
): VisitorKey | Promise<VisitorKey> =>
  pseudonym(hmac, ['hushtag visitor day 1', from.site, from.network, from.userAgent]);

/** Key of a visitor who agreed: the same for one site as long as the long salt lives. */
export const linkedVisitorKey = (
  hmac: Hmac,
  from: { readonly site: SiteId; readonly firstPartyId: FirstPartyId },
): VisitorKey | Promise<VisitorKey> => pseudonym(hmac, ['hushtag visitor id 1', from.site, from.firstPartyId]);

/** Key of an order: tells a repeated purchase from a new one without holding the shop's order id. */
export const orderKey = (
  hmac: Hmac,
  from: { readonly site: SiteId; readonly transactionId: string },
): OrderKey | Promise<OrderKey> => pseudonym(hmac, ['hushtag order 1', from.site, from.transactionId]);

/** Key of an account: shares no value with the keys of visitors and orders, nor with the same id of another kind or site (P7). */
export const accountKey = (
  hmac: Hmac,
  from: { readonly site: SiteId; readonly id: AccountId },
): string | Promise<string> => pseudonym(hmac, ['hushtag account 1', from.site, from.id.kind, from.id.value]);

/**
 * What a receipt keeps of a consent platform's string. Keyed: who has the receipts and no salt could find an unkeyed hash again by
 * trying strings, which have few parts that differ.
 */
export const consentDigest = (hmac: Hmac, site: SiteId, text: string): Promise<string> | string =>
  pseudonym(hmac, ['hushtag consent 1', site, text]);
