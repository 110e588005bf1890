// store/dead-letters.test.ts: letters are bounded, move at most once, and the ledger balances whatever happens to them (D1, D2).
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, SiteId, VisitorKey } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import type { EventRow, WriteJob } from './accept.ts';
import { acceptJobs } from './accept.ts';
import type { DeadLetter } from './dead-letters.ts';
import {
  dropStatements,
  LETTER_DAYS_MAX,
  LETTERS_BYTES_MAX,
  LETTERS_MAX,
  readLetters,
  readLetterTotals,
} from './dead-letters.ts';
import { addTombstones, eraseVisitor, readTombstones, replayTombstones } from './erasure.ts';
import { replayStatements } from './letter-replay.ts';
import { setRetention } from './retention.ts';
import { checkRetention } from './retention-check.ts';
import { purgeExpired } from './retention-purge.ts';
import { deleteSalt, expiredSalts } from './salts.ts';
import { addSite } from './sites.ts';
import type { TestDatabase } from './testing.ts';
import { openTestDatabase } from './testing.ts';

const SITE = { row: 1, id: 'shop' };
const DAY = 20_000;
const NOW = (DAY * DAY_MS + 1_000) as EpochMs;
const KEY = 'a1b2c3d4e5f60718293a4b5c' as VisitorKey;

const letter = (id: number, over: Partial<DeadLetter> = {}): DeadLetter => ({
  id: id.toString(16).padStart(32, '0'),
  receivedAt: NOW,
  at: NOW,
  via: 'collect',
  reason: 'malformed_event',
  pointer: '/t',
  body: '{"n":"page_view"}',
  linked: 0,
  purposes: 0,
  policyVersion: 1,
  ...over,
});
const jobOf = (letters: readonly DeadLetter[], site = 1): WriteJob => ({
  site,
  day: DAY,
  rows: [],
  letters,
  ledger: [
    { outcome: 'received', reason: '', events: letters.length },
    { outcome: 'invalid', reason: 'malformed_event', events: letters.length },
  ],
});
const rowOf = ({ id, at }: DeadLetter): EventRow => ({
  id,
  at,
  name: 'page_view',
  linked: 0,
  purposes: 0,
  policyVersion: 1,
});

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

const ALL = { after: 0, limit: 100_000 };
const lettersOf = (site = 1) => readLetters(database.db, site, ALL);
const ledger = async (): Promise<Record<string, number>> => {
  const { rows } = await database.db.client.execute('SELECT outcome, sum(events) AS n FROM ledger GROUP BY outcome');
  return Object.fromEntries(rows.map((one) => [String(one['outcome']), Number(one['n'])]));
};
const replay = async (numbers: readonly number[]): Promise<void> => {
  const chosen = (await lettersOf()).filter(({ letter: number }) => numbers.includes(number));
  const mended = chosen.map((one) => ({ letter: one, row: rowOf(one) }));
  await database.db.client.batch(await replayStatements(SITE, mended, NOW), 'write');
};

