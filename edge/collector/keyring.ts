// edge/collector/keyring.ts: the salts of all sites: made on first use, wrapped at rest, destroyed when their time is over (P2).
import type { EpochMs } from '../../contract/index.ts';
import { DAY_MS, MINUTE_MS } from '../../contract/index.ts';
import type { Hmac, KeyProvider, SaltPeriod, SaltUse } from '../../core/index.ts';
import { invariant, KEY_BYTES, lengthPrefixed, saltPeriodAt, toHex } from '../../core/index.ts';
import type { Db, SiteRow, WrappedSalt } from '../../store/index.ts';
import { findSalt, liveSalts } from '../../store/index.ts';

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
  /** Does something after some ms, where the platform has timers that outlive a request. */
  readonly later?: ((ms: number, work: () => void) => void) | undefined;
}

const aad = (site: SiteRow, period: SaltPeriod): Uint8Array<ArrayBuffer> =>
  lengthPrefixed(['hushtag salt 1', String(site), String(period.opensAt), period.use]);

const importKek = (kek: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', Uint8Array.from(kek), 'AES-GCM', false, ['encrypt', 'decrypt']);

type WrapNeeds = Pick<KeyringNeeds, 'keys' | 'randomBytes'>;

/** Names the key of a salt. It has randomness of its own: a period begun anew after a restore never meets the key of the old one. */
export const kekIdFor = (needs: Pick<WrapNeeds, 'randomBytes'>, site: SiteRow, period: SaltPeriod): string =>
  `${site}-${period.use}-${period.opensAt}-${toHex(needs.randomBytes(4))}`;

/** Makes a salt and the key it is wrapped under. */
export async function wrapSalt(
  needs: WrapNeeds,
  site: SiteRow,
  period: SaltPeriod,
  kekId: string,
): Promise<WrappedSalt> {
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

async function obtainSalt(
  needs: KeyringNeeds,
  site: SiteRow,
  use: SaltUse,
  at: EpochMs,
): Promise<readonly [WrappedSalt, former?: WrappedSalt]> {
  const period = saltPeriodAt(use, at);
  const found = await findSalts(needs, site, period, at);
  if (found !== undefined) return found;
  invariant(period.destroyAt > needs.now(), 'P2: no salt is made for a period that is over');
  const made = await wrapSalt(needs, site, period, kekIdFor(needs, site, period));
  let stored: WrappedSalt | undefined;
  try {
    await needs.keepSalt(made);
    stored = await findSalt(needs.db, site, period);
  } finally {
    // Another process won, or the row could not be written: the key made for our salt opens nothing and must not stay.
    if (stored?.kekId !== made.kekId) await needs.keys.destroy(made.kekId);
  }
  invariant(stored !== undefined, 'P2: a stored salt can be read back');
  return [stored];
}

/** The salt that serves a period; of long salts the newest that has opened, and the one it follows while that lives. */
async function findSalts(
  { db }: KeyringNeeds,
  site: SiteRow,
  period: SaltPeriod,
  at: EpochMs,
): Promise<readonly [WrappedSalt, former?: WrappedSalt] | undefined> {
  const live = period.use === 'long' ? await liveSalts(db, site, 'long', at) : [];
  const [newest, former] = live;
  if (newest !== undefined) return former === undefined ? [newest] : [newest, former];
  const found = await findSalt(db, site, period);
  return found === undefined ? undefined : [found];
}

/** A salt of which HMACs can be made, and the one before it where that still lives. */
interface OpenSalt {
  readonly period: SaltPeriod;
  readonly kekId: string;
  readonly hmac: Hmac;
  readonly former?: OpenSalt | undefined;
}

interface Held {
  /** When it must be gone from memory; a guess until it is open. */
  readonly destroyAt: EpochMs;
  /** From then on the database is asked whether another salt follows. */
  readonly checkAt: number;
  readonly salt: Promise<OpenSalt>;
}

/** How long an opened long salt is used before the database is asked whether another one follows it. */
export const LONG_SALT_CHECK_MS: number = MINUTE_MS;

/** The keyring. As a function it gives the HMAC of the salt that serves an instant. */
export interface Keyring extends SaltHmac {
  /** The long salt, and the one before it while that lives: of it a visitor's key is until their next visit. */
  readonly long: (
    site: SiteRow,
    at: EpochMs,
  ) => Promise<{ readonly hmac: Hmac; readonly former?: OpenSalt | undefined }>;
}

async function openSalts(
  needs: KeyringNeeds,
  site: SiteRow,
  use: SaltUse,
  at: EpochMs,
  held?: OpenSalt,
): Promise<OpenSalt> {
  const [newest, former] = await obtainSalt(needs, site, use, at);
  const open = async (stored: WrappedSalt): Promise<OpenSalt | undefined> => {
    const { use: of, opensAt, closesAt, destroyAt, kekId } = stored;
    const period = { use: of, opensAt, closesAt, destroyAt };
    // An open one is opened again for nothing, but its life may have been shortened.
    const same = [held, held?.former].find((one) => one?.kekId === kekId);
    if (same !== undefined) return { period, kekId, hmac: same.hmac };
    const salt = await unwrapSalt(needs.keys, stored);
    if (salt === undefined) return undefined;
    const hmac = await needs.hmacOf(salt);
    salt.fill(0);
    return { period, kekId, hmac };
  };
  const opened = await open(newest);
  if (opened === undefined) throw new SaltKeyMissingError(newest.kekId);
  return { ...opened, former: former === undefined ? undefined : await open(former) };
}

/** Salts in memory by name; each leaves when it must be gone, and the oldest where there are too many. */
function heldSalts({ now, later }: KeyringNeeds) {
  const open = new Map<string, Held>();
  // When the first of the open salts must be gone: they are not gone through at every page view.
  let firstEnd = 0;
  let wiping = Number.POSITIVE_INFINITY;

  const dropEnded = (): void => {
    const instant = now();
    if (instant < firstEnd && open.size <= OPEN_SALTS_MAX) return;
    firstEnd = Number.POSITIVE_INFINITY;
    for (const [name, { destroyAt }] of open) {
      if (destroyAt <= instant) open.delete(name);
      else firstEnd = Math.min(firstEnd, destroyAt);
    }
    for (const name of open.keys()) {
      if (open.size <= OPEN_SALTS_MAX) break;
      open.delete(name);
    }
  };
  // Where the platform has timers, what is over goes when it is over, whether anybody comes or not.
  const wipeAt = (destroyAt: number): void => {
    const at = Math.min(destroyAt, now() + DAY_MS);
    if (later === undefined || at >= wiping) return;
    wiping = at;
    later(Math.max(0, at - now()), () => {
      wiping = Number.POSITIVE_INFINITY;
      dropEnded();
      for (const held of open.values()) wipeAt(held.destroyAt);
    });
  };
  return {
    dropEnded,
    get: (name: string): Held | undefined => open.get(name),
    drop: (name: string): boolean => open.delete(name),
    hold: (name: string, held: Held): Held => {
      open.set(name, held);
      firstEnd = Math.min(firstEnd, held.destroyAt);
      wipeAt(held.destroyAt);
      return held;
    },
  };
}

/** Makes the keyring. Opened salts stay in memory as non-extractable keys until their period must be gone. */
export function createKeyring(needs: KeyringNeeds): Keyring {
  const { dropEnded, drop, get, hold } = heldSalts(needs);

  const saltOf = (site: SiteRow, use: SaltUse, at: EpochMs): Promise<OpenSalt> => {
    const now = needs.now();
    dropEnded();
    const day = saltPeriodAt(use, at);
    const name = use === 'day' ? `${site}|day|${day.opensAt}` : `${site}|long`;
    const held = get(name);
    // A salt that opens later still goes on: after a clock was set back, the one made while it was ahead does.
    // A look that is due later than any can be was set before the clock went back.
    const isSeen =
      held !== undefined && now < held.checkAt && (use === 'day' || held.checkAt <= now + LONG_SALT_CHECK_MS);
    if (isSeen && at < held.destroyAt) return held.salt;
    const checkAt = use === 'day' ? Number.POSITIVE_INFINITY : now + LONG_SALT_CHECK_MS;
    const salt = Promise.resolve(held?.salt).then((before) => openSalts(needs, site, use, at, before));
    hold(name, { destroyAt: day.destroyAt, checkAt, salt });
    return salt.then(
      (opened) => {
        // The life ends with the first of the two: then the next look finds one.
        const destroyAt = Math.min(
          opened.period.destroyAt,
          opened.former?.period.destroyAt ?? Number.POSITIVE_INFINITY,
        );
        hold(name, { destroyAt: destroyAt as EpochMs, checkAt, salt: Promise.resolve(opened) });
        return opened;
      },
      (fault: unknown) => {
        drop(name);
        // Not able to ask whether another one follows, it goes on with the one it has.
        if (held === undefined || at >= held.destroyAt || use === 'day') throw fault;
        return hold(name, { ...held, checkAt }).salt;
      },
    );
  };

  return Object.assign(async (site: SiteRow, use: SaltUse, at: EpochMs) => (await saltOf(site, use, at)).hmac, {
    long: (site: SiteRow, at: EpochMs) => saltOf(site, 'long', at),
  });
}
