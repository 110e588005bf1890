// store/contexts.ts: contexts as numbers: one row for all events that share one.
import type { InStatement } from '@libsql/client';
import { storedContext } from '../core/index.ts';

const COLUMNS = 'code, country, region, device, browser, os, language, time_zone, channel, source';

/** Finds a context's number by its text. */
export const CONTEXT_SQL = 'SELECT id FROM contexts WHERE code = ?';
/** Keeps one. Arguments: {@link contextValues}. */
export const NEW_CONTEXT_SQL: string = `INSERT INTO contexts (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The columns of a context of this text. */
export const contextValues = (code: string): (string | number)[] => [code, ...storedContext(code)];

/** Keeps those of some contexts that are new. */
export const contextsStatement = (codes: Iterable<string>): InStatement => ({
  sql: `INSERT INTO contexts (${COLUMNS})
    SELECT value ->> '$[0]', value ->> '$[1]', value ->> '$[2]', value ->> '$[3]', value ->> '$[4]', value ->> '$[5]',
      value ->> '$[6]', value ->> '$[7]', value ->> '$[8]', value ->> '$[9]'
    FROM json_each(?) WHERE true ON CONFLICT (code) DO NOTHING`,
  args: [JSON.stringify([...codes].map(contextValues))],
});
