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

/** Runs the tasks once. @returns counts for the log; rejects with the fault's message where a task fails. */
export function runTasksOnThread(work: ThreadWork): Promise<Readonly<Record<string, number>>> {
  return new Promise((resolve, reject) => {
    let counts: Readonly<Record<string, number>> = {};
    const thread = new Worker(programFile('schedule-thread'), { workerData: work });
    thread.on('message', (message: Readonly<Record<string, number>>) => {
      counts = message;
    });
    thread.on('error', reject);
    thread.on('exit', (code) => (code === 0 ? resolve(counts) : reject(new Error(`the thread ended with ${code}`))));
  });
}
