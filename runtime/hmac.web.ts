// runtime/hmac.web.ts: HMAC by WebCrypto, for Workers; the key can't be read back out of it.
import type { Hmac } from '../core/index.ts';

/** HMAC-SHA-256 under a salt. */
export async function webHmac(salt: Uint8Array<ArrayBuffer>): Promise<Hmac> {
  const key = await crypto.subtle.importKey('raw', salt, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return async (message) => new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
}
