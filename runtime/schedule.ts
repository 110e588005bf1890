// runtime/schedule.ts: what the server on Node does without being asked, and how often.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../contract/index.ts';
import { faultCode } from '../core/index.ts';
import type { Port } from '../edge/index.ts';
import { pruneBackups } from './backup.ts';
import type { SayClock } from './clock-log.ts';
import type { Config } from './config.ts';
import { runTasksOnThread } from './schedule-thread-start.ts';

/** How often events past their retention are purged. */
const PURGE_MS: number = 6 * HOUR_MS;
/** How often ended salts are looked for. */
const SALT_CHECK_MS: number = HOUR_MS / 4;

/** How often the files are checked, and how long after the start first: a start is busy enough. */
const CHECK_MS: number = DAY_MS;
const CHECK_AFTER_MS: number = 10_000;

/** Codes by which SQLite says that what it reads makes no sense. */
const DAMAGE_CODES: ReadonlySet<string> = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);

/** Checks both files and says what to do where one is damaged. */
export async function checkFiles(
  config: Config,
  log: Port['log'],
  onDamage: () => void,
  task: 'check' | 'check_whole' = 'check_whole',
): Promise<void> {
  try {
    const { ground_findings: ground = 0, derived_findings: derived = 0 } = await runTasksOnThread({
      config,
      tasks: [task],
    });
    if (ground > 0) onDamage();
    if (derived > 0) {
      log('error', 'derived_damaged', {
        findings: derived,
        advice: 'derived.db is damaged: stop the server and delete it; the segmenter makes it anew from ground.db.',
      });
    }
  } catch (fault) {
    if (!DAMAGE_CODES.has(faultCode(fault))) throw fault;
    onDamage();
  }
}

/** Does something and tells traces of it, however it ends. */
async function told(task: () => Promise<void>, name: string, onSpan: Port['onSpan']): Promise<void> {
  const startedAt = Date.now();
  let isFailed = true;
  try {
    await task();
    isFailed = false;
  } finally {
    onSpan?.({ name, kind: 'internal', startedAt, durationMs: Date.now() - startedAt, isFailed, attributes: {} });
  }
}

/** What the schedule tells. */
interface ScheduleNeeds extends Pick<Port, 'log' | 'onSpan'> {
  /** Told where a check finds ground.db damaged. */
  readonly onDamage: () => void;
  /** Told each look at the clock. */
  readonly sayClock: SayClock;
}

/** Starts tasks that repeat; each waits for its last run to end. @returns how to stop them. */
export function startSchedule(config: Config, { log, onSpan, onDamage, sayClock }: ScheduleNeeds): () => void {
  const repeat = (everyMs: number, name: string, task: () => Promise<void>): NodeJS.Timeout => {
    let running = false;
    const timer = setInterval(() => {
      if (running) return;
      running = true;
      told(task, `run ${name}`, onSpan)
        .catch((fault: unknown) => log('error', `${name}_failed`, { code: faultCode(fault) }))
        .finally(() => {
          running = false;
        });
    }, everyMs);
    return timer;
  };
  const timers = [
    repeat(SALT_CHECK_MS, 'salt_destruction', async () => {
      const counts = await runTasksOnThread({ config, tasks: ['salts', 'requests'] });
      sayClock(counts);
      const { salts_destroyed: destroyed = 0, salts_rotated: rotated = 0 } = counts;
      if (destroyed + rotated > 0) log('info', 'salts_changed', counts);
      if ((counts['requests_finished'] ?? 0) > 0) log('info', 'requests_finished', counts);
    }),
    repeat(PURGE_MS, 'retention', async () => {
      const counts = await runTasksOnThread({ config, tasks: ['purge'] });
      sayClock(counts);
      // By a clock that is not believed nothing is destroyed, backups neither.
      const isBelieved = counts['clock_ahead_hours'] === undefined;
      const removed = isBelieved ? await pruneBackups(config, Date.now()) : 0;
      log('info', 'retention_finished', { ...counts, backups_removed: removed });
    }),
    ...(config.segmentMinutes === 0
      ? []
      : [
          repeat(config.segmentMinutes * MINUTE_MS, 'segmenter', async () => {
            const counts = await runTasksOnThread({ config, tasks: ['segment'] });
            log('info', 'segmenter_finished', counts);
            const { drift_alarms: sites = 0 } = counts;
            if (sites > 0) {
              log('warn', 'segments_drifted', {
                sites,
                advice:
                  'Visitors changed so much that segments may mean something else: compare the released versions.',
              });
            }
          }),
        ]),
  ];
  timers.push(repeat(CHECK_MS, 'check', () => checkFiles(config, log, onDamage)));
  const first = setTimeout(() => {
    checkFiles(config, log, onDamage, 'check').catch((fault: unknown) =>
      log('error', 'check_failed', { code: faultCode(fault) }),
    );
  }, CHECK_AFTER_MS);
  return () => {
    clearTimeout(first);
    for (const timer of timers) clearInterval(timer);
  };
}
