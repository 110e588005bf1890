// store/export.node.ts: events as Parquet files by site and day, written by DuckDB, on Node alone.
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPORT_COLUMNS } from './export-events.ts';
import { literal, withDuck } from './mirror/duck.ts';

/**
 * Turns a file of lines into Parquet files `site=NAME/day=YYYY-MM-DD/part-N….parquet` below a folder, and removes the lines.
 * @param part names the files, so that more of them can follow. @returns their paths below the folder.
 */
export async function linesToParquet(
  folder: string,
  lines: string,
  { site, part }: { readonly site: string; readonly part: string },
): Promise<string[]> {
  const work = join(folder, '.duck');
  await mkdir(work, { recursive: true, mode: 0o700 });
  const columns = EXPORT_COLUMNS.map(({ name, type }) => `"${name}": '${type}'`).join(', ');
  const selected = EXPORT_COLUMNS.map(({ name, type }) =>
    type === 'JSON' ? `"${name}"::VARCHAR AS "${name}"` : `"${name}"`,
  );
  await withDuck({ memory: '1GB', spillFolder: join(work, 'spill') }, (duck) =>
    duck.run(
      `COPY (SELECT ${selected.join(', ')}, strftime(make_timestamp("at" * 1000), '%Y-%m-%d') AS day
          FROM read_json(${literal(lines)}, format = 'newline_delimited', columns = {${columns}}) ORDER BY day, "at")
        TO ${literal(join(work, 'days'))} (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day))`,
    ),
  );
  await rm(lines);
  const written: string[] = [];
  for (const day of (await readdir(join(work, 'days'))).sort()) {
    const place = join(`site=${site}`, day);
    await mkdir(join(folder, place), { recursive: true, mode: 0o700 });
    for (const [nth, file] of (await readdir(join(work, 'days', day))).sort().entries()) {
      const path = join(place, `part-${part}${nth === 0 ? '' : `-${nth}`}.parquet`);
      await rename(join(work, 'days', day, file), join(folder, path));
      written.push(path);
    }
  }
  await rm(work, { recursive: true, force: true });
  return written;
}
