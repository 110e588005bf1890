// store/plans.test.ts: no query that runs while visitors or readers wait reads a whole table.
import type { InStatement } from '@libsql/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EpochMs, SiteId } from '../contract/index.ts';
import { saltPeriodAt } from '../core/index.ts';
import { acceptJobs, acceptMessage } from './accept.ts';
import type { Db } from './db.ts';
import { EVENT_SPANS_SQL } from './event-spans.ts';
import { exportSlices } from './export-events.ts';
import { readLetters } from './dead-letters.ts';
import { LOCAL_WRITER_SQL } from './local-writer.ts';
import { openFiles } from './open.node.ts';
import { readLedger } from './ledger.ts';
import { currentRelease, releasedModel, releasedSegment, releasedSegments } from './published.ts';
import { findSalt } from './salts.ts';
import { readEventSlice } from './event-slices.ts';
import { findSite } from './sites.ts';
import type { TestDatabase } from './testing.ts';
import { openTestDatabase } from './testing.ts';

type Statement = Exclude<InStatement, string>;
const BIG_TABLES = [
  'events',
  'visitors',
  'strings',
  'contexts',
  'ledger',
  'salts',
  'written_messages',
  'models',
  'segments',
  'memberships',
  'profiles',
  'dead_letters',
];

/** A database that remembers the statements it was given, drizzle's included. */
function recording(db: Db): { readonly db: Db; readonly seen: Statement[] } {
  const seen: Statement[] = [];
  const keep = (statement: InStatement | readonly [string, unknown?]): void => {
    if (typeof statement === 'object' && 'sql' in statement) seen.push(statement);
  };
  const execute = db.client.execute.bind(db.client);
  const batch = db.client.batch.bind(db.client);
  Object.assign(db.client, {
    execute: (statement: InStatement) => {
      keep(statement);
      return execute(statement);
    },
    batch: (statements: InStatement[], mode: 'write' | 'deferred') => {
      for (const statement of statements) keep(statement);
      return batch(statements, mode);
    },
  });
  return { db, seen };
}

describe('D1: query plans', () => {
  let database: TestDatabase;
  let recorded: ReturnType<typeof recording>;
  let planner: Db;
  beforeAll(async () => {
    database = await openTestDatabase();
    recorded = recording(database.db);
    // Plans are asked for on another connection: the driver leaves an EXPLAIN open, and no commit passes it.
    planner = await openFiles(database.files);
  });
  afterAll(async () => {
    planner.client.close();
    await database.close();
  });

  const row = {
    id: 'ab'.repeat(16),
    at: 1,
    name: 'purchase',
    visitor: 'cd'.repeat(12),
    linked: 1 as const,
    purposes: 3,
    policyVersion: 1,
    path: '/a',
    title: 'A',
    referrer: 'b.example',
    campaign: 'utm_source=c',
    orderKey: 'ef'.repeat(12),
    currency: 'GBP',
    coupon: 'D',
    context: 'DE|BE|1|1|1|de|Europe/Berlin|2',
  };
  const job = { site: 1, day: 1, rows: [row], ledger: [{ outcome: 'received' as const, reason: '', events: 1 }] };

  const letter = {
    id: 'ab'.repeat(16),
    receivedAt: 1,
    at: 1,
    via: 'collect' as const,
    reason: 'x',
    pointer: '',
    linked: 0 as const,
    purposes: 0,
    policyVersion: 1,
  };

  it.each<readonly [what: string, run: (db: Db) => Promise<unknown>]>([
    ['accepting a group of messages', (db) => acceptJobs(db, [job, job])],
    ['accepting a queue message', (db) => acceptMessage(db, 'ab'.repeat(16), 1, job)],
    ['keeping dead letters', (db) => acceptJobs(db, [{ ...job, letters: [letter] }])],
    ['listing dead letters', (db) => readLetters(db, 1, { after: 0, limit: 5, reason: 'x' })],
    ['reading dead letters', (db) => readLetters(db, 1, { letters: [1] })],
    ['finding a site', (db) => findSite(db, 'shop' as SiteId)],
    ['finding a salt', (db) => findSalt(db, 1, saltPeriodAt('day', 1 as EpochMs))],
    ['reading the ledger', (db) => readLedger(db, 1, 1)],
    ['finding the release', (db) => currentRelease(db, 1)],
    ['reading the model', (db) => releasedModel(db, 1, 1)],
    ['reading all segments', (db) => releasedSegments(db, 1, 1)],
    ['reading one segment', (db) => releasedSegment(db, 1, 1, 'a')],
    ['reading the next slice of events', (db) => readEventSlice(db, 1, 0, 100)],
    ['reading a slice of an export', (db) => exportSlices(db, 1, { from: 0, to: 9 }, 9).next()],
  ])('%s searches by index', async (_, run) => {
    const from = recorded.seen.length;
    await run(recorded.db);
    const statements = recorded.seen.slice(from);
    expect(statements.length).toBeGreaterThan(0);
    for (const { sql, args } of statements) {
      const { rows } = await planner.client.execute({ sql: `EXPLAIN QUERY PLAN ${sql}`, args: args ?? [] });
      const details = rows.map(({ detail }) => String(detail));
      const scans = details.filter((detail) =>
        BIG_TABLES.some((table) => new RegExp(`^SCAN ${table}\\b`).test(detail)),
      );
      expect({ sql, scans }).toEqual({ sql, scans: [] });
    }
  });

  it('finding where the events of some days are searches by index', async () => {
    for (const sql of EVENT_SPANS_SQL) {
      const { rows } = await planner.client.execute(`EXPLAIN QUERY PLAN ${sql.replaceAll('?', '1')}`);
      const scans = rows.map(({ detail }) => String(detail)).filter((detail) => /^SCAN (?!CONSTANT|\()/.test(detail));
      expect({ sql, scans }).toEqual({ sql, scans: [] });
    }
  });

  it('writing to a file of this process searches by index', async () => {
    for (const sql of LOCAL_WRITER_SQL) {
      const { rows } = await planner.client.execute(`EXPLAIN QUERY PLAN ${sql.replaceAll(/\?\d*/g, 'NULL')}`);
      const details = rows.map(({ detail }) => String(detail));
      expect({ sql, scans: details.filter((detail) => /^SCAN (?!CONSTANT)/.test(detail)) }).toEqual({ sql, scans: [] });
    }
  });

  it('would notice a scan', async () => {
    const { rows } = await planner.client.execute('EXPLAIN QUERY PLAN SELECT * FROM events WHERE at > 1');
    expect(rows.map(({ detail }) => String(detail))).toEqual(['SCAN events']);
  });
});
