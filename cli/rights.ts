// cli/rights.ts: what commands that answer people's requests are given, as the server would be.
import type { EpochMs } from '../contract/index.ts';
import type { RightsNeeds } from '../edge/index.ts';
import { rightsNeeds } from '../edge/index.ts';
import type { Config } from '../runtime/index.ts';
import { configuredKeys, keepApartIn, PRIVACY_PARTS, wayOut } from '../runtime/index.ts';
import type { Db } from '../store/index.ts';
import { requireConfig, withDb } from './context.ts';

/** What they are given of an open database. */
export async function rightsOf(config: Config, db: Db): Promise<RightsNeeds> {
  const keys = await configuredKeys(config);
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const now = (): EpochMs => Date.now() as EpochMs;
  const keepApart = keepApartIn(db, config.secondDir);
  return rightsNeeds({ db, keys, now, randomBytes, keepApart, ...wayOut(config), ...PRIVACY_PARTS });
}

/** Opens what is configured for one piece of work. */
export async function withRights<T>(use: (needs: RightsNeeds) => Promise<T>): Promise<T> {
  const config = requireConfig();
  return withDb(config, async (db) => use(await rightsOf(config, db)));
}