describe('D2: dead letters', () => {
  it('are written with their ledger line, and not at all where that fails', async () => {
    await acceptJobs(database.db, [jobOf([letter(1), letter(2)])]);
    expect(await lettersOf()).toMatchObject([{ letter: 1, day: DAY, reason: 'malformed_event', pointer: '/t' }, {}]);
    const broken = { ...letter(3), reason: null } as unknown as DeadLetter;
    await expect(acceptJobs(database.db, [jobOf([broken])])).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT' });
    expect(await ledger()).toEqual({ received: 2, invalid: 2 });
  });

  it('of one event id are kept once', async () => {
    await acceptJobs(database.db, [jobOf([letter(1)])]);
    await acceptJobs(database.db, [jobOf([letter(1)])]);
    expect(await lettersOf()).toHaveLength(1);
    expect(await readLetterTotals(database.db, 1)).toMatchObject({ letters: 1 });
  });

  it.each([
    { why: 'one below the bound', count: LETTERS_MAX - 1, left: LETTERS_MAX - 1 },
    { why: 'at the bound', count: LETTERS_MAX, left: LETTERS_MAX },
    { why: 'one above', count: LETTERS_MAX + 1, left: LETTERS_MAX * 0.9 },
  ])('$why leave $left, the newest, and count those that went', async ({ count, left }) => {
    await acceptJobs(database.db, [jobOf([letter(9)], 2)]);
    const many = Array.from({ length: count }, (_, nth) => letter(nth, { body: undefined }));
    await acceptJobs(database.db, [jobOf(many)]);
    const kept = await lettersOf();
    expect(kept.length).toBe(left);
    expect(kept.at(-1)?.id).toBe(many.at(-1)?.id);
    expect(await readLetterTotals(database.db, 1)).toMatchObject({ letters: left, evicted: count - left });
    expect(await lettersOf(2)).toHaveLength(1);
  });

  it('are bounded in bytes too, also where the sum was counted too high', async () => {
    const body = JSON.stringify({ h: 'x'.repeat(16_000) });
    const many = Array.from({ length: 520 }, (_, nth) => letter(nth, { body }));
    await acceptJobs(database.db, [jobOf(many)]);
    await acceptJobs(database.db, [jobOf(many.slice(0, 200))]);
    const { letters, bytes } = await readLetterTotals(database.db, 1);
    expect(letters).toBe((await lettersOf()).length);
    expect(bytes).toBe(letters * (body.length + 200));
    expect(bytes).toBeLessThanOrEqual(LETTERS_BYTES_MAX);
  });

  it('D1: become events once; whoever comes second changes nothing', async () => {
    await acceptJobs(database.db, [jobOf([letter(1), letter(2)])]);
    const mended = (await lettersOf()).map((one) => ({ letter: one, row: rowOf(one) }));
    const twice = [await replayStatements(SITE, mended, NOW), await replayStatements(SITE, mended.slice(1), NOW)];
    await database.db.client.batch(twice[0] ?? [], 'write');
    await expect(database.db.client.batch(twice[1] ?? [], 'write')).rejects.toMatchObject({
      code: 'SQLITE_CONSTRAINT',
    });
    expect(await ledger()).toEqual({ received: 2, invalid: 0, stored: 2, duplicate: 0 });
    expect(await readLetterTotals(database.db, 1)).toMatchObject({ letters: 0, bytes: 0, replayed: 2 });
  });

  it('of an event that came again, sound, move from invalid to duplicate', async () => {
    await acceptJobs(database.db, [jobOf([letter(1)])]);
    const again = { ...jobOf([]), rows: [rowOf(letter(1))], ledger: [{ outcome: 'received', reason: '', events: 1 }] };
    await acceptJobs(database.db, [again as WriteJob]);
    await replay([1]);
    expect(await ledger()).toEqual({ received: 2, invalid: 0, stored: 1, duplicate: 1 });
  });

  it('balance after any order of arrivals, replays, drops and evictions', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('arrive' as const), id: fc.nat(12) }),
      fc.record({ do: fc.constantFrom('replay' as const, 'drop' as const), id: fc.integer({ min: 1, max: 14 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const store = await openTestDatabase();
        database = await database.close().then(() => store);
        let gone = 0;
        for (const { do: what, id } of steps) {
          const there = (await lettersOf()).some((one) => one.letter === id);
          if (what === 'arrive') await acceptJobs(store.db, [jobOf([letter(id)])]);
          else if (what === 'replay') await replay(there ? [id] : []);
          else await store.db.client.batch(await dropStatements(SITE, [id], NOW), 'write');
          if (what !== 'arrive' && there) gone += 1;
        }
        const { received = 0, ...others } = await ledger();
        expect(Object.values(others).reduce((sum, events) => sum + events, 0)).toBe(received);
        const totals = await readLetterTotals(store.db, 1);
        expect(totals.letters).toBe((await lettersOf()).length);
        expect(totals.replayed + totals.dropped).toBe(gone);
      }),
      { numRuns: 12 },
    );
  });

  it('are read page by page, by reason, and of their own site alone (P7)', async () => {
    await acceptJobs(database.db, [
      jobOf([letter(1), letter(2, { reason: 'clock_off' }), letter(3)]),
      jobOf([letter(1)], 2),
    ]);
    const numbers = async (choice: Parameters<typeof readLetters>[2], site = 1): Promise<number[]> =>
      (await readLetters(database.db, site, choice)).map((one) => one.letter);
    expect(await numbers({ after: 99, limit: 2, newestFirst: true })).toEqual([3, 2]);
    expect(await numbers({ after: 2, limit: 2, newestFirst: true })).toEqual([1]);
    expect(await numbers({ after: 0, limit: 9, reason: 'clock_off' })).toEqual([2]);
    expect(await numbers({ letters: [1, 4] })).toEqual([1]);
    expect(await numbers({ letters: [1, 4] }, 2)).toEqual([4]);
  });
});

