// store/mirror/copy.ts: the mirror as a copy that erasure, retention and its check reach through the database (P4, P5).
import type { Db, EventCopy } from '../db.ts';
import { fileList, withDuck } from './duck.ts';
import { freshFolder, listParts, partPath, sweepFiles } from './files.ts';
import { eraseFromMirror, purgeMirror } from './rewrite.ts';
import { forgetMirror } from './sync.ts';

/** The mirror in `folder` as the copy of a database's events. */
export const mirrorCopy = (db: Db, folder: string): EventCopy => ({
  erase: async (site, visitor) => (await eraseFromMirror(db, folder, site, visitor)).events,
  purge: async (site, cutoff) => (await purgeMirror(db, folder, site, cutoff)).events,
  forget: async (site) => {
    await forgetMirror(db, site);
    await sweepFiles(folder, site, []);
  },
  oldest: async (site, cutoff) => {
    const paths = (await listParts(db, site)).map((part) => partPath(folder, site, part));
    if (paths.length === 0) return { before: 0 };
    return withDuck({ spillFolder: freshFolder(folder, site) }, async (duck) => {
      const reader = await duck.runAndReadAll(
        `SELECT min("at")::DOUBLE, (count(*) FILTER (WHERE "at" < ${Math.trunc(cutoff)}))::DOUBLE
          FROM read_parquet(${fileList(paths)}, hive_partitioning = false)`,
      );
      const [row] = reader.getRows();
      const at = row?.[0];
      return { ...(typeof at === 'number' ? { at } : {}), before: Number(row?.[1] ?? 0) };
    });
  },
});
