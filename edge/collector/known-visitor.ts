// edge/collector/known-visitor.ts: keys of who shows an id of their own, for requests about their data.
import type { EpochMs, FirstPartyId, VisitorKey } from '../../contract/index.ts';
import type { AccountId, Hmac, KeyProvider } from '../../core/index.ts';
import { accountKey, linkedVisitorKey } from '../../core/index.ts';
import type { Db, Site } from '../../store/index.ts';
import { isVisitorKey, liveSalts } from '../../store/index.ts';
import { unwrapSalt } from './keyring.ts';

/** Where salts and their keys are. */
export interface KnownKeysNeeds {
  readonly db: Db;
  readonly keys: KeyProvider;
}

/** HMACs of the long salts that live, newest first. No salt is made for the question. */
async function liveHmacs(needs: KnownKeysNeeds, site: Site, now: EpochMs): Promise<Hmac[]> {
  const hmacs: Hmac[] = [];
  for (const stored of await liveSalts(needs.db, site.row, 'long', now)) {
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
): Promise<VisitorKey[]> {
  const hmacs = await liveHmacs(needs, site, now);
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

/** The keys that an account may be stored under, newest first; none where no long salt lives. */
export async function knownAccountKeys(
  needs: KnownKeysNeeds,
  site: Site,
  id: AccountId,
  now: EpochMs,
): Promise<string[]> {
  const hmacs = await liveHmacs(needs, site, now);
  return Promise.all(hmacs.map(async (hmac) => accountKey(hmac, { site: site.id, id })));
}
