// runtime/segment-thread-start.ts: runs the segmenter on a thread of its own, so that requests never wait for it.
import { Worker } from 'node:worker_threads';
import type { Config } from './config.ts';
import { builtScript } from './writer.ts';

/** What a run came to, as counts for the log. */
export type SegmentCounts = Readonly<Record<string, number>>;

/** Runs the segmenter of every site once. Rejects with the fault's message where a run fails. */
export function runSegmenterThread(config: Config): Promise<SegmentCounts> {
  return new Promise((resolve, reject) => {
    let counts: SegmentCounts = {};
    const thread = new Worker(builtScript('segment-thread'), { workerData: config });
    thread.on('message', (message: SegmentCounts) => {
      counts = message;
    });
    thread.on('error', reject);
    thread.on('exit', (code) =>
      code === 0 ? resolve(counts) : reject(new Error(`segmenter thread ended with ${code}`)),
    );
  });
}
