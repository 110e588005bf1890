// cli/import/progress-file.ts: how far an import came, beside its file, so that one that was killed goes on there.
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import * as v from 'valibot';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const progressSchema = v.object({
  /** What the file was then: another file begins anew. */
  bytes: count,
  modifiedAt: v.number(),
  /** What was asked of it: format, mapping, consent, source and collector. */
  asked: v.string(),
  nextLine: count,
  lines: count,
  accepted: count,
  refused: v.record(v.string(), count),
});
/** What was done so far. */
export type ImportProgress = v.InferOutput<typeof progressSchema>;

const pathOf = (file: string): string => `${file}.hushtag-import.json`;

/** A file as it is now. */
export async function stampOf(file: string): Promise<Pick<ImportProgress, 'bytes' | 'modifiedAt'>> {
  const { size, mtimeMs } = await stat(file);
  return { bytes: size, modifiedAt: mtimeMs };
}

/** What was done of this very file with the same request; undefined where nothing was. */
export async function readProgress(file: string, asked: string): Promise<ImportProgress | undefined> {
  const stamp = await stampOf(file);
  try {
    const read = v.parse(progressSchema, JSON.parse(await readFile(pathOf(file), 'utf8')));
    const isSame = read.bytes === stamp.bytes && read.modifiedAt === stamp.modifiedAt && read.asked === asked;
    return isSame ? read : undefined;
  } catch {
    return undefined;
  }
}

/** Notes it. Where the folder can't be written the import goes on without: sending again stores nothing twice. */
export async function keepProgress(file: string, progress: ImportProgress): Promise<void> {
  const fresh = `${pathOf(file)}.new`;
  try {
    await writeFile(fresh, JSON.stringify(progress), { mode: 0o600 });
    await rename(fresh, pathOf(file));
  } catch {
    await rm(fresh, { force: true }).catch(() => undefined);
  }
}

/** Forgets it: the import is done. */
export const forgetProgress = (file: string): Promise<void> => rm(pathOf(file), { force: true });
