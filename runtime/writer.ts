// runtime/writer.ts: the requests' side of the writer thread.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { InStatement } from '@libsql/client';
import type { WriteJob } from '../store/index.ts';
import type { Files } from '../store/open.node.ts';
import { programFile } from './project-folder.ts';
import type { WriterAnswer, WriterData, WriterRequest } from './writer-thread.ts';

/** A write that did not happen; `code` is the driver's, such as `SQLITE_FULL`. */
export class WriteFault extends Error {
  override readonly name = 'WriteFault';
  readonly code: string;
  constructor(code: string) {
    super(`the writer could not commit: ${code}`);
    this.code = code;
  }
}

/** Writes jobs on a thread of its own. */
export interface Writer {
  /** Resolves once the jobs are committed and synced; rejects with {@link WriteFault} where nothing of them is kept. */
  readonly commit: (jobs: readonly WriteJob[]) => Promise<void>;
  /** Runs statements in one transaction, with the same promise. */
  readonly run: (statements: readonly InStatement[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Threads started anew after they ended unasked, in one life of the server; past it the operator must look. */
const RESTARTS_MAX = 20;

/**
 * Starts the writer. Where its thread ends unasked, what waits is refused, `onEnd` is told, and a new one is started.
 * @param logBytes the length that the log is given before the first commit; 0 where it may grow as it is used.
 */
export function startWriter(files: Files, onEnd: () => void, logBytes = 0): Writer {
  const waiting = new Map<number, { readonly resolve: () => void; readonly reject: (fault: WriteFault) => void }>();
  let id = 0;
  let restarts = 0;
  let closing = false;
  let thread: Worker | undefined;

  const refuseWaiting = (): void => {
    for (const { reject } of waiting.values()) reject(new WriteFault('writer_ended'));
    waiting.clear();
  };
  const start = (): Worker => {
    const started = new Worker(programFile('writer-thread'), {
      workerData: { files, logBytes } satisfies WriterData,
    });
    started.on('message', ({ id: answered, fault }: WriterAnswer) => {
      const write = waiting.get(answered);
      waiting.delete(answered);
      if (fault === undefined) write?.resolve();
      else write?.reject(new WriteFault(fault));
    });
    // An error is followed by the exit, which is where it is dealt with.
    started.on('error', () => undefined);
    started.on('exit', () => {
      refuseWaiting();
      if (closing) return;
      onEnd();
      restarts += 1;
      thread = restarts > RESTARTS_MAX ? undefined : start();
    });
    return started;
  };
  thread = start();

  const send = (make: (id: number) => WriterRequest): Promise<void> =>
    new Promise((resolve, reject) => {
      if (thread === undefined || closing) {
        reject(new WriteFault('writer_ended'));
        return;
      }
      id += 1;
      waiting.set(id, { resolve, reject });
      thread.postMessage(make(id));
    });
  return {
    run: (statements) => send((id) => ({ id, statements: [...statements] })),
    commit: (jobs) => send((id) => ({ id, jobs: JSON.stringify(jobs) })),
    close: async () => {
      if (closing || thread === undefined) return;
      closing = true;
      const exited = once(thread, 'exit');
      thread.postMessage('close' satisfies WriterRequest);
      await exited;
    },
  };
}
