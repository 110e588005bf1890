// store/log-room.test.ts: the log of a real file gets its length before the first commit, and nothing else changes.
import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WriteJob } from './accept.ts';
import type { LocalWriter } from './local-writer.ts';
import { openLocalWriter } from './local-writer.ts';
import type { TestDatabase } from './testing.ts';
import { openTestDatabase } from './testing.ts';

const BYTES = 3_000_000;
/** More than any disk has to spare. */
const TOO_MANY_BYTES = 1e18;

const job = (id: string): WriteJob => ({
  site: 1,
  day: 1,
  rows: [{ id: id.repeat(32), at: 1, name: 'page_view', linked: 0, purposes: 0, policyVersion: 1 }],
  ledger: [{ outcome: 'received', reason: '', events: 1 }],
});

describe('D1: room in the log', () => {
  let database: TestDatabase;
  let writer: LocalWriter;
  beforeEach(async () => {
    database = await openTestDatabase();
    writer = openLocalWriter(database.files);
  });
  afterEach(async () => {
    writer.close();
    await database.close();
  });
  const lengthOf = async (end = '-wal'): Promise<number> => (await stat(`${database.files.ground}${end}`)).size;
  const count = async (sql: string): Promise<number> =>
    Number((await database.db.client.execute(`SELECT count(*) AS n FROM ${sql}`)).rows[0]?.['n']);

  it('is there before a commit needs it, and commits do not add to it', async () => {
    writer.accept([job('a')]);
    expect(writer.makeLogRoom(BYTES)).toBe('made');
    const made = await lengthOf();
    expect(made).toBeGreaterThanOrEqual(BYTES);
    for (const id of ['b', 'c', 'd']) writer.accept([job(id)]);
    expect(await lengthOf()).toBe(made);
    expect(await count('events')).toBe(4);
  });

  it('is made once, and again where the log was cut to nothing', async () => {
    expect(writer.makeLogRoom(BYTES)).toBe('made');
    expect(writer.makeLogRoom(BYTES)).toBe('had');
    await database.db.client.execute('PRAGMA main.wal_checkpoint(TRUNCATE)');
    expect(await lengthOf()).toBe(0);
    expect(writer.makeLogRoom(BYTES)).toBe('made');
  });

  it('leaves no table and no page behind', async () => {
    writer.accept([job('a')]);
    expect(await count('events')).toBe(1);
    await database.db.client.execute('PRAGMA main.wal_checkpoint(TRUNCATE)');
    const before = await lengthOf('');
    writer.makeLogRoom(BYTES);
    await database.db.client.execute('PRAGMA main.wal_checkpoint(TRUNCATE)');
    expect(await lengthOf('')).toBe(before);
    expect(await count(`sqlite_master WHERE name = 'log_room'`)).toBe(0);
    const { rows } = await database.db.client.execute('PRAGMA main.integrity_check');
    expect(rows[0]?.['integrity_check']).toBe('ok');
  });

  it('is not made where the disk has little to spare', async () => {
    writer.accept([job('a')]);
    const before = await lengthOf();
    expect(writer.makeLogRoom(TOO_MANY_BYTES)).toBe('no_room');
    expect(await lengthOf()).toBe(before);
  });
});
