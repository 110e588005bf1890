// store/local-writer.ts: the collector's writes to a file of its own process: the rows of accept.ts, by statements prepared once.
//
// Through the driver's batches every commit prepares its statements anew and looks each string and visitor up by SQL, which
// costs more than the rows themselves. Here numbers that were seen are remembered for as long as nobody else wrote.
import type { InStatement } from '@libsql/client';
import Database from 'libsql';
import { createRecent } from '../core/index.ts';
import type { EventRow, LedgerOutcome, WriteJob } from './accept.ts';
import { sideStatements } from './accept.ts';
import { orderKeySql, rekeyStatements } from './rekey.ts';
import { visitorIdSql } from './accounts.ts';
import { openCommitMark } from './commit-mark.ts';
import { CONTEXT_SQL, contextValues, NEW_CONTEXT_SQL } from './contexts.ts';
import type { SiteRow } from './db.ts';
import type { ColumnKind } from './event-columns.ts';
import { EVENT_COLUMNS } from './event-columns.ts';
import { addToSums, EVENT_SUMS_SQL } from './event-sums.ts';
import type { Files } from './open.node.ts';
import type { LogRoom } from './log-room.ts';
import { makeLogRoom } from './log-room.ts';
import { CACHE_KIB, GROUND_PRAGMAS } from './open.node.ts';

/** Strings and visitors whose numbers are remembered, each; some ten megabytes of memory together. */
const REMEMBERED_MAX = 65_536;

/** Writes to ground.db, one call after the other. Whatever a call throws, nothing of it is kept; open a new writer then. */
export interface LocalWriter {
  /** Writes jobs in one transaction, as `acceptJobs` does. @throws {Error} with the driver's code. */
  readonly accept: (jobs: readonly WriteJob[]) => void;
  /** Runs statements in one transaction. @throws as `accept` */
  readonly run: (statements: readonly InStatement[]) => void;
  /** Makes the log so many bytes long where it is shorter. @throws as `accept`; the writer goes on. */
  readonly makeLogRoom: (bytes: number) => LogRoom;
  readonly close: () => void;
}

const STORED_SQL = 'SELECT 1 FROM events WHERE site_id = ? AND id = unhex(?)';
const STRING_SQL = 'SELECT id FROM strings WHERE value = ?';
const NEW_STRING_SQL = 'INSERT INTO strings (value) VALUES (?)';
const VISITOR_SQL = `SELECT ${visitorIdSql('?1', 'unhex(?2)')}`;
// Only for a visitor that was looked for: numbers follow first sight alone, and a conflict would draw one too (M1).
const NEW_VISITOR_SQL = 'INSERT INTO visitors (site_id, key, linked) VALUES (?, unhex(?), ?)';
const valueSql = (kind: ColumnKind, value: string): string => {
  if (kind === 'order') return orderKeySql('?1', `unhex(${value})`);
  return kind === 'hex' ? `unhex(${value})` : value;
};
const EVENT_SQL = `INSERT INTO events (site_id, ${EVENT_COLUMNS.map(({ column }) => column).join(', ')})
  VALUES (?1, ${EVENT_COLUMNS.map(({ kind }, nth) => valueSql(kind, `?${nth + 2}`)).join(', ')})
  ON CONFLICT (site_id, id) DO NOTHING`;
const LEDGER_SQL = `INSERT INTO ledger (site_id, day, outcome, reason, events) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET events = events + excluded.events`;

/** Every statement of {@link LocalWriter.accept}, for the test of query plans. */
export const LOCAL_WRITER_SQL: readonly string[] = [
  STORED_SQL,
  STRING_SQL,
  NEW_STRING_SQL,
  VISITOR_SQL,
  NEW_VISITOR_SQL,
  CONTEXT_SQL,
  NEW_CONTEXT_SQL,
  EVENT_SQL,
  LEDGER_SQL,
  ...EVENT_SUMS_SQL,
];

type Value = number | string | null;

