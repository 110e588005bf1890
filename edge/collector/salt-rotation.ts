// edge/collector/salt-rotation.ts: gives a site's long salt a successor; while both live, visitors who return are re-keyed (P2).
//
// The key is noted before it is made, and row, shortened life and audit entry are one transaction. Killed before it, the
// next start destroys the key that belongs to no salt; killed after it, everything is done.
import type { EpochMs } from '../../contract/index.ts';
import { MINUTE_MS } from '../../contract/index.ts';
import type { KeyProvider } from '../../core/index.ts';
import { followingPeriod, ROTATION_LEAD_MS, ROTATION_OVERLAP_MS } from '../../core/index.ts';
import type { Db, SiteRow } from '../../store/index.ts';
import {
  abandonedKeys,
  followSalt,
  forgetPendingKeys,
  listSites,
  notePendingKey,
  readLongSalts,
} from '../../store/index.ts';
import { kekIdFor, wrapSalt } from './keyring.ts';

/** What a rotation needs of its platform. */
export interface RotationNeeds {
  readonly db: Db;
  readonly keys: KeyProvider;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
}

/** What came of it; `no_salt`: the site has none yet, its first one is made on first use. `following`: one is on its way. */
export type Rotation =
  | { readonly outcome: 'rotated'; readonly opensAt: EpochMs; readonly formerUntil: EpochMs }
  | { readonly outcome: 'no_salt' }
  | { readonly outcome: 'following' };

/** A key that has been noted for longer belongs to a process that ended. */
const ABANDONED_MS: number = MINUTE_MS;

/** Makes the salt that follows a site's newest one; that one lives on for `overlapMs`. */
export async function rotateLongSalt(
  needs: RotationNeeds,
  site: SiteRow,
  now: EpochMs,
  overlapMs: number = ROTATION_OVERLAP_MS,
): Promise<Rotation> {
  const [newest, before] = await readLongSalts(needs.db, site);
  if (newest === undefined || newest.destroyAt <= now) return { outcome: 'no_salt' };
  // Two at a time are enough: a third would leave visitors of the first behind.
  if (newest.opensAt > now || (before !== undefined && before.destroyAt > now)) return { outcome: 'following' };
  const period = followingPeriod(now + ROTATION_LEAD_MS);
  const formerUntil = Math.min(newest.destroyAt, period.opensAt + overlapMs) as EpochMs;
  const kekId = kekIdFor(needs, site, period);
  await notePendingKey(needs.db, kekId, now);
  const following = await wrapSalt(needs, site, period, kekId);
  if (await followSalt(needs.db, newest, following, formerUntil, now)) {
    return { outcome: 'rotated', opensAt: period.opensAt, formerUntil };
  }
  await needs.keys.destroy(kekId);
  await forgetPendingKeys(needs.db, [kekId]);
  return { outcome: 'following' };
}

/** Rotates every long salt that ends within the overlap, and destroys what crashed rotations left. @returns how many. */
export async function rotateDueSalts(needs: RotationNeeds, now: EpochMs): Promise<number> {
  await destroyAbandonedKeys(needs, now);
  let rotated = 0;
  for (const { row } of await listSites(needs.db)) {
    const [newest] = await readLongSalts(needs.db, row);
    if (newest === undefined || newest.closesAt - now > ROTATION_OVERLAP_MS) continue;
    if ((await rotateLongSalt(needs, row, now)).outcome === 'rotated') rotated += 1;
  }
  return rotated;
}

/** Destroys keys that were made for salts that never came to be stored. */
export async function destroyAbandonedKeys(
  { db, keys }: Pick<RotationNeeds, 'db' | 'keys'>,
  now: EpochMs,
): Promise<void> {
  const kekIds = await abandonedKeys(db, now - ABANDONED_MS);
  for (const kekId of kekIds) await keys.destroy(kekId);
  if (kekIds.length > 0) await forgetPendingKeys(db, kekIds);
}
