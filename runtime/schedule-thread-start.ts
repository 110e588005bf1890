// runtime/schedule-thread-start.ts: runs scheduled tasks on a thread of their own, so that requests never wait for them.
import { Worker } from 'node:worker_threads';
import type { Config } from './config.ts';
import type { Task } from './scheduled-tasks.ts';
import { programFile } from './project-folder.ts';

/** What the thread is given. */
export interface ThreadWork {
  readonly config: Config;
  readonly tasks: readonly Task[];
}

/** Tasks that are under way. */
export interface RunningTasks {
  /** Counts for the log; rejects with the fault's message where a task fails. */
  readonly done: Promise<Readonly<Record<string, number>>>;
  /**
   * Breaks off what the thread has in DuckDB, so that it ends soon. The process must not end before: Node takes the thread down then, and a
   * statement that returns into nothing aborts the process.
   */
  readonly stop: () => void;
}

/** Runs the tasks once. */
export function startTasks(work: ThreadWork): RunningTasks {
  const thread = new Worker(programFile('schedule-thread'), { workerData: work });
  const done = new Promise<Readonly<Record<string, number>>>((resolve, reject) => {
    let counts: Readonly<Record<string, number>> = {};
    thread.on('message', (message: Readonly<Record<string, number>>) => {
      counts = message;
    });
    thread.on('error', reject);
    thread.on('exit', (code) => (code === 0 ? resolve(counts) : reject(new Error(`the thread ended with ${code}`))));
  });
  return { done, stop: () => thread.postMessage('stop') };
}

/** Runs the tasks once. @returns counts for the log; rejects with the fault's message where a task fails. */
export const runTasksOnThread = (work: ThreadWork): Promise<Readonly<Record<string, number>>> => startTasks(work).done;
