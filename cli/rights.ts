// cli/rights.ts: what commands that answer people's requests are given, as the server would be.
import type { EpochMs } from '../contract/index.ts';
import type { RightsNeeds } from '../edge/index.ts';
import { rightsNeeds } from '../edge/index.ts';
import { configuredKeys, deliverOverHttps, PRIVACY_PARTS } from '../runtime/index.ts';
import { requireConfig, withDb } from './context.ts';

/** Opens what is configured for one piece of work. */
export async function withRights<T>(use: (needs: RightsNeeds) => Promise<T>): Promise<T> {
  const config = requireConfig();
  const keys = await configuredKeys(config);
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const now = (): EpochMs => Date.now() as EpochMs;
  return withDb(config, (db) =>
    use(rightsNeeds({ db, keys, now, randomBytes, deliver: deliverOverHttps, ...PRIVACY_PARTS })),
  );
}
