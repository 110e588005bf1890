// core/pseudonym.ts: how a pseudonym is made: HMAC over length-prefixed fields, cut to 12 bytes.
import type { AccountId } from './account.ts';
import type { FirstPartyId, OrderKey, SiteId, VisitorKey } from '../contract/index.ts';

/** HMAC-SHA-256 under one salt (RFC 2104, FIPS 180-4); the salt itself stays behind the function. */
export type Hmac = (message: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/** Bytes kept of an HMAC: 96 bits, a collision among 10 million visitors of a site has a chance below 10^-15. */
export const PSEUDONYM_BYTES = 12;

const encoder = new TextEncoder();
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Fields as 4-byte big-endian length and UTF-8 bytes each, so that no two lists of fields share a message. */
export function lengthPrefixed(fields: readonly string[]): Uint8Array<ArrayBuffer> {
  const parts = fields.map((field) => encoder.encode(field));
  const message = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(message.buffer);
  let offset = 0;
  for (const part of parts) {
    view.setUint32(offset, part.length);
    message.set(part, offset + 4);
    offset += 4 + part.length;
  }
  return message;
}

/** Lower-case hex of some bytes. */
export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += HEX[byte] ?? '';
  return hex;
}

const pseudonym = async (hmac: Hmac, fields: readonly string[]): Promise<string> =>
  toHex((await hmac(lengthPrefixed(fields))).subarray(0, PSEUDONYM_BYTES));

/** Key of a visitor without consent: groups one day's events of one network and browser, nothing beyond (C1). */
export const dayVisitorKey = async (
  hmac: Hmac,
  from: { readonly site: SiteId; readonly network: string; readonly userAgent: string },
): Promise<VisitorKey> =>
  (await pseudonym(hmac, ['hushtag visitor day 1', from.site, from.network, from.userAgent])) as VisitorKey;

/** Key of a visitor who agreed: the same for one site as long as the long salt lives. */
export const linkedVisitorKey = async (
  hmac: Hmac,
  from: { readonly site: SiteId; readonly firstPartyId: FirstPartyId },
): Promise<VisitorKey> => (await pseudonym(hmac, ['hushtag visitor id 1', from.site, from.firstPartyId])) as VisitorKey;

/** Key of an order: tells a repeated purchase from a new one without holding the shop's order id. */
export const orderKey = async (
  hmac: Hmac,
  from: { readonly site: SiteId; readonly transactionId: string },
): Promise<OrderKey> => (await pseudonym(hmac, ['hushtag order 1', from.site, from.transactionId])) as OrderKey;

/** Key of an account: shares no value with the keys of visitors and orders, nor with the same id of another kind or site (P7). */
export const accountKey = (hmac: Hmac, from: { readonly site: SiteId; readonly id: AccountId }): Promise<string> =>
  pseudonym(hmac, ['hushtag account 1', from.site, from.id.kind, from.id.value]);

/** Name of an address for a rate limit: lives in memory and dies with the day's salt. */
export const addressKey = (hmac: Hmac, from: { readonly site: SiteId; readonly address: string }): Promise<string> =>
  pseudonym(hmac, ['hushtag address 1', from.site, from.address]);
