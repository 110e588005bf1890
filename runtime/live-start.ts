// runtime/live-start.ts: the server's side of the live thread.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Port } from '../edge/index.ts';
import type { Files } from '../store/open.node.ts';
import { programFile } from './project-folder.ts';

/** Threads started anew after they ended unasked, in one life of the server; past it the operator must look. */
const RESTARTS_MAX = 20;

/** Starts live folds on a thread of their own. @returns how to stop them: after the round that is under way. */
export function startLive(files: Files, log: Port['log']): () => Promise<void> {
  let restarts = 0;
  let stopping = false;
  const start = (): Worker => {
    const thread = new Worker(programFile('live-thread'), { workerData: files });
    thread.on('message', (code: string) => log('error', 'live_fold_failed', { code }));
    // An error is followed by the exit, which is where it is dealt with.
    thread.on('error', () => undefined);
    thread.on('exit', () => {
      if (stopping) return;
      log('error', 'live_fold_ended');
      restarts += 1;
      running = restarts > RESTARTS_MAX ? undefined : start();
    });
    return thread;
  };
  let running: Worker | undefined = start();
  return async () => {
    stopping = true;
    if (running === undefined) return;
    const exited = once(running, 'exit');
    running.postMessage('stop');
    await exited;
  };
}
