// segmenter/withdrawal.test.ts: who withdraws leaves segments at once; what relied on it goes with the next purge (C1, P3, P5).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import type { Choice } from '../store/index.ts';
import {
  acceptJobs,
  addKept,
  checkRetention,
  currentRelease,
  decodeKept,
  encodeKept,
  leaveOnWithdrawal,
  purgeExpired,
  purgeWithdrawals,
  readKept,
  readLetters,
  readLetterTotals,
  readReceipts,
  releasedSegments,
  setRetention,
} from '../store/index.ts';
import { runSegmenter } from './job.ts';
import type { TestStore } from './testing.ts';
import { aRow, aRun, insertRows, openTestStore, SHOP, shopRows, T0, visitorKey } from './testing.ts';

const NOW = (T0 + 39 * DAY_MS) as EpochMs;
const aChoice = (over: Partial<Choice> = {}): Choice => ({
  visitor: visitorKey(1),
  kind: 'granted',
  receivedAt: NOW,
  purposes: 15,
  source: 'site',
  policyVersion: 1,
  ...over,
});

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
  await insertRows(store.db, shopRows(150));
});
afterEach(() => store.close());

/** What the collector does with a choice. */
async function choose(choice: Choice): Promise<void> {
  await acceptJobs(store.db, [{ site: SHOP.row, day: 20_000, rows: [], ledger: [], choices: [choice] }]);
  await leaveOnWithdrawal(store.db, SHOP.row, [choice]);
}
const run = async (at: EpochMs = (NOW + DAY_MS) as EpochMs) => {
  const result = await runSegmenter(aRun(store.db, { now: at }));
  if (!result.ok) throw new Error(result.error);
  return result.value;
};
const needs = () => ({ db: store.db, holder: 'purge', clock: () => NOW });
const count = async (sql: string): Promise<number> => Number((await store.db.client.execute(sql)).rows[0]?.[0]);
const published = async (): Promise<string> => {
  const release = await currentRelease(store.db, SHOP.row);
  return JSON.stringify(await releasedSegments(store.db, SHOP.row, release?.version ?? 0));
};

