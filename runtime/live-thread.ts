// runtime/live-thread.ts: the thread's entry: live folds in rounds, until it is told to stop.
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { EpochMs } from '../contract/index.ts';
import { faultCode, toHex } from '../core/index.ts';
import { openFiles } from '../store/open.node.ts';
import type { Files } from '../store/open.node.ts';
import { createLive } from './live.ts';

/** Between two looks at what came: with the fold itself well below the second in which members are to follow. */
const LOOK_MS = 200;
/** After a fault, such as a full disk. */
const FAULT_PAUSE_MS = 1_000;

const stop = new AbortController();
parentPort?.on('message', () => stop.abort());
const db = await openFiles(workerData as Files);
const holder = toHex(crypto.getRandomValues(new Uint8Array(8)));
const round = createLive({ db, now: () => Date.now() as EpochMs, holder });
try {
  while (!stop.signal.aborted) {
    let waitMs = LOOK_MS;
    try {
      await round();
    } catch (fault) {
      parentPort?.postMessage(faultCode(fault));
      waitMs = FAULT_PAUSE_MS;
    }
    await pause(waitMs, undefined, { signal: stop.signal }).catch(() => undefined);
  }
} finally {
  db.client.close();
  parentPort?.close();
}
