// bench/proof/pipeline.ts: a real server with real files, and everything that happens to events in it.
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { EpochMs, SiteId, WireBatch, WireEvent } from '../../contract/index.ts';
import { DAY_MS, eventIdFrom } from '../../contract/index.ts';
import { encodeExport, KEY_BYTES, noteSignerFrom } from '../../core/index.ts';
import { issueToken, tokenKeysFrom } from '../../edge/index.ts';
import type { Config, RunningNode } from '../../runtime/index.ts';
import { segmentSite, startNode } from '../../runtime/index.ts';
import { addSite, findSite, purgeExpired, readAuditLog, readLedger, setRetention } from '../../store/index.ts';
import type { Marker } from './markers.ts';
import type { Haystack } from './search.ts';

export const SITE = 'shop' as SiteId;
const ORIGIN = 'https://shop.example';
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36';
const VISITORS = 300;
const RETENTION_DAYS = 30;

const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
const now = (): EpochMs => Date.now() as EpochMs;
const freshId = (at: number): string => eventIdFrom(at, randomBytes(10));

/** A server in folders of its own. */
export interface Stage {
  readonly server: RunningNode;
  readonly config: Config;
  /** What clients were answered, by status. */
  readonly statuses: Map<number, number>;
  /** Log lines and bodies of answers, which are searched like files. */
  readonly said: string[];
}

/** Starts one. */
export async function startStage(folder: string): Promise<Stage> {
  const config: Config = {
    port: 0,
    host: '127.0.0.1',
    dataDir: join(folder, 'data'),
    keyDir: join(folder, 'keys'),
    trustedProxies: 1,
    segmentMinutes: 0,
    limits: { siteEventsPerSecond: 1_000_000, addressEventsPerSecond: 1_000_000 },
  };
  const said: string[] = [];
  const server = await startNode(config, { write: (line) => said.push(line) });
  await addSite(server.db, { id: SITE, origins: [ORIGIN], policy: 'standard', floor: 50, at: Date.now() });
  return { server, config, statuses: new Map(), said };
}

