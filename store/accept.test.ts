// store/accept.test.ts: events and ledger in one transaction: exactly once, always balanced (D1, D2).
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventRow, WriteJob } from './accept.ts';
import { acceptJobs, acceptMessage } from './accept.ts';
import type { TestDatabase } from './testing.ts';
import { openTestDatabase } from './testing.ts';

const row = (id: number, over: Partial<EventRow> = {}): EventRow => ({
  id: id.toString(16).padStart(32, '0'),
  at: 1_000,
  name: 'page_view',
  linked: 0,
  purposes: 0,
  policyVersion: 1,
  ...over,
});
const job = (rows: readonly EventRow[], over: Partial<WriteJob> = {}): WriteJob => ({
  site: 1,
  day: 20_000,
  rows,
  ledger: [{ outcome: 'received', reason: '', events: rows.length }],
  ...over,
});

describe('D1, D2: accepting', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase();
  });
  afterEach(() => database.close());

  const ledger = async (): Promise<Record<string, number>> => {
    const { rows } = await database.db.client.execute('SELECT outcome, sum(events) AS n FROM ledger GROUP BY outcome');
    return Object.fromEntries(rows.map((one) => [String(one['outcome']), Number(one['n'])]));
  };
  const count = async (table: string): Promise<number> =>
    Number((await database.db.client.execute(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.['n']);

  it('stores nothing and counts nothing where one row of a group is impossible', async () => {
    const impossible = { ...row(2), name: null } as unknown as EventRow;
    await expect(acceptJobs(database.db, [job([row(1)]), job([impossible])])).rejects.toMatchObject({
      code: 'SQLITE_CONSTRAINT',
    });
    expect(await count('events')).toBe(0);
    expect(await ledger()).toEqual({});
  });

  it('writes a queue message once, its ledger lines too, however often it is delivered', async () => {
    const message = job([row(1), row(2)], {
      ledger: [
        { outcome: 'received', reason: '', events: 3 },
        { outcome: 'bot', reason: 'webdriver', events: 1 },
      ],
    });
    const id = 'ab'.repeat(16);
    expect(await acceptMessage(database.db, id, 1, message)).toBe('written');
    expect(await acceptMessage(database.db, id, 2, message)).toBe('seen');
    expect(await ledger()).toEqual({ received: 3, stored: 2, duplicate: 0, bot: 1 });
  });

  it('keeps visitors and texts once each', async () => {
    const visitor = 'cd'.repeat(12);
    await acceptJobs(database.db, [
      job([row(1, { visitor, path: '/a' }), row(2, { visitor, path: '/a' }), row(3, { visitor, path: '/b' })]),
    ]);
    expect(await count('visitors')).toBe(1);
    expect(await count('strings')).toBe(3);
  });

  it('keeps a context once, in columns, and events without one', async () => {
    const context = 'DE|BE|1|1|2|de|Europe/Berlin|2';
    await acceptJobs(database.db, [job([row(4, { context }), row(5, { context })]), job([row(6)])]);
    const { rows } = await database.db.client.execute(
      `SELECT c.country, c.region, c.device, c.browser, c.os, c.language, c.time_zone, c.channel FROM events AS e
        JOIN contexts AS c ON c.id = e.context`,
    );
    expect(rows.map((found) => Object.values(found))).toEqual(
      Array.from({ length: 2 }, () => ['DE', 'BE', 1, 1, 2, 'de', 'Europe/Berlin', 2]),
    );
    expect(await count('contexts')).toBe(1);
  });

  it('balances after any groups of any retries', async () => {
    const sent = fc.array(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 12 })), { maxLength: 6 }),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(sent, async (groups) => {
        await database.db.client.batch(['DELETE FROM events', 'DELETE FROM ledger'], 'write');
        for (const group of groups) {
          await acceptJobs(
            database.db,
            group.map(([site, id]) => job([row(id)], { site })),
          );
        }
        const all = groups.flat();
        const distinct = new Set(all.map(([site, id]) => `${site}|${id}`)).size;
        const { received = 0, stored = 0, duplicate = 0 } = await ledger();
        expect({ received, stored, duplicate }).toEqual({
          received: all.length,
          stored: distinct,
          duplicate: all.length - distinct,
        });
        expect(await count('events')).toBe(distinct);
      }),
      { numRuns: 40 },
    );
  });
});
