// edge/collector/known-visitor.ts: keys of who shows an id of their own, for requests about their data.
import type { EpochMs, FirstPartyId, VisitorKey } from '../../contract/index.ts';
import type { AccountId, Hmac, KeyProvider } from '../../core/index.ts';
import { accountKey, linkedVisitorKey } from '../../core/index.ts';
import type { Db, Site, WrappedSalt } from '../../store/index.ts';
import { isVisitorKey, liveSalts, readLongSalts } from '../../store/index.ts';
import { unwrapSalt } from './keyring.ts';

/** Where salts and their keys are. */
export interface KnownKeysNeeds {
  readonly db: Db;
  readonly keys: KeyProvider;
}

/**
 * Which long salts are asked: those that live, or whatever is stored. A salt outlives its end until the schedule destroys it (for
 * long, where nothing runs or the clock is ahead), and as long as it can still name somebody their rights reach what it names.
 */
export type SaltReach = 'live' | 'stored';

const saltsOf = async ({ db }: KnownKeysNeeds, site: Site, now: EpochMs, reach: SaltReach): Promise<WrappedSalt[]> =>
  reach === 'live'
    ? liveSalts(db, site.row, 'long', now)
    : (await readLongSalts(db, site.row)).filter(({ opensAt }) => opensAt <= now);

/** HMACs of long salts, newest first. No salt is made for the question. */
async function hmacsOf(needs: KnownKeysNeeds, site: Site, now: EpochMs, reach: SaltReach): Promise<Hmac[]> {
  const hmacs: Hmac[] = [];
  for (const stored of await saltsOf(needs, site, now, reach)) {
    const salt = await unwrapSalt(needs.keys, stored);
    if (salt === undefined) continue;
    const key = await crypto.subtle.importKey('raw', salt, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    salt.fill(0);
    hmacs.push(async (message) => new Uint8Array(await crypto.subtle.sign('HMAC', key, message)));
  }
  return hmacs;
}

/**
 * The keys that events of this first-party id may be stored under, made as the collector makes them: two while one long
 * salt follows another, newest first.
 * @returns none where the salt is gone or was never made: then nobody, we included, can tell which events were theirs
 * (GDPR Art. 11).
 */
export async function knownVisitorKeys(
  needs: KnownKeysNeeds,
  site: Site,
  firstPartyId: FirstPartyId,
  now: EpochMs,
  reach: SaltReach = 'live',
): Promise<VisitorKey[]> {
  const hmacs = await hmacsOf(needs, site, now, reach);
  return Promise.all(hmacs.map(async (hmac) => linkedVisitorKey(hmac, { site: site.id, firstPartyId })));
}

/** The one of {@link knownVisitorKeys} that the visitor is stored under now; the newest where they are under none. */
export async function knownVisitorKey(
  needs: KnownKeysNeeds,
  site: Site,
  firstPartyId: FirstPartyId,
  now: EpochMs,
): Promise<VisitorKey | undefined> {
  const keys = await knownVisitorKeys(needs, site, firstPartyId, now);
  for (const key of keys) if (await isVisitorKey(needs.db, site.row, key)) return key;
  return keys[0];
}

/** The keys that an account may be stored under, newest first; none where there is no such long salt. */
export async function knownAccountKeys(
  needs: KnownKeysNeeds,
  site: Site,
  id: AccountId,
  now: EpochMs,
  reach: SaltReach = 'live',
): Promise<string[]> {
  const hmacs = await hmacsOf(needs, site, now, reach);
  return Promise.all(hmacs.map(async (hmac) => accountKey(hmac, { site: site.id, id })));
}

/** Whether a long salt is stored whose key is gone: its visitors can't be told any more, though no audit entry says so yet. */
export async function hasLostSalt(needs: KnownKeysNeeds, site: Site): Promise<boolean> {
  for (const salt of await readLongSalts(needs.db, site.row)) {
    const opened = await unwrapSalt(needs.keys, salt);
    if (opened === undefined) return true;
    opened.fill(0);
  }
  return false;
}
