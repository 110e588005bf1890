// e2e/support/node-edge.ts: the edge as `hushtag serve` runs it: a real server, real files, a real key folder.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EpochMs } from '../../contract/index.ts';
import type { KeyProvider } from '../../core/index.ts';
import { issueToken, tokenKeysFrom } from '../../edge/index.ts';
import { startNode } from '../../runtime/index.ts';
import type { Outside } from '../../runtime/outside-settings.ts';
import { segmentSites } from '../../runtime/segment-sites.ts';
import { mmdbOf } from '../../runtime/testing.ts';
import { openFiles } from '../../store/open.node.ts';
import type { EdgeUnderTest } from './edge-under-test.ts';
import { METRICS_TOKEN, PLACED_NETWORK } from './edge-under-test.ts';

const PLACE = {
  country: { iso_code: 'DE' },
  subdivisions: [{ iso_code: 'BE' }],
  location: { time_zone: 'Europe/Berlin' },
};

const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));

// Node's fetch adds and forbids headers of its own (Origin, Sec-*), so requests are written with node:http.
/** Sends a request with whatever headers it names. */
export const send = (origin: string, path: string, init: RequestInit = {}): Promise<Response> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, origin),
      { method: init.method ?? 'GET', headers: Object.fromEntries(new Headers(init.headers).entries()) },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        // An answer that breaks off has no end.
        incoming.on('error', reject);
        incoming.on('end', () => {
          const headers = new Headers();
          for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
          const status = incoming.statusCode ?? 0;
          const empty = status === 204 || status === 304;
          resolve(new Response(empty ? null : Buffer.concat(chunks), { status, headers }));
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(init.body as string | undefined);
  });

/** Starts it in folders of its own, with keys of its own unless told otherwise. */
export async function startNodeEdge(
  keys?: KeyProvider,
  outside: Outside = {},
): Promise<EdgeUnderTest & { readonly folder: string; readonly keyDir: string; readonly origin: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-edge-'));
  const config = {
    port: 0,
    host: '127.0.0.1',
    dataDir: join(folder, 'data'),
    keyDir: join(folder, 'keys'),
    trustedProxies: 1,
    segmentMinutes: 0,
    limits: { siteEventsPerSecond: 2_000, addressEventsPerSecond: 100 },
    geoFile: join(folder, 'places.mmdb'),
    metricsToken: METRICS_TOKEN,
    ...outside,
  };
  await writeFile(config.geoFile, mmdbOf([[PLACED_NETWORK, PLACE]]));
  let log = '';
  const server = await startNode(config, {
    write: (line) => {
      log += line;
    },
    ...(keys === undefined ? {} : { keys }),
  });
  const db = await openFiles({
    ground: join(config.dataDir, 'ground.db'),
    derived: join(config.dataDir, 'derived.db'),
  });
  const now = (): EpochMs => Date.now() as EpochMs;
  return {
    name: 'node',
    folder,
    origin: server.origin,
    keyDir: config.keyDir,
    db,
    fetch: (path, init) => send(server.origin, path, init),
    token: async (site, scopes, lifeSeconds = 600) => {
      const keys = await tokenKeysFrom(await server.keys.secret('tokens', randomBytes(32)));
      return issueToken(keys, { site, scopes, lifeSeconds, id: randomBytes(16), now: now() });
    },
    segment: async () => {
      await segmentSites({ db, keys: server.keys, now, randomBytes });
    },
    written: async () => {
      const names = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      const read = await Promise.all(files.map(async (name) => ({ name, bytes: await readFile(name) })));
      return [...read, { name: 'log', bytes: Buffer.from(log) }];
    },
    close: async () => {
      db.client.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
