// edge/collector/keyring.ts: the salts of all sites: made on first use, wrapped at rest, destroyed when their time is over (P2).
import type { EpochMs } from '../../contract/index.ts';
import type { Hmac, KeyProvider, SaltPeriod, SaltUse } from '../../core/index.ts';
import { invariant, KEY_BYTES, lengthPrefixed, saltPeriodAt, toHex } from '../../core/index.ts';
import type { Db, SiteRow, WrappedSalt } from '../../store/index.ts';
import { findSalt } from '../../store/index.ts';

/**
 * Thrown where a salt's row is there and its key is not: the key folder was lost or is another one, or a backup was
 * restored without keys. No pseudonym is made then; docs/configuration.md says how to go on without the old keys.
 */
class SaltKeyMissingError extends Error {
  override readonly name = 'SaltKeyMissingError';
  /** Stable code for logs and the error boundary. */
  readonly code = 'salt_key_missing';
  constructor(kekId: string) {
    super(`the key ${kekId} is not at the key provider`);
  }
}

const NONCE_BYTES = 12;
/** Opened salts held in memory; the oldest go first. Two a site, so this serves a thousand busy sites. */
const OPEN_SALTS_MAX = 2_048;

/** Gives the HMAC of a site's salt. Rejects where the key provider or the database can't be reached. */
export type SaltHmac = (site: SiteRow, use: SaltUse, at: EpochMs) => Promise<Hmac>;

/** What the keyring needs of its surroundings. */
export interface KeyringNeeds {
  readonly db: Db;
  readonly keys: KeyProvider;
  readonly now: () => EpochMs;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  readonly hmacOf: (salt: Uint8Array<ArrayBuffer>) => Promise<Hmac>;
  readonly keepSalt: (salt: WrappedSalt) => Promise<void>;
}

const aad = (site: SiteRow, period: SaltPeriod): Uint8Array<ArrayBuffer> =>
  lengthPrefixed(['hushtag salt 1', String(site), String(period.opensAt), period.use]);

const importKek = (kek: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', Uint8Array.from(kek), 'AES-GCM', false, ['encrypt', 'decrypt']);

async function wrapSalt(needs: KeyringNeeds, site: SiteRow, period: SaltPeriod): Promise<WrappedSalt> {
  // The id has randomness of its own: a period begun anew after a restore never meets the key of the old one.
  const kekId = `${site}-${period.use}-${period.opensAt}-${toHex(needs.randomBytes(4))}`;
  const kek = await importKek(await needs.keys.obtain(kekId, needs.randomBytes(KEY_BYTES)));
  const nonce = needs.randomBytes(NONCE_BYTES);
  const salt = needs.randomBytes(KEY_BYTES);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: aad(site, period) },
    kek,
    salt,
  );
  salt.fill(0);
  return { site, ...period, kekId, wrapped: Uint8Array.of(...nonce, ...new Uint8Array(sealed)) };
}

/**
 * Opens a wrapped salt.
 * @returns 32 bytes, or undefined where its key was destroyed. @throws where the row was tampered with.
 */
export async function unwrapSalt(keys: KeyProvider, salt: WrappedSalt): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const kek = await keys.read(salt.kekId);
  if (kek === undefined) return undefined;
  const iv = salt.wrapped.slice(0, NONCE_BYTES);
  const opened = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv, additionalData: aad(salt.site, salt) },
    await importKek(kek),
    salt.wrapped.slice(NONCE_BYTES),
  );
  return new Uint8Array(opened);
}

async function obtainSalt(needs: KeyringNeeds, site: SiteRow, use: SaltUse, at: EpochMs): Promise<WrappedSalt> {
  const period = saltPeriodAt(use, at);
  const found = await findSalt(needs.db, site, period);
  if (found !== undefined) return found;
  invariant(period.destroyAt > needs.now(), 'P2: no salt is made for a period that is over');
  const made = await wrapSalt(needs, site, period);
  let stored: WrappedSalt | undefined;
  try {
    await needs.keepSalt(made);
    stored = await findSalt(needs.db, site, period);
  } finally {
    // Another process won, or the row could not be written: the key made for our salt opens nothing and must not stay.
    if (stored?.kekId !== made.kekId) await needs.keys.destroy(made.kekId);
  }
  invariant(stored !== undefined, 'P2: a stored salt can be read back');
  return stored;
}

/** Makes the keyring. Opened salts stay in memory as non-extractable keys until their period must be gone. */
export function createKeyring(needs: KeyringNeeds): SaltHmac {
  const open = new Map<string, { readonly period: SaltPeriod; readonly hmac: Promise<Hmac> }>();

  const openSalt = async (site: SiteRow, use: SaltUse, at: EpochMs): Promise<{ period: SaltPeriod; hmac: Hmac }> => {
    const stored = await obtainSalt(needs, site, use, at);
    const salt = await unwrapSalt(needs.keys, stored);
    if (salt === undefined) throw new SaltKeyMissingError(stored.kekId);
    const hmac = await needs.hmacOf(salt);
    salt.fill(0);
    return { period: stored, hmac };
  };

  // When the first of the open salts must be gone: they are not gone through at every page view.
  let firstEnd = 0;
  const hold = (name: string, salt: { readonly period: SaltPeriod; readonly hmac: Promise<Hmac> }): void => {
    firstEnd = Math.min(firstEnd, salt.period.destroyAt);
    open.set(name, salt);
  };
  const dropEnded = (now: EpochMs): void => {
    if (now < firstEnd && open.size <= OPEN_SALTS_MAX) return;
    firstEnd = Number.POSITIVE_INFINITY;
    for (const [name, { period }] of open) {
      if (period.destroyAt <= now) open.delete(name);
      else firstEnd = Math.min(firstEnd, period.destroyAt);
    }
    for (const name of open.keys()) {
      if (open.size <= OPEN_SALTS_MAX) break;
      open.delete(name);
    }
  };

  return (site, use, at) => {
    const now = needs.now();
    dropEnded(now);
    const day = saltPeriodAt(use, at);
    const name = use === 'day' ? `${site}|day|${day.opensAt}` : `${site}|long`;
    const held = open.get(name);
    // Not `opensAt`: after a clock was set back, the salt made while it was ahead goes on.
    if (held !== undefined && at < held.period.closesAt) return held.hmac;
    const opening = openSalt(site, use, at);
    const entry = { period: day, hmac: opening.then(({ hmac }) => hmac) };
    hold(name, entry);
    opening.then(
      ({ period, hmac }) => hold(name, { period, hmac: Promise.resolve(hmac) }),
      () => open.delete(name),
    );
    return entry.hmac;
  };
}