describe('C1: a withdrawal', () => {
  it('takes the visitor out of segments at once, and out of everything with the next purge; published numbers stay until then', async () => {
    await choose(aChoice());
    await run();
    const before = await published();
    expect(await count('SELECT count(*) FROM memberships WHERE visitor = 1')).toBe(1);
    await choose(aChoice({ kind: 'withdrawn', purposes: 0, receivedAt: NOW + 1 }));
    expect(await count('SELECT count(*) FROM memberships WHERE visitor = 1')).toBe(0);
    expect(await count('SELECT count(*) FROM profiles WHERE visitor = 1')).toBe(0);
    expect(await published()).toBe(before);
    expect(await count('SELECT count(*) FROM events WHERE visitor = 1')).toBeGreaterThan(0);

    const purged = await purgeWithdrawals(needs());
    expect(purged).toMatchObject({ withdrawals: 1, narrowed: 0, busy: 0 });
    expect(purged.events).toBeGreaterThan(0);
    expect(await published()).toBe(before);
    await purgeExpired(needs(), NOW);
    expect(await count('SELECT count(*) FROM events WHERE visitor = 1')).toBe(0);
    expect(await count('SELECT count(*) FROM withdrawals')).toBe(0);
    // The receipts stay, and with them the key they are found by.
    expect((await readReceipts(store.db, SHOP.row, 1)).map(({ kind }) => kind)).toEqual(['granted', 'withdrawn']);
    expect((await run((NOW + 2 * DAY_MS) as EpochMs)).profiles).toBe(149);
    const broken = (await checkRetention(store.db, NOW)).filter(({ holds }) => !holds).map(({ claim }) => claim);
    expect(broken).toEqual(['events_have_limit']);
  });

  it('is not undone by a run that was under way, nor by events that come late', async () => {
    await choose(aChoice({ kind: 'withdrawn', purposes: 0, receivedAt: NOW + 1 }));
    await insertRows(store.db, [aRow({ at: NOW, id: 'f'.repeat(32) })]);
    expect((await run()).profiles).toBe(149);
    expect(await count('SELECT count(*) FROM memberships WHERE visitor = 1')).toBe(0);
    await purgeWithdrawals(needs());
    expect(await count('SELECT count(*) FROM events WHERE visitor = 1')).toBe(0);
  });

  it.each([
    { why: 'everything', over: { kind: 'withdrawn', purposes: 0 } as const, left: [] },
    { why: 'profile alone', over: { purposes: 1 }, left: [1] },
  ])('of $why takes it from dead letters too, which a replay would make events of', async ({ over, left }) => {
    await choose(aChoice());
    const letter = {
      receivedAt: NOW, at: NOW, via: 'collect', reason: 'malformed_event', pointer: '/t', body: '{"n":"page_view"}',
      linked: 1, purposes: 15, policyVersion: 1,
    } as const; // biome-ignore format: a row
    const letters = [1, 2].map((nth) => ({ ...letter, id: `${nth}`.repeat(32), visitor: visitorKey(nth) }));
    await acceptJobs(store.db, [{ site: SHOP.row, day: 20_000, rows: [], ledger: [], letters }]);
    await choose(aChoice({ receivedAt: NOW + 1, ...over }));
    await purgeWithdrawals(needs());
    const kept = await readLetters(store.db, SHOP.row, { after: 0, limit: 10 });
    expect(kept.filter(({ visitor }) => visitor === visitorKey(1)).map(({ purposes }) => purposes)).toEqual(left);
    expect(kept.filter(({ visitor }) => visitor === visitorKey(2)).map(({ purposes }) => purposes)).toEqual([15]);
    expect(await readLetterTotals(store.db, SHOP.row)).toMatchObject({ letters: kept.length });
  });

  it('of profile alone leaves what was agreed to be measured', async () => {
    await choose(aChoice());
    await run();
    const events = await count('SELECT count(*) FROM events WHERE visitor = 1');
    await choose(aChoice({ purposes: 1, receivedAt: NOW + 1 }));
    expect(await count('SELECT count(*) FROM profiles WHERE visitor = 1')).toBe(0);
    expect(await purgeWithdrawals(needs())).toMatchObject({ withdrawals: 1, events: 0, narrowed: events });
    expect(await count('SELECT count(*) FROM events WHERE visitor = 1 AND purposes = 1')).toBe(events);
    expect((await run((NOW + 2 * DAY_MS) as EpochMs)).profiles).toBe(149);
  });

  it('followed by a new grant keeps what comes after it, and no sum with what went', async () => {
    await choose(aChoice());
    await run();
    await choose(aChoice({ kind: 'withdrawn', purposes: 0, receivedAt: NOW + 1 }));
    await choose(aChoice({ toldAt: NOW + 2, receivedAt: NOW + 2 }));
    await insertRows(store.db, [aRow({ at: NOW + 3, id: 'e'.repeat(32) })]);
    await run();
    await purgeWithdrawals(needs());
    await run((NOW + 2 * DAY_MS) as EpochMs);
    const { rows } = await store.db.client.execute('SELECT state FROM profiles WHERE visitor = 1');
    expect(JSON.parse(String(rows[0]?.['state']))).toMatchObject({ at: [NOW + 3, NOW + 3], names: ['page_view', 1] });
    expect(await readReceipts(store.db, SHOP.row, 1)).toHaveLength(3);
  });

  it('killed before any of its writes, is finished by the next run', async () => {
    await choose(aChoice());
    await run();
    await choose(aChoice({ kind: 'withdrawn', purposes: 0, receivedAt: NOW + 1 }));
    for (let left = 0; ; left++) {
      let calls = 0;
      const client = new Proxy(store.db.client, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]): unknown => {
            if ((name === 'batch' || name === 'execute') && calls++ >= left) throw new Error('killed');
            return Reflect.apply(value as (...given: unknown[]) => unknown, target, args);
          };
        },
      });
      const killed = await purgeWithdrawals({
        ...needs(),
        db: { ...store.db, client },
        holder: `killed ${left}`,
        clock: () => NOW + left * 400_000,
      }).then(
        () => false,
        () => true,
      );
      if (!killed) break;
      expect(left).toBeLessThan(60);
    }
    expect(await count('SELECT count(*) FROM events WHERE visitor = 1')).toBe(0);
    expect(await count('SELECT count(*) FROM withdrawals')).toBe(0);
  });

  it('by policy alone is none: a site that narrows its policy withdraws for nobody', async () => {
    await choose(aChoice());
    await choose(aChoice({ purposes: 1, policyVersion: 2, receivedAt: NOW + 1 }));
    expect(await count('SELECT count(*) FROM withdrawals')).toBe(0);
    expect(await readReceipts(store.db, SHOP.row, 1)).toHaveLength(2);
  });
});

