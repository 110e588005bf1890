// store/local-writer.test.ts: the statements prepared once write what the driver's batches write, and remember nothing that is gone.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faultCode } from '../core/index.ts';
import type { EventRow, WriteJob } from './accept.ts';
import { acceptJobs } from './accept.ts';
import type { LocalWriter } from './local-writer.ts';
import { openLocalWriter } from './local-writer.ts';
import type { TestDatabase } from './testing.ts';
import { openTestDatabase } from './testing.ts';

const hex = (bytes: number) => fc.integer({ min: 0, max: 5 }).map((n) => n.toString(16).padStart(bytes * 2, '0'));
const text = fc.constantFrom('', 'a', 'page_view', "it's", '€ "quoted"', 'x'.repeat(300), '0', '\\u0000');
const amount = fc.integer({ min: -5, max: 1_000_000_000 });
// Every field of a row: what one way writes and the other forgets is found here.
const rowArb: fc.Arbitrary<EventRow> = fc
  .record(
    {
      id: hex(16),
      at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
      name: text,
      linked: fc.constant(0),
      purposes: fc.nat({ max: 15 }),
      policyVersion: fc.nat({ max: 3 }),
      visitor: hex(12),
      path: text,
      title: text,
      referrer: text,
      campaign: text,
      orderKey: hex(12),
      context: fc.constantFrom('DE||1|1|1|de||1', 'FR||1|1|1|fr||1'),
      currency: text,
      value: amount,
      tax: amount,
      shipping: amount,
      discount: amount,
      coupon: text,
      items: text,
      properties: text,
      accounts: fc.array(fc.record({ kind: fc.constantFrom('user_id', 'email'), key: hex(12) }), { maxLength: 2 }),
    },
    { requiredKeys: ['id', 'at', 'name', 'linked', 'purposes', 'policyVersion'] },
  )
  // A key is made with or without consent, never both.
  .map((row) => ({ ...row, linked: row.visitor?.endsWith('1') ? (1 as const) : (0 as const) }));
const jobArb: fc.Arbitrary<WriteJob> = fc.record({
  site: fc.constantFrom(1, 2),
  day: fc.constantFrom(20_000, 20_001),
  rows: fc.array(rowArb, { maxLength: 6 }),
  ledger: fc.array(
    fc.record({
      outcome: fc.constantFrom('received', 'bot', 'invalid'),
      reason: fc.constantFrom('', 'user_agent', 'malformed_event'),
      events: fc.nat({ max: 5 }),
    }),
    { maxLength: 3 },
  ),
});
/** What others do to the file between two transactions. */
const otherArb = fc.constantFrom(
  '',
  `DELETE FROM visitors WHERE key = unhex('000000000000000000000001')`,
  `DELETE FROM strings WHERE value = 'a'`,
  'DELETE FROM events',
  'DELETE FROM links',
  `INSERT INTO former_keys (site_id, key, "of", id) SELECT site_id, unhex('000000000000000000000002'), 'visitors', min(id)
    FROM visitors WHERE true GROUP BY site_id ON CONFLICT DO NOTHING`,
);
const stepsArb = fc.array(fc.record({ jobs: fc.array(jobArb, { maxLength: 4 }), other: otherArb }), { maxLength: 5 });

// Of two columns of one name the driver gives the first: what stands for a number that either way draws by itself comes before it.
const EVENTS_SQL = `SELECT NULL AS seq, hex(e.id) AS id, hex(e.order_key) AS order_key,
    e.visitor IS NULL AS anonymous, (SELECT hex(key) || linked FROM visitors WHERE id = e.visitor) AS visitor,
    (SELECT code FROM contexts WHERE id = e.context) AS context,
    ${['name', 'path', 'title', 'referrer', 'campaign', 'currency', 'coupon']
      .map(
        (field) => `e.${field} IS NULL AS no_${field}, (SELECT value FROM strings WHERE id = e.${field}) AS ${field}`,
      )
      .join(', ')}, e.*
  FROM events e ORDER BY e.seq`;

