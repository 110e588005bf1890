// segmenter/accounts.test.ts: profiles of linked visitors: undone links leave no trace, and late ones are not late (M1, P4).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../contract/index.ts';
import { MINUTE_MS } from '../contract/index.ts';
import type { Db, EventRow } from '../store/index.ts';
import { eraseVisitor, readLinks, unlink, visitorsOfAccounts } from '../store/index.ts';
import type { VisitorKey } from '../contract/index.ts';
import { runSegmenter } from './job.ts';
import { aRow, aRun, insertRows, openTestStore, SHOP, shopRows, T0, visitorKey } from './testing.ts';

const accountKey = (nth: number): string => `acc${nth.toString(16).padStart(21, '0')}`;
const at = (minutes: number): EpochMs => (T0 + minutes * MINUTE_MS) as EpochMs;
const site = { row: SHOP.row, id: SHOP.id };

const identify = (visitor: number, accounts: readonly number[], when: EpochMs): EventRow =>
  aRow({
    name: 'identify',
    visitor: visitorKey(visitor),
    at: when,
    accounts: accounts.map((nth) => ({
      kind: (['user_id', 'email', 'phone'] as const)[nth % 3] ?? 'email',
      key: accountKey(nth),
    })),
  });
const withoutAccounts = ({ accounts: _accounts, ...row }: EventRow): EventRow => row;

async function everything(db: Db): Promise<string> {
  const tables = ['profiles', 'memberships', 'segments', 'links'];
  const results = await db.client.batch(tables.map((table) => `SELECT * FROM ${table} ORDER BY 1, 2, 3`));
  return JSON.stringify(results.map(({ rows }) => rows));
}
/** Segments made anew from the profiles: what earlier versions said must not decide whether two histories are the same. */
async function rerun(db: Db): Promise<void> {
  await db.client.batch(['models', 'segments', 'memberships', 'releases'].map((table) => `DELETE FROM ${table}`));
  await run(db);
}
async function run(db: Db): Promise<number> {
  const result = await runSegmenter(aRun(db));
  if (!result.ok) throw new Error(result.error);
  return result.value.profiles;
}

describe('one person on several browsers', () => {
  it('is one row of the model and a member with each browser; P3 counts them once', async () => {
    const store = await openTestStore();
    await insertRows(store.db, shopRows(150));
    expect(await run(store.db)).toBe(150);
    await insertRows(store.db, [identify(1, [0], at(1)), identify(2, [0], at(2)), identify(3, [0], at(3))]);
    expect(await run(store.db)).toBe(148);
    const { rows } = await store.db.client.execute('SELECT segment_id FROM memberships WHERE visitor IN (1, 2, 3)');
    expect(rows).toHaveLength(3);
    expect(new Set(rows.map((row) => row['segment_id'])).size).toBe(1);
    await store.close();
  });

  it('P7: not across sites', async () => {
    const store = await openTestStore();
    await insertRows(store.db, [identify(1, [0], at(1))]);
    await insertRows(store.db, [identify(1, [0], at(1))], 2);
    expect(await readLinks(store.db, 1)).toHaveLength(1);
    expect(await readLinks(store.db, 2)).toHaveLength(1);
    expect(await visitorsOfAccounts(store.db, 1, [accountKey(0)])).toEqual([{ visitor: 1, key: visitorKey(1) }]);
    await store.close();
  });
});

