// store/rows.ts: reads columns of raw rows.
import type { Row } from '@libsql/client';
import { invariant } from '../core/index.ts';

/** A text column that is never null. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  invariant(typeof value === 'string', `D1: the column ${column} holds text`);
  return value;
}
