// store/mirror/files.ts: where the mirror's files lie, and which of them count.
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InStatement } from '@libsql/client';
import { DAY_MS } from '../../contract/index.ts';
import type { Db, SiteRow } from '../db.ts';
import { textOf } from '../rows.ts';

/** One file of the mirror. */
export interface MirrorPart {
  /** Whole days since 1970-01-01 UTC. */
  readonly day: number;
  readonly file: string;
  readonly events: number;
  readonly bytes: number;
}

/** `YYYY-MM-DD` of a day's number. */
export const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
/** The number of a day written as `YYYY-MM-DD`. */
export const dayNumber = (text: string): number => Math.floor(Date.parse(`${text}T00:00:00Z`) / DAY_MS);

/** A site's folder below the mirror's. */
export const siteFolder = (folder: string, site: SiteRow): string => join(folder, `site=${site}`);
/** A day's folder, in the layout that DuckDB, Spark and pandas read as a partition. */
export const dayFolder = (folder: string, site: SiteRow, day: number): string =>
  join(siteFolder(folder, site), `day=${dayText(day)}`);
/** The whole path of a part. */
export const partPath = (folder: string, site: SiteRow, { day, file }: Pick<MirrorPart, 'day' | 'file'>): string =>
  join(dayFolder(folder, site, day), file);
/** Where a site's new files are written before they count. */
export const freshFolder = (folder: string, site: SiteRow): string => join(folder, `fresh-${site}`);

/** The parts of a site that count, by day and name. */
export async function listParts(db: Db, site: SiteRow): Promise<MirrorPart[]> {
  const { rows } = await db.client.execute({
    sql: 'SELECT day, file, events, bytes FROM mirror_parts WHERE site_id = ? ORDER BY day, file',
    args: [site],
  });
  return rows.map((row) => ({
    day: Number(row['day']),
    file: textOf(row, 'file'),
    events: Number(row['events']),
    bytes: Number(row['bytes']),
  }));
}

/** Parts a day, in the order of the days. */
export function partsByDay(parts: readonly MirrorPart[]): MirrorPart[][] {
  const days = new Map<number, MirrorPart[]>();
  for (const part of parts) {
    const held = days.get(part.day);
    if (held === undefined) days.set(part.day, [part]);
    else held.push(part);
  }
  return [...days.values()];
}

/** The statement that makes a part count. */
export const addPart = (site: SiteRow, { day, file, events, bytes }: MirrorPart): InStatement => ({
  sql: 'INSERT INTO mirror_parts (site_id, day, file, events, bytes) VALUES (?, ?, ?, ?, ?)',
  args: [site, day, file, events, bytes],
});

/** The statement that makes a part rubbish. */
export const dropPart = (site: SiteRow, { day, file }: Pick<MirrorPart, 'day' | 'file'>): InStatement => ({
  sql: 'DELETE FROM mirror_parts WHERE site_id = ? AND day = ? AND file = ?',
  args: [site, day, file],
});

/** Moves a written file to its place. @returns its size in bytes. */
export async function place(
  folder: string,
  site: SiteRow,
  from: string,
  part: Pick<MirrorPart, 'day' | 'file'>,
): Promise<number> {
  await mkdir(dayFolder(folder, site, part.day), { recursive: true, mode: 0o700 });
  await rename(from, partPath(folder, site, part));
  return (await stat(partPath(folder, site, part))).size;
}

/** Removes every file of a site that does not count: what a killed run left, and what was replaced. */
export async function sweepFiles(folder: string, site: SiteRow, parts: readonly MirrorPart[]): Promise<void> {
  await rm(freshFolder(folder, site), { recursive: true, force: true });
  const counted = new Set(parts.map((part) => partPath(folder, site, part)));
  const root = siteFolder(folder, site);
  for (const name of await readdir(root).catch((): string[] => [])) {
    const day = join(root, name);
    const files = await readdir(day);
    const rubbish = files.filter((file) => !counted.has(join(day, file)));
    if (rubbish.length === files.length) await rm(day, { recursive: true, force: true });
    else for (const file of rubbish) await rm(join(day, file), { force: true });
  }
}
