// runtime/schedule-thread.ts: the thread's entry: its own connection, its own keys, the tasks it is given.
import { parentPort, workerData } from 'node:worker_threads';
import type { EpochMs } from '../contract/index.ts';
import { openFiles } from '../store/open.node.ts';
import { filesOf } from './files.ts';
import { openHistory, withMirror } from './history.ts';
import { configuredKeys } from './key-provider.configured.ts';
import { createRandomPool } from './random-pool.ts';
import type { ThreadWork } from './schedule-thread-start.ts';
import { runTasks } from './scheduled-tasks.ts';
import { openSecondFolder } from './second-place.file.ts';
import { wayOut } from './way-out.ts';

const { config, tasks } = workerData as ThreadWork;
const db = withMirror(await openFiles(filesOf(config)), config);
try {
  const keys = await configuredKeys(config);
  const needs = {
    db,
    keys,
    deliver: wayOut(config).deliver,
    now: () => Date.now() as EpochMs,
    randomBytes: createRandomPool(),
    history: openHistory(config, db),
    secondPlace: config.secondDir === undefined ? undefined : await openSecondFolder(config.secondDir),
  };
  parentPort?.postMessage(await runTasks(needs, tasks));
} finally {
  db.client.close();
}
