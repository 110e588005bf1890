// store/event-sums.test.ts: a value that changed by itself is found, and nothing that was meant to change is taken for it.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textSum } from '../core/index.ts';
import type { EventRow } from './accept.ts';
import { acceptJobs } from './accept.ts';
import { EVENT_COLUMNS } from './event-columns.ts';
import { checkEventSums, EVENTS_A_SUM } from './event-sums.ts';
import type { LocalWriter } from './local-writer.ts';
import { openLocalWriter } from './local-writer.ts';
import type { TestDatabase } from './testing.ts';
import { openTestDatabase } from './testing.ts';

const FULL: Omit<EventRow, 'id'> = {
  at: 1_700_000_000_000,
  name: 'purchase',
  linked: 1,
  visitor: 'aa'.repeat(12),
  purposes: 3,
  policyVersion: 1,
  path: '/thanks',
  title: 'Merci – 谢谢',
  referrer: 'search.example',
  campaign: 'utm_source=mail',
  orderKey: 'bb'.repeat(12),
  currency: 'EUR',
  value: 1_999,
  tax: 320,
  shipping: 0,
  discount: 10,
  coupon: 'NEW',
  items: '[{"id":"tea","quantity":1}]',
  properties: '{"size":"L"}',
  context: 'DE|BE|1|1|2|de|Europe/Berlin|2',
};
const idOf = (nth: number): string => nth.toString(16).padStart(32, '0');

describe('D1: sums of events', () => {
  let store: TestDatabase;
  let writer: LocalWriter;
  let made: number;
  beforeEach(async () => {
    store = await openTestDatabase();
    writer = openLocalWriter(store.files);
    made = 0;
  });
  afterEach(async () => {
    writer.close();
    await store.close();
  });

  const rows = (count: number, over: Partial<EventRow> = {}): EventRow[] =>
    Array.from({ length: count }, () => ({
      id: idOf((made += 1)),
      at: 1,
      name: 'page_view',
      linked: 0,
      purposes: 0,
      policyVersion: 1,
      ...over,
    }));
  const write = (count: number, over: Partial<EventRow> = {}): void => {
    writer.accept([{ site: 1, day: 20_000, rows: rows(count, over), ledger: [] }]);
  };
  const run = (sql: string) => store.db.client.execute(sql);
  const check = (makesSums = true) => checkEventSums(store.db, { findingsMax: 100, makesSums });
  const sums = async (): Promise<unknown[]> =>
    (await run('SELECT block, upto, sum FROM event_sums ORDER BY block')).rows.map((row) => ({ ...row }));
  /** As a disk does it: no trigger hears of it. */
  const damage = async (sql: string): Promise<void> => {
    await run('DROP TRIGGER event_sums_changed');
    await run('DROP TRIGGER event_sums_removed');
    await run(sql);
  };

  it.each(['site_id', ...EVENT_COLUMNS.map(({ column }) => column)].map((column) => [column, 1] as const))(
    'finds a changed %s',
    async (column) => {
      write(5, FULL);
      expect(await check()).toBe(0);
      const { rows: before } = await run(
        `SELECT typeof(${column}) AS type, ${column} IS NULL AS empty FROM events WHERE seq = 3`,
      );
      expect(before[0]?.['empty']).toBe(0);
      const changed =
        before[0]?.['type'] === 'blob'
          ? `zeroblob(12)`
          : before[0]?.['type'] === 'text'
            ? `${column} || ' '`
            : `${column} + 1`;
      await damage(`UPDATE events SET ${column} = ${changed} WHERE seq = 3`);
      expect(await check()).toBe(1);
      expect(await check(false)).toBe(1);
    },
  );

  it('finds a text whose bytes are no text any more', async () => {
    write(1, { properties: '{"size":"L"}' });
    await damage(`UPDATE events SET properties = CAST(x'7b22f3697a65223a224c227d' AS TEXT)`);
    expect(await check()).toBe(1);
  });

  it('finds an event that is gone, also where it was the only one of its block', async () => {
    write(1);
    await damage('DELETE FROM events');
    expect(await check()).toBe(1);
  });

  it.each([EVENTS_A_SUM - 1, EVENTS_A_SUM, EVENTS_A_SUM + 1])(
    'sums %i events of one transaction in as many blocks as they fill',
    async (count) => {
      // Numbers begin at 1, so that the first block has one less.
      write(count);
      const blocks = Math.floor(count / EVENTS_A_SUM) + 1;
      expect(await sums()).toHaveLength(blocks);
      await damage(`UPDATE events SET at = 2 WHERE seq IN (1, ${count})`);
      expect(await check()).toBe(blocks);
    },
  );

  it('P4: says nothing of an event that was removed or changed, from that transaction on', async () => {
    for (const change of ['DELETE FROM events WHERE seq = 2', 'UPDATE events SET purposes = 0 WHERE seq = 3']) {
      write(3, { purposes: 1 });
      expect(await sums()).toHaveLength(1);
      await run(change);
      expect(await sums()).toEqual([]);
      expect(await check()).toBe(0);
    }
  });

  it('makes sums of events that came without them, and sums of other columns anew', async () => {
    await acceptJobs(store.db, [{ site: 1, day: 20_000, rows: rows(40), ledger: [] }]);
    expect(await check(false)).toBe(0);
    expect(await sums()).toEqual([]);
    expect(await check()).toBe(0);
    const whole = await sums();
    expect(whole).toMatchObject([{ block: 0, upto: 40 }]);
    await run('UPDATE event_sums SET form = 1, sum = 7');
    expect(await check(false)).toBe(0);
    expect(await check()).toBe(0);
    expect(await sums()).toEqual(whole);
    await damage('UPDATE events SET at = 2 WHERE seq = 9');
    expect(await check()).toBe(1);
  });

  it('never takes for damage what was written, changed or removed, whoever did it and in which order', async () => {
    const step = fc.oneof(
      fc.record({ does: fc.constant('write' as const), count: fc.integer({ min: 1, max: 700 }) }),
      fc.record({ does: fc.constant('batch' as const), count: fc.integer({ min: 1, max: 20 }) }),
      fc.record({
        does: fc.constantFrom('remove' as const, 'change' as const),
        count: fc.integer({ min: 0, max: 2_000 }),
      }),
      fc.record({ does: fc.constantFrom('check' as const, 'look' as const), count: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        for (const { does, count } of steps) {
          if (does === 'write') write(count);
          else if (does === 'batch')
            await acceptJobs(store.db, [{ site: 1, day: 20_000, rows: rows(count), ledger: [] }]);
          else if (does === 'remove') await run(`DELETE FROM events WHERE seq = ${count}`);
          else if (does === 'change') await run(`UPDATE events SET purposes = purposes + 1 WHERE seq >= ${count}`);
          else expect(await check(does === 'check')).toBe(0);
        }
        expect(await check()).toBe(0);
        // And all of it is under a sum now.
        const { rows: left } = await run(
          `SELECT count(*) AS n FROM events WHERE NOT EXISTS (SELECT 1 FROM event_sums WHERE block = seq / ${EVENTS_A_SUM} AND upto >= seq)`,
        );
        expect(left[0]?.['n']).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a sum of a text', () => {
  it.each([
    // draft-eastlake-fnv, appendix C.
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('of %j is the published one', (text, sum) => {
    expect(textSum(text)).toBe(sum);
  });

  it('changes with any one character', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), fc.nat({ max: 65_535 }), (text, at, code) => {
        const place = at % text.length;
        fc.pre(text.charCodeAt(place) !== code);
        const other = text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
        expect(textSum(other)).not.toBe(textSum(text));
      }),
    );
  });
});
