// runtime/node-metrics.ts: what only Node can say of itself: the queue before the writer, commits, files and disk.
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Metric } from '../edge/index.ts';
import { QUEUE_JOBS_MAX } from '../edge/index.ts';
import type { Files } from '../store/open.node.ts';
import type { HistogramState } from '../core/index.ts';

/** Upper bounds of the commit histogram, seconds. */
export const COMMIT_SECONDS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What the metrics are read from. */
export interface NodeMetricsNeeds {
  readonly files: Files;
  readonly queued: () => number;
  readonly commits: () => HistogramState;
}

const gauge = (
  name: string,
  help: string,
  samples: Extract<Metric, { type: 'gauge' | 'counter' }>['samples'],
): Metric => ({
  name,
  help,
  type: 'gauge',
  samples,
});

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

/** Reads them now. */
export async function nodeMetrics({ files, queued, commits }: NodeMetricsNeeds): Promise<Metric[]> {
  const paths = {
    ground: files.ground,
    ground_wal: `${files.ground}-wal`,
    derived: files.derived,
    derived_wal: `${files.derived}-wal`,
  };
  const sizes = await Promise.all(
    Object.entries(paths).map(async ([file, path]) => ({ labels: { file }, value: await sizeOf(path) })),
  );
  const { bavail, bsize } = await statfs(dirname(files.ground));
  return [
    gauge('hushtag_write_queue_messages', 'Messages that wait for a commit.', [{ value: queued() }]),
    gauge('hushtag_write_queue_messages_max', 'Messages that may wait; the next is answered 503.', [
      { value: QUEUE_JOBS_MAX },
    ]),
    {
      name: 'hushtag_commit_duration_seconds',
      help: 'How long commits took, the disk included.',
      type: 'histogram',
      state: commits(),
    },
    gauge('hushtag_file_bytes', 'Size of the database files and their logs.', sizes),
    gauge('hushtag_disk_free_bytes', 'Room left where the data folder lies.', [{ value: bavail * bsize }]),
    gauge('process_resident_memory_bytes', 'Memory of the process.', [{ value: process.memoryUsage.rss() }]),
  ];
}
