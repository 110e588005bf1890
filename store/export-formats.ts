// store/export-formats.ts: the forms of text that exported events are written in.
import { csvLine } from '../core/index.ts';
import { EXPORT_COLUMNS } from './export-events.ts';

/** What an export can be written as without a library. */
export const TEXT_FORMATS = ['ndjson', 'csv'] as const;
/** One of them. */
export type TextFormat = (typeof TEXT_FORMATS)[number];
/** What an export can be written as. */
export const EXPORT_FORMATS = ['parquet', ...TEXT_FORMATS] as const;
/** One of them. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const NAMES = EXPORT_COLUMNS.map(({ name }) => name);

const asCsv = (lines: string): string =>
  lines
    .split('\n')
    .map((line) => {
      const row = JSON.parse(line) as Readonly<Record<string, unknown>>;
      return csvLine(NAMES.map((name) => row[name]));
    })
    .join('');

/** How each is written: what it begins with, and what lines of JSON become in it. */
export const EXPORT_TEXTS: {
  readonly [F in TextFormat]: { readonly head: string; readonly text: (lines: string) => string };
} = {
  ndjson: { head: '', text: (lines) => `${lines}\n` },
  csv: { head: csvLine(NAMES), text: asCsv },
};
