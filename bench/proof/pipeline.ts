// bench/proof/pipeline.ts: a real server with real files, and everything that happens to events in it.
import { request } from 'node:http';
import { join } from 'node:path';
import type { EpochMs, SiteId, WireBatch, WireEvent } from '../../contract/index.ts';
import { DAY_MS, eventIdFrom } from '../../contract/index.ts';
import type { Scope } from '../../core/index.ts';
import { encodeExport, faultCode, KEY_BYTES, noteSignerFrom } from '../../core/index.ts';
import { issueToken, tokenKeysFrom } from '../../edge/index.ts';
import type { Config, RunningNode } from '../../runtime/index.ts';
import { segmentSite, startNode } from '../../runtime/index.ts';
import { addSite, findSite, purgeExpired, readAuditLog, readLedger, setRetention } from '../../store/index.ts';
import type { Marker } from './markers.ts';

export const SITE = 'shop' as SiteId;
const ORIGIN = 'https://shop.example';
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36';
/** What the stage's metrics ask for. */
export const METRICS_TOKEN = 'metrics-token-of-the-proof-stage';
const VISITORS = 300;
const RETENTION_DAYS = 30;

const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
const now = (): EpochMs => Date.now() as EpochMs;
const freshId = (at: number): string => eventIdFrom(at, randomBytes(10));

/** A server in folders of its own. */
export interface Stage {
  readonly server: RunningNode;
  readonly config: Config;
  /** How far the server's clock is put forward, ms: a rotation of salts takes minutes. */
  readonly clock: { ahead: number };
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
    backupDir: join(folder, 'backups'),
    secondDir: join(folder, 'second-place'),
    metricsToken: METRICS_TOKEN,
    segmentMinutes: 0,
    limits: { siteEventsPerSecond: 1_000_000, addressEventsPerSecond: 1_000_000 },
  };
  const said: string[] = [];
  const clock = { ahead: 0 };
  const server = await startNode(config, {
    write: (line) => said.push(line),
    now: () => (Date.now() + clock.ahead) as EpochMs,
  });
  await addSite(server.db, { id: SITE, origins: [ORIGIN], policy: 'standard', floor: 50, at: Date.now() });
  return { server, config, clock, statuses: new Map(), said };
}

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request and keeps what was answered. */
export function send(
  stage: Stage,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string | Uint8Array,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const outgoing = request(new URL(path, stage.server.origin), { method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const status = incoming.statusCode ?? 0;
        stage.statuses.set(status, (stage.statuses.get(status) ?? 0) + 1);
        // The body alone: a header repeats the Origin to the page that sent it, as CORS asks, and is kept nowhere.
        const text = Buffer.concat(chunks).toString('utf8');
        stage.said.push(`${text}\n`);
        resolve({ status, text });
      });
    });
    // Answered before all of it was read, a connection may be cut; the answer is lost, and what was sent is looked for all the same.
    outgoing.on('error', (fault) => {
      if (faultCode(fault) !== 'ECONNRESET' && faultCode(fault) !== 'EPIPE') return reject(fault);
      stage.statuses.set(0, (stage.statuses.get(0) ?? 0) + 1);
      resolve({ status: 0, text: '' });
    });
    outgoing.end(body);
  });
}

/** The choices every marker is sent under. */
export const CONSENTS: readonly WireBatch['c'][] = [
  ['g', 15, 1],
  ['u', 0, 0],
  ['r', 0, 1],
];

/** A page view, and what of it is otherwise. */
export const eventOf = (over: Partial<WireEvent>, at = Date.now()): WireEvent => ({
  i: freshId(at),
  n: 'page_view',
  t: at,
  u: `${ORIGIN}/products`,
  ...over,
});

/** A message of the nth visitor. */
export const batchOf = (consent: WireBatch['c'], nth: number, events: readonly WireEvent[]): WireBatch => ({
  v: 1,
  s: SITE,
  t: Date.now(),
  c: consent,
  ...(consent[0] === 'g' ? { i: `first-party-visitor-${String(nth).padStart(6, '0')}` } : {}),
  e: events,
});

/** Headers of the nth visitor's browser. */
export const collectHeaders = (nth: number): Record<string, string> => ({
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
export function sendAs(stage: Stage, id: string, event: Partial<WireEvent>): Promise<Answer> {
  const batch = { ...batchOf(['g', 15, 1], 0, [eventOf(event)]), i: id };
  return send(stage, '/v1/collect', collectHeaders(0), JSON.stringify(batch));
}

/** One visitor takes back what they agreed to. */
export async function sendRefusal(stage: Stage, id: string): Promise<void> {
  const batch = { ...batchOf(['r', 0, 1, Date.now()], 0, [eventOf({ h: 'Refused' })]), i: id };
  await send(stage, '/v1/collect', collectHeaders(0), JSON.stringify(batch));
}

/** A token with some scopes, for ten minutes. */
export async function tokenFor(stage: Stage, scopes: readonly Scope[]): Promise<string> {
  const keys = await tokenKeysFrom(await stage.server.keys.secret('tokens', randomBytes(KEY_BYTES)));
  const at = (Date.now() + stage.clock.ahead) as EpochMs;
  return issueToken(keys, { site: SITE, scopes, lifeSeconds: 600, id: randomBytes(16), now: at });
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
  const token = await tokenFor(stage, ['import']);
  const old = Date.now() - 2 * RETENTION_DAYS * DAY_MS;
  for (let nth = 0; nth < VISITORS; nth++) {
    const events = [eventOf({ h: 'Long ago' }, old + nth * 1_000)];
    const headers = { ...collectHeaders(nth), authorization: `Bearer ${token}` };
    await send(stage, '/v1/collect', headers, JSON.stringify(batchOf(['g', 15, 1], 100_000 + nth, events)));
  }
}

/** What came of the processing. */
export interface Processed {
  readonly published: number;
  readonly purged: number;
  /** Events by what became of them. */
  readonly ledger: Readonly<Record<string, number>>;
}

/** Segments, purges, segments again, exports the audit log. */
export async function processAll(stage: Stage): Promise<Processed> {
  const { db, keys } = stage.server;
  const site = await findSite(db, SITE);
  if (site === undefined) throw new Error('the site is there');
  await segmentNow(stage);
  await setRetention(db, site, { events: RETENTION_DAYS, profiles: RETENTION_DAYS }, now());
  const purge = await purgeExpired({ db, holder: 'proof', clock: Date.now }, now());
  const published = await segmentNow(stage);
  stage.said.push(JSON.stringify(purge));
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
