// runtime/hmac.node.ts: HMAC by node:crypto: it answers at once, where WebCrypto hands each message to a thread and back.
import { createHmac, createSecretKey } from 'node:crypto';
import type { Hmac } from '../core/index.ts';

/** HMAC-SHA-256 under a salt. */
export async function nodeHmac(salt: Uint8Array<ArrayBuffer>): Promise<Hmac> {
  const key = createSecretKey(salt);
  return (message) => createHmac('sha256', key).update(message).digest();
}
