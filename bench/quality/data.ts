// bench/quality/data.ts: finds the real data sets, reads their lines, and says which file is missing.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A data set that is not there. */
export class MissingDataError extends Error {
  override readonly name = 'MissingDataError';
  /** Stable code. */
  readonly code = 'data_missing';
}

/** Path of a file in the folder that `HUSHTAG_DATA` names. @throws {MissingDataError} it is not there. */
export function dataFile(name: string): string {
  const folder = process.env['HUSHTAG_DATA'];
  if (folder === undefined || folder === '') {
    throw new MissingDataError(`${name} is read from the folder that HUSHTAG_DATA names, and HUSHTAG_DATA is not set`);
  }
  const file = join(folder, name);
  if (!existsSync(file)) throw new MissingDataError(`${name} is missing: ${file} does not exist`);
  return file;
}

/** Lines of a text file, without empty ones. */
export const dataLines = (name: string): string[] =>
  readFileSync(dataFile(name), 'utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');

/** A CSV file as its header and cells. Cells may be quoted and then hold commas, as in "$1,000"; none holds a quote or a line. */
export function dataTable(name: string): { readonly header: readonly string[]; readonly rows: readonly string[][] } {
  const [header = [], ...rows] = dataLines(name).map((line) =>
    [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
  );
  const width = header.length;
  const broken = rows.findIndex((row) => row.length !== width);
  if (broken >= 0) throw new Error(`${name}: line ${broken + 2} does not have ${width} cells`);
  return { header, rows };
}