describe('P5: retention of dead letters', () => {
  const purge = () => purgeExpired({ db: database.db, holder: 'purge', clock: () => NOW }, NOW);

  it.each([
    { why: 'an event a day inside the site’s limit', over: { at: NOW - 29 * DAY_MS }, left: 1 },
    { why: 'an event a day past it', over: { at: NOW - 31 * DAY_MS }, left: 0 },
    { why: 'an arrival at the longest time', over: { receivedAt: NOW - LETTER_DAYS_MAX * DAY_MS }, left: 1 },
    { why: 'an arrival past it', over: { receivedAt: NOW - LETTER_DAYS_MAX * DAY_MS - 1 }, left: 0 },
  ])('$why: $left stays', async ({ over, left }) => {
    await addSite(database.db, { id: 'shop' as never, origins: [], policy: 'standard', floor: 50, at: NOW });
    await setRetention(database.db, SITE, { events: 30, profiles: 30 }, NOW);
    await acceptJobs(database.db, [jobOf([letter(1, over)])]);
    const before = (await checkRetention(database.db, NOW)).find(({ claim }) => claim === 'letters_within_limit');
    expect(before?.holds).toBe(over.at === undefined || left === 1);
    await purge();
    expect(await lettersOf()).toHaveLength(left);
    expect(await readLetterTotals(database.db, 1)).toMatchObject({ letters: left, expired: 1 - left });
    expect((await checkRetention(database.db, NOW)).filter(({ holds }) => !holds)).toEqual([]);
  });
});

describe('P4: erasure of dead letters', () => {
  const needs = () => ({ db: database.db, holder: 'erasure', clock: () => NOW });
  const theirs = letter(1, { visitor: KEY, linked: 1 });

  it('takes the visitor’s letters and nobody else’s', async () => {
    await acceptJobs(database.db, [jobOf([theirs, letter(2, { visitor: 'b'.repeat(24) }), letter(3)])]);
    await eraseVisitor(needs(), SITE, { keys: [KEY], receipt: 'r', at: NOW });
    expect((await lettersOf()).map((one) => one.letter)).toEqual([2, 3]);
    expect(await readLetterTotals(database.db, 1)).toMatchObject({ letters: 2 });
  });

  it('takes a letter that was still in a queue, or came back with a backup', async () => {
    await eraseVisitor(needs(), SITE, { keys: [KEY], receipt: 'r', at: NOW });
    const tombstones = await readTombstones(database.db);
    await acceptJobs(database.db, [jobOf([theirs, letter(2, { visitor: KEY, receivedAt: NOW + 1 })])]);
    await addTombstones(database.db, tombstones);
    await replayTombstones(needs());
    expect((await lettersOf()).map((one) => one.letter)).toEqual([2]);
  });
});

describe('P4: dead letters after a rotation', () => {
  it('have the key their visitor has now once the salt of the other is destroyed, and an erasure reaches them', async () => {
    const FORMER = 'f0f1f2f3f4f5f6f7f8f9fafb' as VisitorKey;
    const { db } = database;
    await acceptJobs(db, [jobOf([letter(1, { visitor: FORMER, linked: 1, purposes: 15 })])]);
    const returned = { ...rowOf(letter(2)), visitor: KEY, formerVisitor: FORMER, linked: 1 as const, purposes: 15 };
    await acceptJobs(db, [{ site: 1, day: DAY, rows: [returned], ledger: [] }]);
    await db.client.execute(`INSERT INTO salts (site_id, use, opens_at, closes_at, destroy_at, kek_id, wrapped)
      VALUES (1, 'long', 1, 2, 3, 'k', zeroblob(60))`);
    const [salt] = await expiredSalts(db, NOW);
    if (salt === undefined) throw new Error('the salt is over');
    await addSite(db, { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: NOW });
    await deleteSalt(db, salt, NOW);
    expect(await lettersOf()).toMatchObject([{ visitor: KEY }]);
    const clock = () => NOW;
    await eraseVisitor({ db, holder: 'a', clock }, SITE, { keys: [KEY], receipt: 'r', at: NOW });
    expect(await lettersOf()).toEqual([]);
  });
});