describe('P5: receipts', () => {
  it.each([
    { why: 'go when they are past their limit', days: { events: 1, profiles: 1, receipts: 5 }, left: 0 },
    { why: 'stay below it, and their visitor with them', days: { events: 1, profiles: 1, receipts: 50 }, left: 2 },
  ])('$why', async ({ days, left }) => {
    for (const age of [40, 20]) {
      await choose(aChoice({ receivedAt: NOW - age * DAY_MS, source: age === 40 ? 'tcf' : 'site' }));
    }
    await setRetention(store.db, SHOP, days, NOW);
    await purgeExpired(needs(), NOW);
    expect(await count('SELECT count(*) FROM receipts')).toBe(left);
    expect(await count('SELECT count(*) FROM visitors WHERE id = 1')).toBe(left === 0 ? 0 : 1);
    expect((await checkRetention(store.db, NOW)).filter(({ holds }) => !holds)).toEqual([]);
  });
});

describe('C1: a grant from before a withdrawal', () => {
  const granted = (toldAt: number, receivedAt: number) => aChoice({ toldAt, receivedAt });
  const receipts = async () => (await readReceipts(store.db, SHOP.row, 1)).map(({ kind, at }) => [kind, at]);
  const waiting = async () =>
    (await store.db.client.execute('SELECT purposes, until FROM withdrawals')).rows.map((row) => Number(row['until']));

  it('that comes late agrees to nothing, and what it brought is purged', async () => {
    await choose(granted(NOW - 9, NOW - 9));
    await choose(aChoice({ kind: 'withdrawn', purposes: 0, toldAt: NOW - 5, receivedAt: NOW - 5 }));
    await purgeWithdrawals(needs());
    await insertRows(store.db, [aRow({ visitor: visitorKey(1), at: NOW - 6, purposes: 15 })]);
    await choose(granted(NOW - 6, NOW));
    expect(await receipts()).toEqual([
      ['granted', NOW - 9],
      ['withdrawn', NOW - 5],
    ]);
    expect(await waiting()).toEqual([NOW]);
    expect(await purgeWithdrawals(needs())).toMatchObject({ withdrawals: 1, events: 1 });
  });

  it('is told from one of after it, whose events stay though the older one comes later still', async () => {
    await choose(aChoice({ kind: 'withdrawn', purposes: 0, toldAt: NOW - 5, receivedAt: NOW - 5 }));
    await purgeWithdrawals(needs());
    await choose(granted(NOW - 4, NOW - 3));
    await choose(granted(NOW - 5, NOW));
    expect(await receipts()).toEqual([
      ['withdrawn', NOW - 5],
      ['granted', NOW - 4],
    ]);
    expect(await waiting()).toEqual([NOW - 5]);
  });

  it('stands against a refusal that an import tells of the time before it', async () => {
    const history = { kind: 'withdrawn', purposes: 0, isHistory: true } as const;
    await choose(granted(NOW - 4, NOW - 4));
    await choose(aChoice({ ...history, toldAt: NOW - 5 }));
    expect(await waiting()).toEqual([]);
    await choose(aChoice({ ...history, toldAt: NOW - 3 }));
    expect(await waiting()).toEqual([NOW]);
  });
});

