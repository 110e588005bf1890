// bench/worker-edge.ts: the bundle that would be deployed, in real workerd (miniflare), with its queue, its consumer and a database over HTTP.
import { join } from 'node:path';
import type { Request as WorkerdRequest } from 'miniflare';
import { Miniflare, Response as WorkerdResponse } from 'miniflare';
import type { SiteId } from '../contract/index.ts';
import { openHrana, projectFolder } from '../runtime/index.ts';
import type { Db } from '../store/index.ts';
import { addSite } from '../store/index.ts';
import { migrateFiles, openGround } from '../store/open.node.ts';

/** What the Workers of the benchmarks are compatible with. */
export const COMPATIBILITY_DATE = '2026-04-20';
/** Tries of a message: more than any outage of a benchmark uses up. */
const RETRIES_MAX = 100;

/** What becomes of one request to the database: answered, never arrived, or done with its answer lost. */
export type Passage = 'passes' | 'away' | 'answer_lost';

/** A running Worker and the database that it reaches over HTTP, opened beside it. */
export interface WorkerEdge {
  readonly worker: Miniflare;
  readonly db: Db;
}

/**
 * Starts it on a fresh database in `folder`, with the site `shop`.
 * @param passageOf decides about each request to the database. @param retrySeconds the queue's pause before it tries again.
 */
export async function startWorkerEdge(
  folder: string,
  passageOf: () => Passage = () => 'passes',
  retrySeconds = 0,
): Promise<WorkerEdge> {
  const path = join(folder, 'server.db');
  await migrateFiles({ ground: path, derived: path }, join(projectFolder(), 'migrations'));
  const db = await openGround({ ground: path, derived: path });
  await addSite(db, {
    id: 'shop' as SiteId,
    origins: ['https://shop.example'],
    policy: 'standard',
    floor: 50,
    at: Date.now(),
  });
  const hrana = openHrana(path);
  const worker = new Miniflare({
    modules: [{ type: 'ESModule', path: join(projectFolder(), 'dist', 'worker', 'worker.js') }],
    compatibilityDate: COMPATIBILITY_DATE,
    bindings: {
      HUSHTAG_DATABASE_URL: 'http://database.test',
      HUSHTAG_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    },
    queueProducers: { HUSHTAG_EVENTS: 'hushtag-events' },
    queueConsumers: {
      'hushtag-events': {
        maxBatchSize: 100,
        maxBatchTimeout: 1,
        maxRetries: RETRIES_MAX,
        retryDelay: retrySeconds,
      },
    },
    outboundService: async (request: WorkerdRequest) => {
      const passage = passageOf();
      if (passage === 'away') return new WorkerdResponse('away', { status: 503 });
      const answer = await hrana.handle(
        new Request(request.url, { method: request.method, body: await request.text() }),
      );
      if (passage === 'answer_lost') return new WorkerdResponse('lost', { status: 502 });
      return new WorkerdResponse(await answer.text(), {
        status: answer.status,
        headers: { 'content-type': answer.headers.get('content-type') ?? 'text/plain' },
      });
    },
  });
  return { worker, db };
}
