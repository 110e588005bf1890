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

/** What the thread is started with. */
export interface WriterData {
  readonly files: Files;
  /** Length that the log is given now, and again where something cut it short; 0 where it may grow as it is used. */
  readonly logBytes: number;
}

/** How often the log is looked at: an erasure and a purge cut it to nothing. */
const LOOK_MS = 600_000;

const { files, logBytes } = workerData as WriterData;
let writer = openLocalWriter(files);

function makeRoom(): void {
  try {
    writer.makeLogRoom(logBytes);
  } catch {
    // Commits are slower without it, and what is wrong with the disk the next one says.
  }
}
if (logBytes > 0) {
  makeRoom();
  setInterval(makeRoom, LOOK_MS).unref();
}

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
