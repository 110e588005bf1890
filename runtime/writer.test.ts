// runtime/writer.test.ts: a write that fails leaves the writer able to do the next one (D1).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '@libsql/client/sqlite3';
import type { WriteJob } from '../store/index.ts';
import type { TestDatabase } from '../store/testing.ts';
import { openTestDatabase } from '../store/testing.ts';
import type { Writer } from './writer.ts';
import { startWriter } from './writer.ts';

const job = (id: string): WriteJob => ({
  site: 1,
  day: 1,
  rows: [{ id: id.repeat(32), at: 1, name: 'page_view', linked: 0, purposes: 0, policyVersion: 1 }],
  ledger: [{ outcome: 'received', reason: '', events: 1 }],
});

describe('D1: the writer', () => {
  let database: TestDatabase;
  let writer: Writer;
  beforeEach(async () => {
    database = await openTestDatabase();
    writer = startWriter(database.files, () => undefined);
  });
  afterEach(async () => {
    await writer.close();
    await database.close();
  });
  const stored = async (): Promise<number> =>
    Number((await database.db.client.execute('SELECT count(*) AS n FROM events')).rows[0]?.['n']);

  it('refuses while another program holds the database, and works at once when it lets go', async () => {
    const other = createClient({ url: `file:${database.files.ground}`, concurrency: 1 });
    const hold = await other.transaction('write');
    await expect(writer.commit([job('a')])).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    await hold.rollback();
    other.close();
    await writer.commit([job('b')]);
    expect(await stored()).toBe(1);
  });

  it('keeps nothing of a transaction one statement of which fails, and goes on', async () => {
    const broken = {
      ...job('a'),
      rows: [...job('a').rows, { ...job('b').rows[0], id: 'cc', name: undefined } as never],
    };
    await expect(writer.commit([broken])).rejects.toMatchObject({ name: 'WriteFault' });
    await writer.commit([job('d')]);
    expect(await stored()).toBe(1);
  });

  it('refuses after it was closed', async () => {
    await writer.close();
    await expect(writer.commit([job('a')])).rejects.toMatchObject({ code: 'writer_ended' });
  });
});
