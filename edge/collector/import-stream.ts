// edge/collector/import-stream.ts: cuts a stream of bytes into numbered lines, holding one chunk and one line at most.
import type { CsvMapping } from '../../core/index.ts';
import { mapRow } from '../../core/index.ts';

/** Bytes of one line; a longer one is a bad row, and its rest is passed over. */
export const LINE_BYTES_MAX = 131_072;

/** A line without its end, or undefined where it was too long to be held. */
export interface Line {
  readonly line: number;
  readonly text: string | undefined;
}

/** Thrown where the stream ends in the middle: its sender went away, or it is not packed as it says. */
export class BrokenStreamError extends Error {
  override readonly name = 'BrokenStreamError';
  /** Stable code for logs. */
  readonly code = 'stream_broken';
}

/** Thrown where there is more than one request may hold; go on with another one at {@link nextLine}. */
export class LongStreamError extends Error {
  override readonly name = 'LongStreamError';
  /** Stable code for logs. */
  readonly code = 'stream_long';
  readonly nextLine: number;
  constructor(nextLine: number) {
    super('the stream is longer than one request may be');
    this.nextLine = nextLine;
  }
}

/** Thrown where the body is not CSV from some row on. */
export class BrokenCsvError extends Error {
  override readonly name = 'BrokenCsvError';
  /** Stable code for logs. */
  readonly code = 'csv_broken';
}

/** What one stream may hold: lines, empty ones included, and bytes after unpacking. */
export interface StreamLimits {
  readonly linesMax: number;
  readonly bytesMax: number;
}

const NEWLINE = 10;

/**
 * Reads lines as they come; empty ones are passed over and counted.
 * @param first the number of the first. @throws {BrokenStreamError | LongStreamError}
 */
export async function* linesOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  first: number,
  { linesMax, bytesMax }: StreamLimits,
): AsyncGenerator<Line, void, undefined> {
  let read = 0;
  const utf8 = new TextDecoder();
  let line = first;
  let held: Uint8Array[] = [];
  let bytes = 0;
  const take = (): Line => {
    const text = bytes > LINE_BYTES_MAX ? undefined : held.map((part) => utf8.decode(part, { stream: true })).join('');
    const rest = utf8.decode();
    const taken = { line, text: text === undefined ? undefined : (text + rest).trim() };
    held = [];
    bytes = 0;
    line += 1;
    return taken;
  };
  const hold = (part: Uint8Array): void => {
    bytes += part.length;
    if (bytes <= LINE_BYTES_MAX) held.push(part);
    else held = [];
  };
  const goOn = (): void => {
    if (line - first >= linesMax) throw new LongStreamError(line);
  };
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new BrokenStreamError();
    });
    if (done) break;
    read += value.length;
    let from = 0;
    for (let end = value.indexOf(NEWLINE); end !== -1; end = value.indexOf(NEWLINE, from)) {
      goOn();
      hold(value.subarray(from, end));
      const taken = take();
      if (taken.text !== '') yield taken;
      from = end + 1;
    }
    if (read > bytesMax) throw new LongStreamError(line);
    if (from < value.length) hold(value.slice(from));
  }
  if (bytes > 0) {
    goOn();
    const taken = take();
    if (taken.text !== '') yield taken;
  }
}

/** The bytes of a stream, within its limit. @throws {BrokenStreamError | LongStreamError} */
export async function* chunksOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { bytesMax }: StreamLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  let read = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new BrokenStreamError();
    });
    if (done) return;
    read += value.length;
    // The whole of a CSV is sent again to go on, so there is no line to name.
    if (read > bytesMax) throw new LongStreamError(1);
    yield value;
  }
}

/**
 * Rows of a CSV as lines of events. The row that names the columns is line 1; rows before `first` are passed over.
 * @throws {BrokenCsvError | BrokenStreamError | LongStreamError}
 */
export async function* csvLines(
  rows: AsyncIterable<Readonly<Record<string, string>>>,
  first: number,
  mapping: CsvMapping,
  { linesMax }: StreamLimits,
): AsyncGenerator<Line, void, undefined> {
  let line = 1;
  for await (const row of rows) {
    line += 1;
    if (line < first) continue;
    if (line - Math.max(first, 2) >= linesMax) throw new LongStreamError(line);
    yield { line, text: JSON.stringify(mapRow(row, mapping)) };
  }
}
