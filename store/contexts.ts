// store/contexts.ts: contexts as numbers: one row for all events that share one.
import type { InStatement } from '@libsql/client';
import { storedContext } from '../core/index.ts';
import type { SiteRow } from './db.ts';
import { tellsAnew } from './told-anew.ts';

const COLUMNS = 'code, country, region, device, browser, os, language, time_zone, channel, source';

/** Finds a context's number by its text. */
export const CONTEXT_SQL = 'SELECT id FROM contexts WHERE code = ?';
/** Keeps one. Arguments: {@link contextValues}. */
export const NEW_CONTEXT_SQL: string = `INSERT INTO contexts (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The columns of a context of this text. */
export const contextValues = (code: string): (string | number)[] => [code, ...storedContext(code)];

/** Keeps those of some contexts that are new. @param tellers ids of the events that name each */
export const contextsStatement = (site: SiteRow, tellers: ReadonlyMap<string, readonly string[]>): InStatement => ({
  sql: `INSERT INTO contexts (${COLUMNS})
    SELECT ${COLUMNS.split(', ')
      .map((_, nth) => `told.value ->> '$[${nth + 1}]'`)
      .join(', ')}
    FROM json_each(?2) AS told WHERE ${tellsAnew("told.value -> '$[0]'")} ON CONFLICT (code) DO NOTHING`,
  args: [site, JSON.stringify([...tellers].map(([code, ids]) => [ids, ...contextValues(code)]))],
});
