// runtime/key-provider.master.ts: keys derived from one secret binding of a Worker (HKDF, RFC 5869).
import type { KeyProvider } from '../core/index.ts';
import { KEY_BYTES } from '../core/index.ts';

const encoder = new TextEncoder();

/**
 * Keys derived from a master secret of 32 bytes.
 * What this can't do: a derived key can be derived again, so `destroy` forgets nothing. The salt's row is all that is
 * destroyed, and a copy of the database together with the secret opens it again until the secret is replaced.
 * docs/privacy.md says so; a KMS or Durable Object behind the same interface has no such limit.
 */
export async function masterKeys(master: Uint8Array): Promise<KeyProvider> {
  if (master.length !== KEY_BYTES) throw new Error(`HUSHTAG_MASTER_KEY must be ${KEY_BYTES} bytes in base64`);
  const key = await crypto.subtle.importKey('raw', Uint8Array.from(master), 'HKDF', false, ['deriveBits']);
  const derive = async (info: string): Promise<Uint8Array> =>
    new Uint8Array(
      await crypto.subtle.deriveBits(
        { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: encoder.encode(info) },
        key,
        KEY_BYTES * 8,
      ),
    );
  return {
    forgets: false,
    obtain: (kekId) => derive(`kek|${kekId}`),
    read: async (kekId) => derive(`kek|${kekId}`),
    destroy: async () => undefined,
    secret: (name) => derive(`secret|${name}`),
  };
}
