// edge/collector/known-visitor.ts: the key of a visitor who shows their own first-party id, for requests about their data.
import type { EpochMs, FirstPartyId, VisitorKey } from '../../contract/index.ts';
import type { KeyProvider } from '../../core/index.ts';
import { linkedVisitorKey, saltPeriodAt } from '../../core/index.ts';
import type { Db, Site } from '../../store/index.ts';
import { findSalt } from '../../store/index.ts';
import { unwrapSalt } from './keyring.ts';

/**
 * The key that events of this id are stored under, made as the collector makes it.
 * @returns undefined where the salt is gone or was never made: then nobody, we included, can tell which events were theirs
 * (GDPR Art. 11). No salt is made for the question.
 */
export async function knownVisitorKey(
  needs: { readonly db: Db; readonly keys: KeyProvider },
  site: Site,
  firstPartyId: FirstPartyId,
  now: EpochMs,
): Promise<VisitorKey | undefined> {
  const stored = await findSalt(needs.db, site.row, saltPeriodAt('long', now));
  const salt = stored === undefined ? undefined : await unwrapSalt(needs.keys, stored);
  if (salt === undefined) return undefined;
  const key = await crypto.subtle.importKey('raw', salt, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  salt.fill(0);
  const hmac = async (message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
    new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
  return linkedVisitorKey(hmac, { site: site.id, firstPartyId });
}