describe('D1, M1: the local writer', () => {
  let batches: TestDatabase;
  let local: TestDatabase;
  let writer: LocalWriter;
  beforeEach(async () => {
    batches = await openTestDatabase();
    local = await openTestDatabase();
    writer = openLocalWriter(local.files);
  });
  afterEach(async () => {
    writer.close();
    await batches.close();
    await local.close();
  });

  const content = async ({ db }: TestDatabase): Promise<unknown> => {
    const [events, visitors, links, ledger, accounts, strings, contexts] = await db.client.batch([
      EVENTS_SQL,
      'SELECT site_id, hex(key) AS key, linked FROM visitors ORDER BY site_id, key',
      `SELECT l.site_id, l.linked_at, hex(v.key) AS visitor, a.kind, hex(a.key) AS account FROM links l
        JOIN visitors v ON v.id = l.visitor JOIN accounts a ON a.id = l.account ORDER BY 1, 3, 4, 5`,
      `SELECT * FROM ledger WHERE events > 0 ORDER BY site_id, day, outcome, reason`,
      'SELECT site_id, hex(key) AS key FROM accounts ORDER BY 1, 2',
      'SELECT value FROM strings ORDER BY value',
      'SELECT code FROM contexts ORDER BY code',
    ]);
    return [events, visitors, links, ledger, accounts, strings, contexts].map((set) =>
      set?.rows.map((row) => ({ ...row })),
    );
  };

  it('writes what batches write, whatever others delete in between', async () => {
    await fc.assert(
      fc.asyncProperty(stepsArb, async (steps) => {
        for (const { jobs, other } of steps) {
          // One job a transaction in the reference, so that groups can make no difference either.
          for (const job of jobs) await acceptJobs(batches.db, [job]);
          writer.accept(jobs);
          if (other === '') continue;
          await batches.db.client.execute(other);
          await local.db.client.execute(other);
        }
        expect(await content(local)).toEqual(await content(batches));
      }),
      { numRuns: 25 },
    );
  });

  const job = (over: Partial<EventRow>): WriteJob => ({
    site: 1,
    day: 20_000,
    rows: [{ id: '00'.repeat(16), at: 1, name: 'page_view', linked: 0, purposes: 0, policyVersion: 1, ...over }],
    ledger: [],
  });
  const one = async (sql: string): Promise<unknown> =>
    (await local.db.client.execute(`SELECT (${sql}) AS n`)).rows[0]?.['n'];

  it('P4: gives an erased visitor’s number to nobody, and points at no visitor that is gone', async () => {
    writer.accept([job({ id: '01'.repeat(16), visitor: 'aa'.repeat(12) })]);
    const erased = await one('SELECT max(id) FROM visitors');
    await local.db.client.batch(['DELETE FROM events', 'DELETE FROM visitors'], 'write');
    writer.accept([job({ id: '02'.repeat(16), visitor: 'aa'.repeat(12) })]);
    expect(await one('SELECT count(*) FROM events e JOIN visitors v ON v.id = e.visitor')).toBe(1);
    expect(await one('SELECT visitor FROM events')).not.toBe(erased);
  });

  it('forgets the numbers of a transaction that was undone', async () => {
    const impossible = job({ id: '04'.repeat(16), name: undefined as never });
    let fault: unknown;
    try {
      writer.accept([job({ visitor: 'bb'.repeat(12), path: '/new' }), impossible]);
    } catch (thrown) {
      fault = thrown;
    }
    expect(faultCode(fault)).toMatch(/^SQLITE_CONSTRAINT/);
    writer.close();
    writer = openLocalWriter(local.files);
    writer.accept([job({ visitor: 'cc'.repeat(12), path: '/other' }), job({ id: '05'.repeat(16), path: '/new' })]);
    expect(await one('SELECT count(*) FROM events')).toBe(2);
    expect(await one(`SELECT count(*) FROM events e JOIN strings s ON s.id = e.path WHERE s.value = '/new'`)).toBe(1);
  });

  it('draws no number for a visitor it knows, so that numbers follow first sight alone', async () => {
    const seen = ['aa', 'bb', 'aa', 'bb', 'cc'];
    for (const [nth, key] of seen.entries()) {
      writer.accept([job({ id: `0${nth}`.repeat(16), visitor: key.repeat(12) })]);
      writer.close();
      writer = openLocalWriter(local.files);
    }
    expect(await one('SELECT max(id) FROM visitors')).toBe(3);
  });
});
