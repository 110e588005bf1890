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

const db = await openGround(workerData as Files);

parentPort?.on('message', (request: WriterRequest) => {
  if (request === 'close') {
    db.client.close();
    parentPort?.close();
    return;
  }
  const { id, statements } = request;
  db.client.batch(statements, 'write').then(
    () => parentPort?.postMessage({ id } satisfies WriterAnswer),
    (fault: unknown) => parentPort?.postMessage({ id, fault: faultCode(fault) } satisfies WriterAnswer),
  );
});
