// e2e/console/demo-site.ts: the console as `hushtag serve` serves it, over the demo's data: a real shop's history and visits of today.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONCURRENCY_MAX, exampleFile, mapRetail, readRetailRows, replayMapped } from '../../cli/replay/index.ts';
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
import { collect, SHOP_ORIGIN, siteId, wireBatch, wireEvent } from '../support/edge-under-test.ts';
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

/** One customer of so many is replayed: pages show the same of some 740 people as of 2,968, in a quarter of the time. */
const CUSTOMERS_PER_SAMPLED = 4;
const VISITS_TODAY = 4;
// One of the five clusters is always below it.
const FLOOR = 50;
const TOKEN_SECONDS = 3_600;
const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
const now = (): EpochMs => Date.now() as EpochMs;

/** The rows of the sampled customers. */
const isSampled = ({ CustomerID: customer }: Readonly<Record<string, unknown>>): boolean =>
  Number(customer) > 0 && Number(customer) % CUSTOMERS_PER_SAMPLED === 0;

/** What the tag would have sent of today's visits: from a view to a purchase. */
async function visitToday(edge: DemoSite['edge']): Promise<void> {
  for (let nth = 0; nth < VISITS_TODAY; nth += 1) {
    const e = [
      wireEvent({ u: `${SHOP_ORIGIN}/` }),
      wireEvent({ n: 'view_item', u: `${SHOP_ORIGIN}/tea` }),
      wireEvent({ n: 'purchase', u: `${SHOP_ORIGIN}/basket`, m: { c: 'GBP', v: 1_250, o: `today-${nth}` } }),
    ];
    const { status } = await collect(edge, wireBatch({ s: 'shop', e }), { origin: SHOP_ORIGIN });
    if (status !== 202) throw new Error(`a visit was refused: ${status}`);
  }
}

/** Whether a row is of the first two weeks of the invoices, which are of December 2010. */
const isOfFirstWeeks = ({ InvoiceDate: date }: Readonly<Record<string, unknown>>): boolean =>
  /^12\/([1-9]|1[0-4])\/10 /.test(String(date));

/**
 * Replays all customers of the first two weeks to a site of its own: of a sample of them, no week's number would pass the floor and
 * the margin of its noise. @returns the site's id.
 */
export async function addFirstWeeks({ db, origin, token }: DemoSite): Promise<SiteId> {
  const site = siteId('first-weeks');
  await addSite(db, { id: site, origins: [SHOP_ORIGIN], policy: 'standard', floor: FLOOR, at: now() });
  const rows = await readRetailRows(exampleFile('data/online_retail.parquet'));
  const collector = { collector: new URL(origin), site, token: await token(site), concurrency: CONCURRENCY_MAX };
  await replayMapped(mapRetail(rows.filter(isOfFirstWeeks)), collector);
  return site;
}

/** Starts it: a replay of a sample of the invoices, some visits, a run of the segmenter. */
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
  await addSite(db, { id: site, origins: [SHOP_ORIGIN], policy: 'standard', floor: FLOOR, at: now() });
  await addSite(db, { id: newSite, origins: ['https://new-shop.example'], policy: 'strict', floor: FLOOR, at: now() });
  const rows = await readRetailRows(exampleFile('data/online_retail.parquet'));
  const collector = { collector: new URL(origin), site, token: await token(site), concurrency: CONCURRENCY_MAX };
  const report = await replayMapped(mapRetail(rows.filter(isSampled)), collector);
  const edge: DemoSite['edge'] = { fetch: (path, init) => send(origin, path, init) };
  await visitToday(edge);
  const stored = await findSite(db, site);
  if (stored === undefined) throw new Error('the demo site was added');
  await segmentSite({ db, keys, now, randomBytes, asOf: report.lastAt as EpochMs, options: { k: 5 } }, stored);
  return {
    origin,
    db,
    site,
    newSite,
    origins: [SHOP_ORIGIN],
    edge,
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
