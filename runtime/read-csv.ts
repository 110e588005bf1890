// runtime/read-csv.ts: rows of a CSV as its bytes come, by csv-parse, which needs the streams of Node.
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { Port } from '../edge/index.ts';
import { BrokenCsvError } from '../edge/index.ts';

/** Bytes of one row; a longer one is taken for a quote that is never closed. */
const ROW_BYTES_MAX = 131_072;

/** Reads rows. @throws {BrokenCsvError} and whatever the bytes throw. */
export const readCsv: NonNullable<Port['readCsv']> = async function* rowsOf(bytes) {
  const input = Readable.from(bytes);
  const parser = parse({
    columns: true,
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_BYTES_MAX,
  });
  input.once('error', (fault) => parser.destroy(fault));
  input.pipe(parser);
  try {
    yield* parser as AsyncIterable<Readonly<Record<string, string>>>;
  } catch (fault) {
    throw fault instanceof CsvError ? new BrokenCsvError() : fault;
  } finally {
    input.destroy();
  }
};
