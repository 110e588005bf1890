// store/rows.ts: columns of raw rows, and many values as few arguments.
import type { Row } from '@libsql/client';
import { invariant } from '../core/index.ts';

/** Characters of a JSON argument: the driver and SQLite copy each, and over HTTP all of a batch is one message. */
const JSON_CHARS = 500_000;
/** A text column that is never null. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  invariant(typeof value === 'string', `D1: the column ${column} holds text`);
  return value;
}

/** JSON arrays of the values in order, each of at most {@link JSON_CHARS} characters unless one value is longer. */
export function jsonChunks(values: readonly unknown[]): string[] {
  const chunks: string[] = [];
  let chunk: string[] = [];
  let characters = 0;
  for (const value of values) {
    const json = JSON.stringify(value);
    if (chunk.length > 0 && characters + json.length > JSON_CHARS) {
      chunks.push(`[${chunk.join()}]`);
      chunk = [];
      characters = 0;
    }
    chunk.push(json);
    characters += json.length + 1;
  }
  return chunk.length === 0 ? chunks : [...chunks, `[${chunk.join()}]`];
}
