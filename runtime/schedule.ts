// runtime/schedule.ts: what the server on Node does without being asked, and how often.
import { HOUR_MS, MINUTE_MS } from '../contract/index.ts';
import { faultCode } from '../core/index.ts';
import type { Port } from '../edge/index.ts';
import type { Config } from './config.ts';
import { runTasksOnThread } from './schedule-thread-start.ts';

/** How often events past their retention are purged. */
const PURGE_MS: number = 6 * HOUR_MS;
/** How often ended salts are looked for. */
const SALT_CHECK_MS: number = HOUR_MS / 4;

/** Starts tasks that repeat; each waits for its last run to end. @returns how to stop them. */
export function startSchedule(config: Config, port: Pick<Port, 'log'>): () => void {
  const repeat = (everyMs: number, name: string, task: () => Promise<void>): NodeJS.Timeout => {
    let running = false;
    const timer = setInterval(() => {
      if (running) return;
      running = true;
      task()
        .catch((fault: unknown) => port.log('error', `${name}_failed`, { code: faultCode(fault) }))
        .finally(() => {
          running = false;
        });
    }, everyMs);
    return timer;
  };
  const timers = [
    repeat(SALT_CHECK_MS, 'salt_destruction', async () => {
      const counts = await runTasksOnThread({ config, tasks: ['salts', 'requests'] });
      const { salts_destroyed: destroyed = 0, salts_rotated: rotated = 0 } = counts;
      if (destroyed + rotated > 0) port.log('info', 'salts_changed', counts);
      if ((counts['requests_finished'] ?? 0) > 0) port.log('info', 'requests_finished', counts);
    }),
    repeat(PURGE_MS, 'retention', async () => {
      port.log('info', 'retention_finished', await runTasksOnThread({ config, tasks: ['purge'] }));
    }),
    ...(config.segmentMinutes === 0
      ? []
      : [
          repeat(config.segmentMinutes * MINUTE_MS, 'segmenter', async () => {
            port.log('info', 'segmenter_finished', await runTasksOnThread({ config, tasks: ['segment'] }));
          }),
        ]),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}
