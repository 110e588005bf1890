// runtime/export.ts: a site's events as files: Parquet, NDJSON or CSV, whole or not there.
import { open, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Db, ExportFormat, ExportSlice, ExportWindow, Site } from '../store/index.ts';
import { appendAudit, EXPORT_COLUMNS, EXPORT_TEXTS, exportSlices, readSnapshot } from '../store/index.ts';
import { linesToParquet } from '../store/export.node.ts';
import { digestOf } from './backup.ts';
import { sync } from './durable.ts';

/** Events of one file, so that a file fits into memory where it is sent on. */
const FILE_EVENTS = 200_000;
const FILES_MAX = 1_000_000;
/** The file that says what the others are; written last. */
export const EXPORT_MANIFEST = 'export.json';

/** A file of an export. */
export interface ExportedFile {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What an export says of itself. */
export interface ExportManifest {
  readonly format: ExportFormat;
  readonly site: string;
  readonly madeAt: number;
  /** Events from this instant to before that, epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly events: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly files: readonly ExportedFile[];
}

/** What to export, and where to. */
export interface ExportWork extends ExportWindow {
  readonly format: ExportFormat;
  /** A folder that is not there or empty. */
  readonly folder: string;
  readonly madeAt: number;
  readonly onProgress?: (events: number) => void;
}

/** Thrown where an export would mix with what is there. */
export class ExportFolderError extends Error {
  override readonly name = 'ExportFolderError';
  /** Stable code for logs. */
  readonly code = 'export_folder';
}

/** Collects slices in files of at most {@link FILE_EVENTS}, and a slice more. @returns how many events. */
async function writeFiles(
  slices: AsyncIterable<ExportSlice>,
  name: (part: string) => string,
  { head, text }: { readonly head: string; readonly text: (lines: string) => string },
  finish: (path: string, part: string) => Promise<void>,
  onProgress: (events: number) => void,
): Promise<number> {
  let [events, inFile, files] = [0, 0, 0];
  let file: { readonly handle: FileHandle; readonly path: string; readonly part: string } | undefined;
  const end = async (): Promise<void> => {
    if (file === undefined) return;
    const { handle, path, part } = file;
    file = undefined;
    await handle.close();
    await finish(path, part);
  };
  for await (const slice of slices) {
    if (file === undefined) {
      files += 1;
      if (files > FILES_MAX) throw new Error(`an export has at most ${FILES_MAX} files`);
      const part = String(files).padStart(5, '0');
      const path = name(part);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      file = { handle: await open(path, 'w', 0o600), path, part };
      await file.handle.write(head);
      inFile = 0;
    }
    await file.handle.write(text(slice.lines));
    events += slice.events;
    inFile += slice.events;
    onProgress(events);
    if (inFile >= FILE_EVENTS) await end();
  }
  await end();
  return events;
}

async function describeFiles(folder: string): Promise<ExportedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const files: ExportedFile[] = [];
  for (const path of paths) {
    const { size: bytes } = await stat(path);
    files.push({ path: path.slice(folder.length + 1).replaceAll('\\', '/'), bytes, sha256: await digestOf(path) });
  }
  return files;
}

/**
 * Writes the events of a site that were committed when it began, beside its place, and moves them there whole. The audit log notes it
 * first: what leaves is out of reach of erasures and retention. @throws {ExportFolderError} the folder holds something.
 */
export async function exportEvents(db: Db, site: Site, work: ExportWork): Promise<ExportManifest> {
  const { format, folder, from, to, madeAt, onProgress = () => undefined } = work;
  if ((await readdir(folder).catch(() => [])).length > 0)
    throw new ExportFolderError(
      `${folder} is not empty: name a folder that is not there yet, an export is never mixed into another.`,
    );
  await appendAudit(db, { kind: 'events_exported', site: site.id, format, from, to, at: madeAt });
  const partial = `${folder}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  try {
    const slices = exportSlices(db, site.row, { from, to }, await readSnapshot(db));
    const events =
      format === 'parquet'
        ? await writeFiles(
            slices,
            () => join(partial, '.lines.ndjson'),
            EXPORT_TEXTS.ndjson,
            async (path, part) => {
              await linesToParquet(partial, path, { site: site.id, part });
            },
            onProgress,
          )
        : await writeFiles(
            slices,
            (part) => join(partial, `events-${part}.${format}`),
            EXPORT_TEXTS[format],
            () => Promise.resolve(),
            onProgress,
          );
    const columns = EXPORT_COLUMNS.map(({ name, type }) => ({ name, type: type === 'JSON' ? 'VARCHAR' : type }));
    const files = await describeFiles(partial);
    const manifest: ExportManifest = { format, site: site.id, madeAt, from, to, events, columns, files };
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    await writeFile(join(partial, EXPORT_MANIFEST), text, { mode: 0o600, flush: true });
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    await sync(folder);
    return manifest;
  } catch (fault) {
    await rm(partial, { recursive: true, force: true });
    throw fault;
  }
}
