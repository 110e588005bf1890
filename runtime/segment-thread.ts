// runtime/segment-thread.ts: the thread's entry: its own connection, its own keys, one run over every site.
import { parentPort, workerData } from 'node:worker_threads';
import type { EpochMs } from '../contract/index.ts';
import { openFiles } from '../store/open.node.ts';
import type { Config } from './config.ts';
import { filesOf } from './files.ts';
import { configuredKeys } from './key-provider.configured.ts';
import { segmentSites } from './segment-sites.ts';

const config = workerData as Config;
const db = await openFiles(filesOf(config));
try {
  const counts = await segmentSites({
    db,
    keys: await configuredKeys(config),
    now: () => Date.now() as EpochMs,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  });
  parentPort?.postMessage(counts);
} finally {
  db.client.close();
}
