// edge/collector/salt-destruction.ts: destroys salts whose time is over: key first, then row and audit entry, then proof (P2).
import type { EpochMs } from '../../contract/index.ts';
import type { KeyProvider } from '../../core/index.ts';
import { invariant } from '../../core/index.ts';
import type { Db } from '../../store/index.ts';
import { deleteSalt, expiredSalts } from '../../store/index.ts';
import { unwrapSalt } from './keyring.ts';

/** Destroys every salt that must not exist at `now`; a crash between the steps heals at the next call. @returns how many. */
export async function destroyExpiredSalts(
  needs: { readonly db: Db; readonly keys: KeyProvider },
  now: EpochMs,
): Promise<number> {
  const expired = await expiredSalts(needs.db, now);
  for (const salt of expired) {
    await needs.keys.destroy(salt.kekId);
    await deleteSalt(needs.db, salt, now);
    if (needs.keys.forgets) {
      invariant((await unwrapSalt(needs.keys, salt)) === undefined, 'P2: a destroyed salt can not be opened again');
    }
  }
  return expired.length;
}