it('C1: a withdrawal reaches a visitor of whom there are dead letters alone, and its purge takes them', async () => {
  const visitor = 'ab'.repeat(12);
  const letter = {
    id: '11'.repeat(16),
    receivedAt: NOW - 2,
    at: NOW - 2,
    via: 'collect',
    reason: 'malformed_event',
    pointer: '/n',
    body: '{"n":1}',
    visitor,
    linked: 1,
    purposes: 15,
    policyVersion: 1,
  } as const;
  await acceptJobs(store.db, [{ site: SHOP.row, day: 20_000, rows: [], ledger: [], letters: [letter] }]);
  await choose(aChoice({ visitor, kind: 'withdrawn', purposes: 0 }));
  expect(await purgeWithdrawals(needs())).toMatchObject({ withdrawals: 1 });
  expect(await count('SELECT count(*) FROM dead_letters')).toBe(0);
});

describe('P4: a withdrawal after the backup', () => {
  const linkedNow = () => count(`SELECT count(*) FROM events WHERE visitor = 1 AND purposes <> 0`);
  const restored = async (kept: string): Promise<void> => {
    const read = decodeKept(kept);
    if (read === undefined) throw new Error('the file is one of ours');
    await addKept(store.db, read);
  };

  it('is brought into the database that was put back, by the file kept beside it, and has its purge', async () => {
    await choose(aChoice());
    const before = await linkedNow();
    expect(before).toBeGreaterThan(0);
    const backup = store;
    store = await openTestStore();
    await insertRows(store.db, shopRows(150));
    await choose(aChoice());
    await choose(aChoice({ kind: 'withdrawn', purposes: 0, receivedAt: NOW + 1 }));
    const kept = encodeKept(await readKept(store.db));
    expect(kept).not.toContain(visitorKey(1));
    await store.close();
    store = backup;
    await run();
    await restored(kept);
    expect(await count('SELECT count(*) FROM memberships WHERE visitor = 1')).toBe(0);
    await purgeWithdrawals(needs());
    expect(await linkedNow()).toBe(0);
    expect((await readReceipts(store.db, SHOP.row, 1)).map(({ kind }) => kind)).toEqual(['granted', 'withdrawn']);
    // Told once more, as at each start of a server, it changes nothing.
    await restored(kept);
    expect(await count('SELECT count(*) FROM withdrawals')).toBe(0);
    expect(await readReceipts(store.db, SHOP.row, 1)).toHaveLength(2);
  });

  it('is kept of a narrower choice too', async () => {
    await choose(aChoice());
    await choose(aChoice({ receivedAt: NOW + 2, purposes: 1 }));
    const choices = (await readKept(store.db)).choices;
    expect(choices).toHaveLength(1);
    expect(choices[0]).toMatchObject({ kind: 'granted', purposes: 1, chosenAt: NOW + 2 });
  });

  it('gives way to what the visitor agreed to since', async () => {
    await choose(aChoice());
    await choose(aChoice({ kind: 'withdrawn', purposes: 0, receivedAt: NOW + 1 }));
    const kept = encodeKept(await readKept(store.db));
    await choose(aChoice({ toldAt: NOW + 2, receivedAt: NOW + 2 }));
    await purgeWithdrawals(needs());
    await restored(kept);
    expect(await count('SELECT count(*) FROM withdrawals')).toBe(0);
    expect((await readReceipts(store.db, SHOP.row, 1)).at(-1)).toMatchObject({ kind: 'granted' });
  });
});