const told = fc.array(
  fc.record({
    visitor: fc.integer({ min: 1, max: 12 }),
    accounts: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 2 }),
    minute: fc.integer({ min: 0, max: 100 }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('link then unlink = never linked', () => {
  it('byte for byte, whichever links there were, whether undone by account or by visitor', async () => {
    await fc.assert(
      fc.asyncProperty(told, fc.boolean(), async (links, byAccount) => {
        const [one, other] = [await openTestStore(), await openTestStore()];
        const rows = [...shopRows(90), ...links.map((link) => identify(link.visitor, link.accounts, at(link.minute)))];
        await insertRows(one.db, rows);
        await run(one.db);
        if (byAccount) await unlink(one.db, site, { accounts: [0, 1, 2, 3, 4, 5].map(accountKey) }, at(200));
        else for (let nth = 1; nth <= 12; nth++) await unlink(one.db, site, { visitor: visitorKey(nth) }, at(200));
        // What was under way when it was undone comes too late to tell.
        await insertRows(
          one.db,
          links.map((link) => identify(link.visitor, link.accounts, at(link.minute))),
        );
        await insertRows(other.db, rows.map(withoutAccounts));
        await insertRows(
          other.db,
          links.map((link) => identify(link.visitor, [], at(link.minute))),
        );
        await rerun(one.db);
        await rerun(other.db);
        const [undone, never] = [await everything(one.db), await everything(other.db)];
        await Promise.all([one.close(), other.close()]);
        expect(undone === never).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  it('and a new identify links anew', async () => {
    const store = await openTestStore();
    await insertRows(store.db, [identify(1, [0], at(1)), identify(2, [0], at(1))]);
    expect(await unlink(store.db, site, { accounts: [accountKey(0)] }, at(2))).toBe(2);
    expect(await readLinks(store.db, 1)).toEqual([]);
    await insertRows(store.db, [identify(1, [0], at(2)), identify(2, [0], at(3))]);
    expect(await readLinks(store.db, 1)).toMatchObject([{ visitor: 2 }]);
    await store.close();
  });
});

describe('M1: links that come late', () => {
  it('give what they give when they come first, run by run or in one', async () => {
    await fc.assert(
      fc.asyncProperty(told, fc.nat({ max: 20 }), async (links, cut) => {
        const [parts, whole] = [await openTestStore(), await openTestStore()];
        const shop = shopRows(90);
        const late = links.map((link) => identify(link.visitor, link.accounts, at(link.minute)));
        const all = [...shop, ...late];
        for (const slice of [all.slice(0, shop.length), late.slice(0, cut), late.slice(cut)]) {
          await insertRows(parts.db, slice);
          await run(parts.db);
        }
        await insertRows(whole.db, all);
        await run(whole.db);
        const profiles = 'SELECT visitor, state FROM profiles ORDER BY visitor';
        const [a, b] = [await parts.db.client.execute(profiles), await whole.db.client.execute(profiles)];
        const [readA, readB] = [await readLinks(parts.db, 1), await readLinks(whole.db, 1)];
        await Promise.all([parts.close(), whole.close()]);
        expect(a.rows).toEqual(b.rows);
        expect(readA.map(({ visitor, kind }) => [visitor, kind])).toEqual(
          readB.map(({ visitor, kind }) => [visitor, kind]),
        );
      }),
      { numRuns: 8 },
    );
  });
});

describe('P4: erasing one browser of a person', () => {
  it('leaves the others as if it had never been linked, and no account that nobody is linked to', async () => {
    const [one, other] = [await openTestStore(), await openTestStore()];
    const shop = shopRows(90);
    const isErased = (row: EventRow): boolean => row.visitor === visitorKey(90);
    // The erased visitor is the last one seen, so that the others have the same numbers in both.
    await insertRows(one.db, [
      ...shop.filter((row) => !isErased(row)),
      identify(1, [0], at(1)),
      ...shop.filter(isErased),
      identify(90, [0, 1], at(1)),
    ]);
    await run(one.db);
    const needs = { db: one.db, holder: 'test', clock: () => at(5_000_000) };
    const erased = await eraseVisitor(needs, site, {
      keys: [visitorKey(90) as VisitorKey],
      receipt: 'ab',
      at: at(5_000_000),
    });
    expect(erased.ok).toBe(true);
    await insertRows(other.db, [...shop.filter((row) => !isErased(row)), identify(1, [0], at(1))]);
    await rerun(one.db);
    await rerun(other.db);
    expect(await everything(one.db)).toBe(await everything(other.db));
    const { rows } = await one.db.client.execute('SELECT kind FROM accounts');
    expect(rows).toHaveLength(1);
    await Promise.all([one.close(), other.close()]);
  });
});
