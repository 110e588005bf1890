// edge/api/keyed.ts: keyed hashes by which something is found again and never read: Idempotency-Keys, addresses people log in with.
import type { KeyProvider } from '../../core/index.ts';
import { KEY_BYTES, lengthPrefixed } from '../../core/index.ts';

/** What hashing needs. */
export interface KeyedNeeds {
  readonly keys: KeyProvider;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** HMAC-SHA-256 of some fields under the secret `access`, which is not in the database. @returns 32 bytes. */
export async function keyedHash({ keys, randomBytes }: KeyedNeeds, ...fields: readonly string[]): Promise<Uint8Array> {
  const secret = Uint8Array.from(await keys.secret('access', randomBytes(KEY_BYTES)));
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, lengthPrefixed(fields)));
}