/** Sends a request and keeps what was answered. */
export function send(
  stage: Stage,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const outgoing = request(new URL(path, stage.server.origin), { method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const status = incoming.statusCode ?? 0;
        stage.statuses.set(status, (stage.statuses.get(status) ?? 0) + 1);
        // The body alone: a header repeats the Origin to the page that sent it, as CORS asks, and is kept nowhere.
        stage.said.push(`${Buffer.concat(chunks).toString('latin1')}\n`);
        resolve(status);
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const CONSENTS: readonly WireBatch['c'][] = [
  ['g', 15, 1],
  ['u', 0, 0],
  ['r', 0, 1],
];

const eventOf = (over: Partial<WireEvent>, at = Date.now()): WireEvent => ({
  i: freshId(at),
  n: 'page_view',
  t: at,
  u: `${ORIGIN}/products`,
  ...over,
});

const batchOf = (consent: WireBatch['c'], nth: number, events: readonly WireEvent[]): WireBatch => ({
  v: 1,
  s: SITE,
  t: Date.now(),
  c: consent,
  ...(consent[0] === 'g' ? { i: `first-party-visitor-${String(nth).padStart(6, '0')}` } : {}),
  e: events,
});

const collectHeaders = (nth: number): Record<string, string> => ({
  'content-type': 'text/plain',
  origin: ORIGIN,
  'user-agent': AGENT,
  'x-forwarded-for': `10.${(nth >> 8) & 255}.${nth & 255}.7`,
});

/** Sends a marker with and without consent, as a page would; a refused message is part of the test. */
export async function sendMarker(stage: Stage, marker: Marker, nth: number): Promise<void> {
  for (const consent of CONSENTS) {
    const batch = { ...batchOf(consent, nth, [eventOf(marker.event ?? {})]), ...marker.batch };
    const headers = { ...collectHeaders(nth), ...marker.headers };
    await send(stage, `/v1/collect${marker.query ?? ''}`, headers, JSON.stringify(batch));
  }
}

/** Sends one event of one consenting visitor. */
export async function sendAs(stage: Stage, id: string, event: Partial<WireEvent>): Promise<void> {
  const batch = { ...batchOf(['g', 15, 1], 0, [eventOf(event)]), i: id };
  await send(stage, '/v1/collect', collectHeaders(0), JSON.stringify(batch));
}

/** Runs the segmenter. */
export async function segmentNow(stage: Stage): Promise<number> {
  const { db, keys } = stage.server;
  const site = await findSite(db, SITE);
  if (site === undefined) throw new Error('the site is there');
  const run = await segmentSite({ db, keys, now, randomBytes }, site);
  stage.said.push(JSON.stringify(run));
  return run.ok ? run.value.publishedSegments : 0;
}

/** Visitors enough that segments are published, some of them buyers, and history that is past every limit. */
export async function sendVisitors(stage: Stage): Promise<void> {
  for (let nth = 0; nth < VISITORS; nth++) {
    const views = Array.from({ length: 1 + (nth % 7) }, (_, view) =>
      eventOf({ n: 'view_item', h: `Product ${view}`, m: { l: [{ i: `p${view}`, c: `kind ${view % 3}` }] } }),
    );
    const bought = Array.from({ length: nth % 3 === 0 ? 1 + (nth % 5) : 0 }, (_, order) =>
      eventOf({
        n: 'purchase',
        m: { c: 'GBP', v: 500 + nth * 13, o: `o-${nth}-${order}`, l: [{ i: 'p1', q: 1 + order }] },
      }),
    );
    await send(
      stage,
      '/v1/collect',
      collectHeaders(nth),
      JSON.stringify(batchOf(['g', 15, 1], 100_000 + nth, [...views, ...bought])),
    );
  }
  const keys = await tokenKeysFrom(await stage.server.keys.secret('tokens', randomBytes(KEY_BYTES)));
  const token = await issueToken(keys, {
    site: SITE,
    scopes: ['import'],
    lifeSeconds: 600,
    id: randomBytes(16),
    now: now(),
  });
  const old = Date.now() - 2 * RETENTION_DAYS * DAY_MS;
  for (let nth = 0; nth < VISITORS; nth++) {
    const events = [eventOf({ h: 'Long ago' }, old + nth * 1_000)];
    const headers = { ...collectHeaders(nth), authorization: `Bearer ${token}` };
    await send(stage, '/v1/collect', headers, JSON.stringify(batchOf(['g', 15, 1], 100_000 + nth, events)));
  }
}

/** Segments, purges, segments again, reads everything the API answers, exports the audit log. */
export async function processAll(stage: Stage): Promise<{
  readonly published: number;
  readonly purged: number;
  /** Events by what became of them. */
  readonly ledger: Readonly<Record<string, number>>;
}> {
  const { db, keys } = stage.server;
  const site = await findSite(db, SITE);
  if (site === undefined) throw new Error('the site is there');
  await segmentNow(stage);
  await setRetention(db, site, { events: RETENTION_DAYS, profiles: RETENTION_DAYS }, now());
  const purge = await purgeExpired({ db, holder: 'proof', clock: Date.now }, now());
  const published = await segmentNow(stage);
  stage.said.push(JSON.stringify(purge));
  const tokenKeys = await tokenKeysFrom(await keys.secret('tokens', randomBytes(KEY_BYTES)));
  const scopes = ['segments:read', 'ledger:read'] as const;
  const token = await issueToken(tokenKeys, { site: SITE, scopes, lifeSeconds: 600, id: randomBytes(16), now: now() });
  for (const path of ['/v1/sites/shop/segments', '/v1/sites/shop/ledger', '/openapi.json', '/readyz']) {
    await send(stage, path, { authorization: `Bearer ${token}` });
  }
  const signer = await noteSignerFrom(await keys.secret('audit', randomBytes(KEY_BYTES)));
  stage.said.push(await encodeExport(await readAuditLog(db), [], signer));
  const ledger: Record<string, number> = {};
  for (const { outcome, events } of await readLedger(db, site.row, Math.floor(Date.now() / DAY_MS) - 1))
    ledger[outcome] = (ledger[outcome] ?? 0) + events;
  return {
    ledger,
    published,
    purged: purge.sites.reduce((sum, { events }) => sum + events, 0),
  };
}

/** Every file of a folder, and what was said. */
export async function everyByte(folder: string, said: readonly string[]): Promise<Haystack[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: Haystack[] = [];
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.push({ name: path.slice(folder.length + 1), bytes: await readFile(path) });
  }
  return [...files, { name: 'log, answers and exports', bytes: Buffer.from(said.join('')) }];
}
