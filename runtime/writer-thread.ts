// runtime/writer-thread.ts: the thread that commits: its own connection to ground.db, so that requests never wait for a disk.
import { parentPort, workerData } from 'node:worker_threads';
import type { InStatement } from '@libsql/client';
import { faultCode } from '../core/index.ts';
import type { WriteJob } from '../store/index.ts';
import { openLocalWriter } from '../store/local-writer.ts';
import type { Files } from '../store/open.node.ts';

/** Something to write in one transaction, numbered for the answer; or the order to close. */
export type WriterRequest =
  // Jobs as JSON: copying a text to a thread and reading it there costs a third of copying the objects.
  | { readonly id: number; readonly jobs: string }
  | { readonly id: number; readonly statements: InStatement[] }
  | 'close';
/** What came of it: nothing, or the fault's code. */
export interface WriterAnswer {
  readonly id: number;
  readonly fault?: string;
}

const files = workerData as Files;
let writer = openLocalWriter(files);

/** The driver's code without what SQLite adds to it: `SQLITE_IOERR_WRITE` is `SQLITE_IOERR`. */
const baseCode = (fault: unknown): string => {
  const code = faultCode(fault);
  return /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;
};

function write(request: Exclude<WriterRequest, 'close'>): WriterAnswer {
  try {
    if ('jobs' in request) writer.accept(JSON.parse(request.jobs) as WriteJob[]);
    else writer.run(request.statements);
    return { id: request.id };
  } catch (fault) {
    // After a refused BEGIN or COMMIT the driver keeps a statement open, and no later transaction passes it.
    writer.close();
    writer = openLocalWriter(files);
    return { id: request.id, fault: baseCode(fault) };
  }
}

parentPort?.on('message', (request: WriterRequest) => {
  if (request === 'close') {
    writer.close();
    parentPort?.close();
  } else parentPort?.postMessage(write(request));
});