interface Connection {
  readonly database: Database.Database;
  /** Runs a statement that answers nothing. */
  readonly change: (sql: string, values: readonly unknown[]) => Database.RunResult;
  /** The first column of the first row. */
  readonly look: (sql: string, values: readonly Value[]) => number | undefined;
  /** All rows, as lists of columns. */
  readonly read: (sql: string, values: readonly Value[]) => readonly (readonly unknown[])[];
}

function connect(path: string): Connection {
  const database = new Database(path);
  for (const pragma of GROUND_PRAGMAS) database.prepare(`PRAGMA ${pragma}`).all();
  const prepared = new Map<string, Database.Statement>();
  const prepare = (sql: string): Database.Statement => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  return {
    database,
    change: (sql, values) => prepare(sql).run(values),
    look: (sql, values) => {
      const row = prepare(sql).raw(true).get(values) as readonly [number | null] | undefined;
      return row?.[0] ?? undefined;
    },
    read: (sql, values) => prepare(sql).raw(true).all(values) as readonly (readonly unknown[])[],
  };
}

/** Sums of ledger lines: one row a site, day, outcome and reason, however many jobs a transaction holds. */
function createTally(): {
  readonly add: (job: WriteJob, outcome: LedgerOutcome, reason: string, events: number) => void;
  readonly write: (connection: Connection) => void;
} {
  const sums = new Map<string, { readonly key: readonly Value[]; events: number }>();
  return {
    add: ({ site, day }, outcome, reason, events) => {
      const name = `${site}|${day}|${outcome}|${reason}`;
      const held = sums.get(name);
      if (held === undefined) sums.set(name, { key: [site, day, outcome, reason], events });
      else held.events += events;
    },
    write: ({ change }) => {
      for (const { key, events } of sums.values()) change(LEDGER_SQL, [...key, events]);
    },
  };
}

/** Whether a row of a dictionary may be made: not for a duplicate, which is ignored with all it names (told-anew.ts). */
type MayMake = () => boolean;
/** Stands in for its number: the row is ignored by its event's id. */
const NOT_MADE = 0;

/** What a connection knows of the dictionaries. */
function createNumbers({ change, look }: Connection) {
  const strings = createRecent<string, number>(REMEMBERED_MAX);
  const visitors = createRecent<string, number>(REMEMBERED_MAX);
  const contexts = createRecent<string, number>(REMEMBERED_MAX);
  let version: number | undefined;

  const stringOf = (value: string, mayMake: MayMake): number | undefined => {
    const known = strings.get(value);
    if (known !== undefined) return known;
    const found = look(STRING_SQL, [value]);
    if (found === undefined && !mayMake()) return undefined;
    const id = found ?? Number(change(NEW_STRING_SQL, [value]).lastInsertRowid);
    strings.set(value, id);
    return id;
  };
  const contextOf = (code: string, mayMake: MayMake): number | undefined => {
    const known = contexts.get(code);
    if (known !== undefined) return known;
    const found = look(CONTEXT_SQL, [code]);
    if (found === undefined && !mayMake()) return undefined;
    const id = found ?? Number(change(NEW_CONTEXT_SQL, contextValues(code)).lastInsertRowid);
    contexts.set(code, id);
    return id;
  };
  const visitorOf = (site: SiteRow, key: string, linked: 0 | 1, mayMake: MayMake): number | undefined => {
    const name = `${site}|${key}`;
    const known = visitors.get(name);
    if (known !== undefined) return known;
    const found = look(VISITOR_SQL, [site, key]);
    if (found === undefined && !mayMake()) return undefined;
    const id = found ?? Number(change(NEW_VISITOR_SQL, [site, key, linked]).lastInsertRowid);
    visitors.set(name, id);
    return id;
  };
  return {
    stringOf,
    visitorOf,
    contextOf,
    /**
     * Forgets what another connection may have erased or purged: SQLite counts other connections' commits
     * (https://www.sqlite.org/pragma.html#pragma_data_version). Asked inside the transaction, nobody can come between.
     */
    refresh: (): void => {
      const now = look('PRAGMA data_version', []);
      if (now !== version) {
        strings.clear();
        visitors.clear();
        contexts.clear();
      }
      version = now;
    },
  };
}

