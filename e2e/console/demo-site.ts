// e2e/console/demo-site.ts: the console as `hushtag serve` serves it, over the demo's data: a real shop's history and a live page.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleFile, findChromium, replay, serveShop, visitShop } from '../../cli/replay/index.ts';
import type { EpochMs, SiteId } from '../../contract/index.ts';
import type { Scope } from '../../core/index.ts';
import { SCOPES } from '../../core/index.ts';
import { firstOwnerCode, issueToken, tokenKeysFrom } from '../../edge/index.ts';
import type { Config } from '../../runtime/index.ts';
import { segmentSite, startNode } from '../../runtime/index.ts';
import { configIn } from '../../runtime/testing.ts';
import type { Db } from '../../store/index.ts';
import { addSite, findSite } from '../../store/index.ts';
import type { EdgeUnderTest } from '../support/edge-under-test.ts';
import { siteId } from '../support/edge-under-test.ts';
import { send } from '../support/node-edge.ts';

/** A served edge with a site that has been visited, and one that has not. */
export interface DemoSite {
  readonly origin: string;
  readonly db: Db;
  readonly site: SiteId;
  /** A site nobody has visited. */
  readonly newSite: SiteId;
  /** Origins of the visited site. */
  readonly origins: readonly string[];
  /** Sends what a page of a site would. */
  readonly edge: Pick<EdgeUnderTest, 'fetch'>;
  /** A code that logs the owner of all sites in once. */
  readonly ownerCode: () => Promise<string>;
  readonly token: (site: SiteId, scopes?: readonly Scope[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

const VISITORS = 4;
// One of the five clusters is always below it.
const FLOOR = 100;
const TOKEN_SECONDS = 3_600;
const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
const now = (): EpochMs => Date.now() as EpochMs;

/** Starts it: a replay of the invoices, visits in Chromium, a run of the segmenter. Some ten seconds. */
export async function startDemoSite(port = 0): Promise<DemoSite> {
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-console-'));
  const config: Config = { ...configIn(folder), port };
  const server = await startNode(config, { write: () => undefined });
  const { db, keys, origin } = server;
  const token: DemoSite['token'] = async (site, scopes = SCOPES) => {
    const signing = await tokenKeysFrom(await keys.secret('tokens', randomBytes(32)));
    return issueToken(signing, { site, scopes, lifeSeconds: TOKEN_SECONDS, id: randomBytes(16), now: now() });
  };
  const [site, newSite] = [siteId('shop'), siteId('new-shop')];
  const shop = await serveShop({ port: 0, collector: new URL(origin) });
  await addSite(db, { id: site, origins: [shop.origin], policy: 'standard', floor: FLOOR, at: now() });
  await addSite(db, { id: newSite, origins: ['https://new-shop.example'], policy: 'strict', floor: FLOOR, at: now() });
  const file = exampleFile('data/online_retail.parquet');
  const report = await replay({ collector: new URL(origin), site, token: await token(site), file });
  const chromiumPath = findChromium();
  if (chromiumPath === undefined) throw new Error('Chromium is missing');
  await visitShop({ shopOrigin: shop.origin, chromiumPath, visitors: VISITORS });
  await shop.close();
  const stored = await findSite(db, site);
  if (stored === undefined) throw new Error('the demo site was added');
  await segmentSite({ db, keys, now, randomBytes, asOf: report.lastAt as EpochMs, options: { k: 5 } }, stored);
  return {
    origin,
    db,
    site,
    newSite,
    origins: [shop.origin],
    edge: { fetch: (path, init) => send(origin, path, init) },
    token,
    ownerCode: async () => {
      const code = await firstOwnerCode({ db, now, randomBytes });
      if (code === undefined) throw new Error('somebody has logged in already');
      return code;
    },
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
