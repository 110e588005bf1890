// cli/import/read-rows.ts: a file as numbered lines of an import, one event each, read as they are sent.
import { createReadStream } from 'node:fs';
import type { ReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import type { CsvMapping } from '../../core/index.ts';
import { mapRow } from '../../core/index.ts';
import type { FormatOptions, ImportFormat, ImportRecord } from './formats/index.ts';

/** A JSON file that is one array is held whole; larger ones are given as lines. */
const ARRAY_BYTES_MAX = 268_435_456;

/** An event and the number that its dead letter would have. */
export interface Row {
  readonly line: number;
  /** Empty where the line holds no event: it is counted and passed over. */
  readonly text: string;
}

/** How a file is read: lines of events, a CSV or Parquet by a mapping, or the export of another tool. */
export type RowSource =
  | { readonly kind: 'events' }
  | { readonly kind: 'mapped'; readonly mapping: CsvMapping; readonly reader: 'csv' | 'parquet' }
  | { readonly kind: 'export'; readonly format: ImportFormat; readonly options: FormatOptions };

/** Rows, and how much of the file was read. */
export interface Rows {
  readonly rows: AsyncIterable<Row>;
  readonly bytesRead: () => number;
}

/** Thrown where the file is not of the format; the message says what it is instead. */
export class ImportFileError extends Error {
  override readonly name = 'ImportFileError';
}

interface Numbered {
  readonly line: number;
  /** Undefined where the line can't be read: the collector puts it aside. */
  readonly record: ImportRecord | undefined;
  readonly raw: string;
}

const isRecord = (value: unknown): value is ImportRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(raw: string): ImportRecord | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Rows of a CSV; the first, its columns, is line 1. */
async function* csvRecords(input: ReadStream): AsyncGenerator<Numbered> {
  let line = 1;
  const records = input.pipe(parse({ columns: true, bom: true, relax_column_count: true, skip_empty_lines: true }));
  for await (const record of records as AsyncIterable<Record<string, string>>) {
    line += 1;
    yield { line, record, raw: '' };
  }
}

async function* jsonRecords(file: string, input: ReadStream): AsyncGenerator<Numbered> {
  let line = 0;
  for await (const raw of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (line === 1 && raw.trimStart().startsWith('[')) {
      input.destroy();
      yield* arrayRecords(file);
      return;
    }
    if (raw.trim() !== '') yield { line, record: parsed(raw), raw };
  }
}

/** A file that is one array. */
async function* arrayRecords(file: string): AsyncGenerator<Numbered> {
  if ((await stat(file)).size > ARRAY_BYTES_MAX)
    throw new ImportFileError(
      `${file} is one JSON array of over 256 MB: give it as lines (jq -c '.[]' FILE > lines.ndjson).`,
    );
  let values: unknown;
  try {
    values = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    throw new ImportFileError(`${file} begins like a JSON array and is none.`);
  }
  const list: readonly unknown[] = Array.isArray(values) ? values : [];
  for (const [nth, value] of list.entries())
    yield { line: nth + 1, record: isRecord(value) ? value : undefined, raw: JSON.stringify(value) };
}

/** JSON has no 64-bit integers and no dates: the first as texts, the others as ISO 8601. */
const plain = (value: unknown): unknown => {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
  return value;
};

/** Rows of a Parquet file, a row group at a time. */
async function* parquetRecords(path: string): AsyncGenerator<Numbered> {
  const [{ asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch(() => {
    throw new ImportFileError(`${path} is no Parquet file.`);
  });
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
    for (const [nth, row] of rows.entries()) {
      const record = plain(row) as ImportRecord;
      yield { line: rowStart + nth + 1, record, raw: JSON.stringify(record) };
    }
    rowStart = rowEnd;
  }
}

/** Puts neighbours together that are one record; it has the line of its first. */
async function* joined(records: AsyncIterable<Numbered>, { belongs, join }: ImportFormat): AsyncGenerator<Numbered> {
  if (belongs === undefined || join === undefined) {
    yield* records;
    return;
  }
  let held: { readonly line: number; readonly records: ImportRecord[] } | undefined;
  const whole = (one: NonNullable<typeof held>): Numbered => ({ line: one.line, record: join(one.records), raw: '' });
  for await (const { line, record } of records) {
    if (record === undefined) continue;
    const last = held?.records.at(-1);
    if (held !== undefined && last !== undefined && belongs(record, last)) held.records.push(record);
    else {
      if (held !== undefined) yield whole(held);
      held = { line, records: [record] };
    }
  }
  if (held !== undefined) yield whole(held);
}

async function* exportRows(
  records: AsyncIterable<Numbered>,
  format: ImportFormat,
  options: FormatOptions,
): AsyncGenerator<Row> {
  let events = 0;
  for await (const { line, record, raw } of joined(records, format)) {
    const made = record === undefined ? [raw] : format.events(record, options).map((event) => JSON.stringify(event));
    if (format.numbering === 'row') yield { line, text: made[0] ?? '' };
    else
      for (const text of made) {
        events += 1;
        yield { line: events, text };
      }
  }
}

async function* mappedRows(records: AsyncIterable<Numbered>, mapping: CsvMapping): AsyncGenerator<Row> {
  for await (const { line, record = {} } of records) {
    const cells = Object.entries(record).map(([name, cell]) => [
      name,
      typeof cell === 'string' ? cell : JSON.stringify(cell ?? ''),
    ]);
    yield { line, text: JSON.stringify(mapRow(Object.fromEntries(cells) as Record<string, string>, mapping)) };
  }
}

async function* eventRows(input: ReadStream): AsyncGenerator<Row> {
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    yield { line, text };
  }
}

/** Opens a file. @throws {ImportFileError} while it is read. */
export function readRows(file: string, source: RowSource): Rows {
  const reader = source.kind === 'export' ? source.format.reader : source.kind === 'mapped' ? source.reader : 'json';
  const input = createReadStream(file);
  const bytesRead = (): number => input.bytesRead;
  if (source.kind === 'events') return { rows: eventRows(input), bytesRead };
  const records =
    reader === 'csv' ? csvRecords(input) : reader === 'json' ? jsonRecords(file, input) : parquetRecords(file);
  if (reader === 'parquet') input.destroy();
  const rows =
    source.kind === 'mapped' ? mappedRows(records, source.mapping) : exportRows(records, source.format, source.options);
  return { rows, bytesRead };
}
