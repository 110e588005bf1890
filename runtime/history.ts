// runtime/history.ts: a site's history on Node: the Parquet mirror, folded by threads.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { History } from '../segmenter/index.ts';
import type { Db } from '../store/index.ts';
import { forgetFoldable, listFoldable, mirrorCopy, mirrorReports, syncMirror } from '../store/mirror.node.ts';
import type { FoldedShare, FoldWork, ShareAnswer } from './fold-thread.ts';
import type { Config } from './config.ts';
import { filesOf } from './files.ts';
import { programFile } from './project-folder.ts';

/** Events from which a history is worth two threads and a copy of it. */
const EVENTS_MIN = 50_000;
/** Threads that fold beside the one that writes; each takes the visitors whose number leaves its own remainder. */
const THREADS = 2;

/** Where the mirror of a data folder lies. */
export const mirrorFolder = (config: Pick<Config, 'dataDir'>): string => join(config.dataDir, 'mirror');

/** The database with its mirror as the copy that erasure and retention reach. */
export const withMirror = (db: Db, config: Pick<Config, 'dataDir'>): Db => ({
  ...db,
  copy: mirrorCopy(db, mirrorFolder(config)),
  reports: mirrorReports(db, mirrorFolder(config)),
});

/** The history of the configured data folder. `db` writes the list of the mirror's files. */
export function openHistory(config: Pick<Config, 'dataDir'>, db: Db): History {
  const folder = mirrorFolder(config);
  return {
    eventsMin: EVENTS_MIN,
    sync: (site, goOn) => syncMirror(db, folder, site, goOn),
    fold: async (site, traits, save) => {
      await listFoldable(db, folder, site);
      // One write after the other: a connection has one transaction.
      let last = Promise.resolve();
      const saveInTurn = (share: FoldedShare): Promise<void> => {
        last = last.then(() => save(share.profiles, share.events));
        return last;
      };
      const shares = Array.from({ length: THREADS }, (_, part) =>
        foldShare({ files: filesOf(config), folder, site, traits, share: { part, of: THREADS } }, saveInTurn),
      );
      try {
        const events = await Promise.all(shares);
        return events.reduce((sum, one) => sum + one, 0);
      } finally {
        // Where one failed the others may still read.
        await Promise.allSettled(shares);
        await forgetFoldable(folder, site);
      }
    },
  };
}

/** Folds one share on a thread. A thread waits for the writes of what it sent, so memory stays bounded. */
function foldShare(work: FoldWork, save: (share: FoldedShare) => Promise<void>): Promise<number> {
  return new Promise((resolve, reject) => {
    let events = 0;
    const thread = new Worker(programFile('fold-thread'), { workerData: work });
    let failed: Error | undefined;
    const fail = (fault: unknown): void => {
      failed ??= fault instanceof Error ? fault : new Error('the profiles could not be saved', { cause: fault });
      thread.postMessage('stop' satisfies ShareAnswer);
    };
    thread.on('message', (share: FoldedShare) => {
      events += share.events;
      if (failed === undefined) save(share).then(() => thread.postMessage('saved' satisfies ShareAnswer), fail);
    });
    thread.on('error', reject);
    thread.on('exit', (code) => {
      if (failed !== undefined) reject(failed);
      else if (code === 0) resolve(events);
      else reject(new Error(`the thread ended with ${code}`));
    });
  });
}