/** Inserts an event and what it names. @returns its number, or undefined where the site has it. */
function inserter(
  { change, look }: Connection,
  { stringOf, visitorOf, contextOf }: ReturnType<typeof createNumbers>,
): (job: WriteJob, row: EventRow) => number | undefined {
  const valueOf = (
    { site, choices }: WriteJob,
    row: EventRow,
    { field, kind }: (typeof EVENT_COLUMNS)[number],
    isNew: MayMake,
  ): Value => {
    const value = row[field];
    if (value === undefined) return null;
    if (kind === 'string') return stringOf(String(value), isNew) ?? NOT_MADE;
    if (kind === 'context') return contextOf(String(value), isNew) ?? NOT_MADE;
    if (kind !== 'visitor') return value;
    // A choice that came with the event needs its visitor for the receipt, whatever becomes of the event.
    const mayMake = choices?.some(({ visitor }) => visitor === value) ? () => true : isNew;
    return visitorOf(site, String(value), row.linked, mayMake) ?? NOT_MADE;
  };
  return (job, row) => {
    // Looked up where something would be made for it, which is seldom, and at most once.
    let stored: boolean | undefined;
    const isNew = (): boolean => !(stored ??= look(STORED_SQL, [job.site, row.id]) !== undefined);
    const values: Value[] = [job.site];
    for (const one of EVENT_COLUMNS) values.push(valueOf(job, row, one, isNew));
    const { changes, lastInsertRowid } = change(EVENT_SQL, values);
    return changes === 0 ? undefined : Number(lastInsertRowid);
  };
}

/** Opens a writer of its own connection. @throws what the driver throws where the file can't be opened. */
export function openLocalWriter(files: Files): LocalWriter {
  const connection = connect(files.ground);
  const { database, change } = connection;
  const numbers = createNumbers(connection);
  const mark = openCommitMark(files.ground);
  const insert = inserter(connection, numbers);
  const inTransaction = <Result>(work: () => Result): Result => {
    try {
      change('BEGIN IMMEDIATE', []);
      numbers.refresh();
      const result = work();
      change('COMMIT', []);
      return result;
    } catch (fault) {
      // Before it is closed: a statement that is still known to the driver would hold the lock beyond that.
      if (database.inTransaction) database.exec('ROLLBACK');
      throw fault;
    }
  };
  const perform = (statements: readonly InStatement[]): void => {
    for (const statement of statements) {
      if (typeof statement === 'string') database.exec(statement);
      else change(statement.sql, (statement.args ?? []) as readonly unknown[]);
    }
  };
  /** @returns the number of the last event that is new. */
  const accept = (jobs: readonly WriteJob[]): number | undefined => {
    let first: number | undefined;
    let last: number | undefined;
    const tally = createTally();
    for (const { site, rows } of jobs) perform(rekeyStatements(site, rows));
    for (const job of jobs) {
      let stored = 0;
      for (const row of job.rows) {
        const seq = insert(job, row);
        if (seq === undefined) continue;
        first ??= seq;
        last = seq;
        stored += 1;
      }
      if (stored > 0) tally.add(job, 'stored', '', stored);
      if (stored < job.rows.length) tally.add(job, 'duplicate', '', job.rows.length - stored);
      for (const { outcome, reason, events } of job.ledger) tally.add(job, outcome, reason, events);
    }
    perform(sideStatements(jobs));
    tally.write(connection);
    if (first !== undefined && last !== undefined) addToSums(connection, first, last);
    return last;
  };
  return {
    accept: (jobs) => {
      const last = inTransaction(() => accept(jobs));
      if (last !== undefined) mark.write(last);
    },
    run: (statements) => inTransaction(() => perform(statements)),
    makeLogRoom: (bytes) => makeLogRoom(database, files.ground, bytes, CACHE_KIB),
    close: () => {
      mark.close();
      database.close();
    },
  };
}
