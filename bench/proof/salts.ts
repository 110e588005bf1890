// bench/proof/salts.ts: can a destroyed salt be had again? From the folders as they are, and from a backup taken before (P2).
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { KeyProvider } from '../../core/index.ts';
import { lengthPrefixed } from '../../core/index.ts';
import { destroyExpiredSalts } from '../../edge/index.ts';
import type { Db } from '../../store/index.ts';
import type { Haystack } from './search.ts';

const NONCE_BYTES = 12;
/** Later than any salt lives. */
const FAR_AHEAD_MS = 1_000 * DAY_MS;

/** A salt with everything that is needed to look for it. The unwrapping is written anew: it must not share the keyring's mistakes. */
export interface KnownSalt {
  readonly wrapped: Uint8Array<ArrayBuffer>;
  readonly aad: Uint8Array<ArrayBuffer>;
  readonly kek: Uint8Array<ArrayBuffer>;
  readonly salt: Uint8Array<ArrayBuffer>;
}

async function unwrap(
  wrapped: Uint8Array<ArrayBuffer>,
  aad: Uint8Array<ArrayBuffer>,
  kek: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const key = await crypto.subtle.importKey('raw', kek, 'AES-GCM', false, ['decrypt']);
    const algorithm = { name: 'AES-GCM', iv: wrapped.slice(0, NONCE_BYTES), additionalData: aad };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, wrapped.slice(NONCE_BYTES)));
  } catch {
    return undefined;
  }
}

/** Opens every salt there is while that is possible. */
export async function knownSalts(db: Db, keys: KeyProvider): Promise<KnownSalt[]> {
  const { rows } = await db.client.execute('SELECT site_id, use, opens_at, kek_id, wrapped FROM salts');
  const salts: KnownSalt[] = [];
  for (const row of rows) {
    const wrapped = new Uint8Array(row['wrapped'] as ArrayBuffer);
    const parts = [row['site_id'], row['opens_at'], row['use']].map((part) => String(part as string | number));
    const aad = lengthPrefixed(['hushtag salt 1', ...parts]);
    const kek = await keys.read(row['kek_id'] as string);
    const held = kek === undefined ? undefined : Uint8Array.from(kek);
    const salt = held === undefined ? undefined : await unwrap(wrapped, aad, held);
    if (held === undefined || salt === undefined) throw new Error('a live salt can be opened');
    salts.push({ wrapped, aad, kek: held, salt });
  }
  return salts;
}

/** Destroys every salt, as the schedule would once their time is over. */
export const destroyAll = (db: Db, keys: KeyProvider): Promise<number> =>
  destroyExpiredSalts({ db, keys }, (Date.now() + FAR_AHEAD_MS) as EpochMs);

/**
 * Tries to have salts again: their bytes or their keys' anywhere, the wrapped rows in the live folder, and every 32 bytes of
 * every file of the key folder as the key of the rows that the backup still holds. @returns how many were had.
 */
export async function recoverSalts(
  known: readonly KnownSalt[],
  files: readonly Haystack[],
  keyDir: string,
): Promise<number> {
  const candidates: Uint8Array<ArrayBuffer>[] = [];
  for (const name of await readdir(keyDir)) {
    const bytes = await readFile(join(keyDir, name));
    for (let at = 0; at + 32 <= bytes.length; at++) candidates.push(Uint8Array.from(bytes.subarray(at, at + 32)));
  }
  let recovered = 0;
  for (const { wrapped, aad, kek, salt } of known) {
    const isThere = (bytes: Uint8Array): boolean => files.some((file) => file.bytes.includes(Buffer.from(bytes)));
    let had = isThere(salt) || isThere(kek);
    for (const candidate of candidates) had ||= (await unwrap(wrapped, aad, candidate)) !== undefined;
    if (had) recovered += 1;
  }
  return recovered;
}
