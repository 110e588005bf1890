// store/mirror/rewrite.ts: takes events out of the mirror: the parts that held them are written anew without them (P4, P5).
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS } from '../../contract/index.ts';
import type { Db, SiteRow } from '../db.ts';
import { countRows, fileList, literal, withDuck } from './duck.ts';
import type { MirrorPart } from './files.ts';
import { addPart, dropPart, freshFolder, listParts, partPath, partsByDay, place, sweepFiles } from './files.ts';

/** What went. */
export interface MirrorRemoval {
  readonly events: number;
  /** Files that were written anew or removed. */
  readonly files: number;
}

/**
 * Writes one day's parts anew as one file, with the rows that a condition keeps, and removes the old ones.
 * @param keep SQL over the columns; written by us, never from outside.
 */
export async function rewriteParts(
  db: Db,
  folder: string,
  site: SiteRow,
  parts: readonly MirrorPart[],
  keep: string,
): Promise<void> {
  const [first] = parts;
  if (first === undefined) return;
  const fresh = freshFolder(folder, site);
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  const target = join(fresh, 'rewritten.parquet');
  const events = await withDuck({ spillFolder: fresh }, async (duck) => {
    const files = fileList(parts.map((part) => partPath(folder, site, part)));
    await duck.run(
      `COPY (SELECT * FROM read_parquet(${files}, hive_partitioning = false) WHERE ${keep} ORDER BY visitor, "at")
        TO ${literal(target)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    return countRows(duck, literal(target));
  });
  const dropped = parts.map((part) => dropPart(site, part));
  if (events === 0) await db.client.batch(dropped, 'deferred');
  else {
    const part = { day: first.day, file: nextName(parts) };
    const bytes = await place(folder, site, target, part);
    await db.client.batch([...dropped, addPart(site, { ...part, events, bytes })], 'deferred');
  }
  await sweepFiles(folder, site, await listParts(db, site));
}

/** `r` and a number above those of the parts it replaces: a name that was used is not used again. */
function nextName(parts: readonly MirrorPart[]): string {
  const numbers = parts.map(({ file }) => Number(/^r(\d+)\./.exec(file)?.[1] ?? 0));
  return `r${Math.max(...numbers) + 1}.parquet`;
}

/** Takes a visitor's events up to an instant out of the mirror. The caller holds the site's lease. */
export async function eraseFromMirror(
  db: Db,
  folder: string,
  site: SiteRow,
  visitor: { readonly id: number; readonly until: number },
): Promise<MirrorRemoval> {
  const id = Math.trunc(visitor.id);
  const until = Math.trunc(visitor.until);
  return removeWhere(db, folder, site, () => true, `visitor = ${id} AND "at" <= ${until}`);
}

/** Takes events older than `cutoff` out of the mirror: whole days are dropped, the day it lies in is written anew. */
export async function purgeMirror(db: Db, folder: string, site: SiteRow, cutoff: number): Promise<MirrorRemoval> {
  const before = Math.trunc(cutoff);
  return removeWhere(db, folder, site, ({ day }) => day * DAY_MS < before, `"at" < ${before}`);
}

/** Rewrites each day of which a part holds rows that `gone` names. `gone` is ours: it holds numbers alone. */
async function removeWhere(
  db: Db,
  folder: string,
  site: SiteRow,
  isTouched: (part: MirrorPart) => boolean,
  gone: string,
): Promise<MirrorRemoval> {
  let events = 0;
  let files = 0;
  for (const parts of partsByDay((await listParts(db, site)).filter(isTouched))) {
    const hit = await countGone(folder, site, parts, gone);
    if (hit === 0) continue;
    // NULL is no match and stays: an event of nobody belongs to no visitor.
    await rewriteParts(db, folder, site, parts, `(${gone}) IS NOT TRUE`);
    events += hit;
    files += parts.length;
  }
  return { events, files };
}

const countGone = (folder: string, site: SiteRow, parts: readonly MirrorPart[], gone: string): Promise<number> =>
  withDuck({ spillFolder: freshFolder(folder, site) }, (duck) =>
    countRows(duck, fileList(parts.map((part) => partPath(folder, site, part))), gone),
  );
