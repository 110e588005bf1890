// runtime/writer-thread.ts: the thread that commits: its own connection to ground.db, so that requests never wait for a disk.
import { parentPort, workerData } from 'node:worker_threads';
import type { InStatement } from '@libsql/client';
import { faultCode } from '../core/index.ts';
import type { Files } from '../store/open.node.ts';
import { openGround } from '../store/open.node.ts';

/** Statements to run in one transaction, numbered for the answer; or the order to close. */
export type WriterRequest = { readonly id: number; readonly statements: InStatement[] } | 'close';
/** What came of them: nothing, or the fault's code. */
export interface WriterAnswer {
  readonly id: number;
  readonly fault?: string;
}

const files = workerData as Files;
let db = await openGround(files);

async function write({ id, statements }: Exclude<WriterRequest, 'close'>): Promise<WriterAnswer> {
  try {
    await db.client.batch(statements, 'write');
    return { id };
  } catch (fault) {
    // After a refused BEGIN or COMMIT the driver keeps a statement open, and no later transaction passes it.
    db.client.close();
    db = await openGround(files);
    return { id, fault: faultCode(fault) };
  }
}

// One after the other: a transaction never meets the connection of another being replaced.
async function serve(request: WriterRequest, before: Promise<void>): Promise<void> {
  await before;
  if (request === 'close') {
    db.client.close();
    parentPort?.close();
  } else parentPort?.postMessage(await write(request));
}
let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (request: WriterRequest) => {
  last = serve(request, last);
});
