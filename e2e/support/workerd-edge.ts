// e2e/support/workerd-edge.ts: the bundle that would be deployed, in real workerd, with a queue and libSQL over HTTP.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Request as WorkerdRequest } from 'miniflare';
import { Miniflare, Response as WorkerdResponse } from 'miniflare';
import type { EpochMs } from '../../contract/index.ts';
import { issueToken, tokenKeysFrom } from '../../edge/index.ts';
import { projectFolder } from '../../runtime/index.ts';
import { openHrana } from '../../runtime/hrana.ts';
import { masterKeys } from '../../runtime/key-provider.master.ts';
import { migrateFiles } from '../../store/open.node.ts';
import { openRemote } from '../../store/open.web.ts';
import type { EdgeUnderTest } from './edge-under-test.ts';
import { METRICS_TOKEN } from './edge-under-test.ts';

const BUNDLE = join(projectFolder(), 'dist', 'worker', 'worker.js');
/** The master secret of the Worker under test. */
export const MASTER: Uint8Array = new Uint8Array(32).fill(7);
const DATABASE_URL = 'http://database.test';
const COMPATIBILITY_DATE = '2026-04-20';

/** A database that can be taken away for a while. */
export interface WorkerdEdge extends EdgeUnderTest {
  readonly database: { away: boolean };
  /** Objects of the bucket that is the second place, by name. */
  readonly keptApart: () => Promise<ReadonlyMap<string, string>>;
}

/** Starts it with a database file of its own. @param settings bindings beside those every test has. */
export async function startWorkerdEdge(settings: Readonly<Record<string, string>> = {}): Promise<WorkerdEdge> {
  if (!existsSync(BUNDLE)) throw new Error('dist/worker is missing: run `npm run build` first');
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-workerd-'));
  const path = join(folder, 'server.db');
  // Over HTTP ground and derived are one database.
  await migrateFiles({ ground: path, derived: path }, join(projectFolder(), 'migrations'));
  const hrana = openHrana(path);
  const database = { away: false };
  const answer = async (request: Request): Promise<Response> =>
    database.away ? new Response('away', { status: 503 }) : hrana.handle(request);
  let log = '';
  const worker = new Miniflare({
    // Named one by one: the bundle imports schema libraries that are not installed, never reached, in a try of its own.
    modules: [{ type: 'ESModule', path: BUNDLE }],
    compatibilityDate: COMPATIBILITY_DATE,
    bindings: {
      HUSHTAG_DATABASE_URL: DATABASE_URL,
      HUSHTAG_MASTER_KEY: Buffer.from(MASTER).toString('base64'),
      HUSHTAG_METRICS_TOKEN: METRICS_TOKEN,
      ...settings,
    },
    r2Buckets: ['HUSHTAG_SECOND_PLACE'],
    queueProducers: { HUSHTAG_EVENTS: 'hushtag-events' },
    queueConsumers: { 'hushtag-events': { maxBatchSize: 100, maxBatchTimeout: 0, maxRetries: 20, retryDelay: 0 } },
    handleRuntimeStdio: (out: Readable, err: Readable) => {
      for (const stream of [out, err]) {
        stream.on('data', (chunk: Buffer) => {
          log += chunk.toString();
        });
      }
    },
    outboundService: async (request: WorkerdRequest) => {
      const isDatabase = request.url.startsWith(DATABASE_URL);
      const inner = new Request(request.url, {
        method: request.method,
        redirect: 'manual',
        ...(isDatabase ? {} : { headers: Object.fromEntries(request.headers.entries()) }),
        ...(request.method === 'GET' ? {} : { body: await request.text() }),
      });
      // Whatever else it calls lies on this machine.
      const answered = await (isDatabase ? answer(inner) : fetch(inner));
      return new WorkerdResponse(await answered.text(), {
        status: answered.status,
        headers: { 'content-type': answered.headers.get('content-type') ?? 'text/plain' },
      });
    },
  });
  await worker.ready;
  const db = openRemote({
    url: DATABASE_URL,
    fetch: (request: Request) => hrana.handle(request),
  });
  return {
    name: 'workerd',
    db,
    database,
    fetch: async (pathname, init) => {
      const { method = 'GET', headers, body } = init ?? {};
      const sent = await worker.dispatchFetch(`http://edge.test${pathname}`, {
        method,
        redirect: 'manual',
        headers: { 'cf-connecting-ip': '203.0.113.7', ...Object.fromEntries(new Headers(headers).entries()) },
        ...(typeof body === 'string' || body instanceof Uint8Array ? { body } : {}),
        // What Cloudflare says of the address with every request.
        cf: { country: 'DE', regionCode: 'BE', timezone: 'Europe/Berlin' } as never,
      });
      const empty = sent.status === 204 || sent.status === 304;
      return new Response(empty ? null : await sent.arrayBuffer(), {
        status: sent.status,
        // As pairs: an answer may set two cookies.
        headers: [...sent.headers.entries()],
      });
    },
    token: async (site, scopes, lifeSeconds = 600) => {
      const provider = await masterKeys(MASTER);
      const keys = await tokenKeysFrom(await provider.secret('tokens', new Uint8Array(32)));
      const id = crypto.getRandomValues(new Uint8Array(16));
      return issueToken(keys, { site, scopes, lifeSeconds, id, now: Date.now() as EpochMs });
    },
    keptApart: async () => {
      const bucket = await worker.getR2Bucket('HUSHTAG_SECOND_PLACE');
      const kept = new Map<string, string>();
      for (const { key } of (await bucket.list()).objects) kept.set(key, (await (await bucket.get(key))?.text()) ?? '');
      return kept;
    },
    segment: async () => {
      const fetcher = await worker.getWorker();
      await fetcher.scheduled({ cron: '7 * * * *' });
    },
    written: async () => {
      const files = (await readdir(folder)).map((name) => join(folder, name));
      const read = await Promise.all(files.map(async (name) => ({ name, bytes: await readFile(name) })));
      return [...read, { name: 'log', bytes: Buffer.from(log) }];
    },
    close: async () => {
      db.client.close();
      await worker.dispose();
      hrana.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
