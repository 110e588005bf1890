// bench/servers/bench-shop.ts: the shop that loads are sent to, and the settings of a server that takes them.
import { join } from 'node:path';
import type { SiteId } from '../../contract/index.ts';
import type { Config } from '../../runtime/index.ts';
import type { Db } from '../../store/index.ts';
import { addSite } from '../../store/index.ts';

/** The shop's name. */
export const BENCH_SHOP = 'shop' as SiteId;

/** A server on a free port with everything below a folder. The rates are on; those of a site are above what one gets by default. */
export const benchConfig = (folder: string, addressEventsPerSecond: number): Config => ({
  port: 0,
  host: '127.0.0.1',
  dataDir: join(folder, 'data'),
  keyDir: join(folder, 'keys'),
  trustedProxies: 1,
  segmentMinutes: 0,
  limits: { siteEventsPerSecond: 1_000_000, addressEventsPerSecond },
});

/** Adds the shop. */
export async function addBenchShop(db: Db): Promise<void> {
  const origins = ['https://shop.example'];
  await addSite(db, { id: BENCH_SHOP, origins, policy: 'standard', floor: 50, at: Date.now() });
}
