// store/told-anew.test.ts: a duplicate leaves nothing behind that no event names, so a check right after it finds nothing (P5).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import type { TestStore } from '../segmenter/testing.ts';
import { aRow, openTestStore, SHOP, T0, visitorKey } from '../segmenter/testing.ts';
import type { WriteJob } from './accept.ts';
import { acceptJobs } from './accept.ts';
import { openLocalWriter } from './local-writer.ts';
import { setRetention } from './retention.ts';
import { checkRetention } from './retention-check.ts';

const NOW = (T0 + DAY_MS) as EpochMs;

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
  await setRetention(store.db, SHOP, { events: 10 }, NOW);
});
afterEach(() => store.close());

const WAYS = {
  batch: (jobs: readonly WriteJob[]): Promise<void> => acceptJobs(store.db, jobs),
  local: (jobs: readonly WriteJob[]): Promise<void> => {
    const writer = openLocalWriter(store.files);
    for (const job of jobs) writer.accept([job]);
    writer.close();
    return Promise.resolve();
  },
} as const;
const known = (): WriteJob['rows'][number] => aRow({ at: NOW - 1_000 });
const job = (row: WriteJob['rows'][number], over: Partial<WriteJob> = {}): WriteJob => ({
  site: SHOP.row,
  day: 20_000,
  rows: [row],
  ledger: [],
  ...over,
});
const count = async (table: string): Promise<number> =>
  Number((await store.db.client.execute(`SELECT count(*) FROM ${table}`)).rows[0]?.[0]);

describe.each(['batch', 'local'] as const)('P5: a duplicate that names what nobody else does, by %s', (way) => {
  it('leaves no visitor, text, context, account or name of an order', async () => {
    const first = known();
    const again = {
      ...first,
      name: 'identify',
      visitor: visitorKey(77),
      formerVisitor: visitorKey(79),
      linked: 1 as const,
      title: 'Another title',
      context: 'SE||1|1|1|sv||1',
      orderKey: visitorKey(80),
      formerOrder: visitorKey(81),
      accounts: [{ kind: 'email' as const, key: 'ab'.repeat(12) }],
    };
    await WAYS[way]([job(first), job(again), job({ ...again, visitor: visitorKey(78) })]);
    expect(await count('events')).toBe(1);
    expect((await checkRetention(store.db, NOW)).filter(({ holds }) => !holds)).toEqual([]);
  });

  it('keeps the visitor whose choice came with it, for the receipt', async () => {
    const first = known();
    const visitor = visitorKey(77);
    const choice = { visitor, kind: 'granted', receivedAt: NOW, purposes: 3, source: 'own', policyVersion: 1 } as const;
    await WAYS[way]([job(first), job({ ...first, visitor, linked: 1 }, { choices: [choice] })]);
    expect([await count('events'), await count('receipts')]).toEqual([1, 1]);
    expect((await checkRetention(store.db, NOW)).filter(({ holds }) => !holds)).toEqual([]);
  });
});
