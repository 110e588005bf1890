// store/objection.test.ts: who objected is in no profile, whatever comes later, and neither a kill nor a backup changes that (P4).
import { copyFile, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, VisitorKey } from '../contract/index.ts';
import { DAY_MS, HOUR_MS } from '../contract/index.ts';
import { runSegmenter } from '../segmenter/index.ts';
import type { TestStore } from '../segmenter/testing.ts';
import { aRow, aRun, insertRows, openTestStore, SHOP, shopRows, T0, visitorKey } from '../segmenter/testing.ts';
import { eraseVisitor } from './erasure.ts';
import { addKept, decodeKept, encodeKept, readKept } from './kept-aside.ts';
import { leaveSegments, objectionStatements } from './objection.ts';
import { openFiles } from './open.node.ts';
import { purgeExpired } from './retention-purge.ts';
import { checkRetention } from './retention-check.ts';
import { setRetention } from './retention.ts';
import { acquireLease } from './lease.ts';

const NOW = (T0 + 40 * DAY_MS) as EpochMs;
const KEY = visitorKey(2) as VisitorKey;

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
  await insertRows(store.db, shopRows(45));
  await runSegmenter(aRun(store.db));
});
afterEach(() => store.close());

const needs = () => ({ db: store.db, holder: 'objection', clock: () => NOW });
const record = async () => store.db.client.batch(await objectionStatements(SHOP.row, KEY, NOW), 'write');
const derived = async (): Promise<number> => {
  const { rows } = await store.db.client.execute({
    sql: `SELECT (SELECT count(*) FROM profiles WHERE visitor = v.id) + (SELECT count(*) FROM memberships WHERE visitor = v.id)
      FROM visitors AS v WHERE v.key = unhex(?)`,
    args: [KEY],
  });
  return Number(rows[0]?.[0] ?? 0);
};
const segment = (at: number, holder = 'later') => runSegmenter(aRun(store.db, { now: at as EpochMs, holder }));

describe('P4: an objection', () => {
  it('takes profile and memberships at once and keeps the events', async () => {
    expect(await derived()).toBe(2);
    await record();
    expect(await leaveSegments(needs(), SHOP.row)).toMatchObject({ ok: true });
    expect(await derived()).toBe(0);
    await insertRows(store.db, [aRow({ visitor: KEY, at: NOW })]);
    await segment(NOW + DAY_MS);
    expect(await derived()).toBe(0);
  });

  it('met by a run of the segmenter, is busy, and the next run leaves the visitor out', async () => {
    await record();
    await acquireLease(store.db, SHOP.row, 'another', { now: NOW, expiresAt: NOW + HOUR_MS });
    expect(await leaveSegments(needs(), SHOP.row)).toEqual({ ok: false, error: 'busy' });
    await segment(NOW + 2 * DAY_MS, 'another');
    expect(await derived()).toBe(0);
  });

  it('outlives an erasure of the same visitor, who then comes back', async () => {
    await record();
    await eraseVisitor(needs(), SHOP, { keys: [KEY], receipt: 'r', at: NOW });
    await insertRows(store.db, [aRow({ visitor: KEY, at: NOW + 1 })]);
    await segment(NOW + DAY_MS);
    expect(await derived()).toBe(0);
  });

  it('outlives the purge of every event of the visitor', async () => {
    await record();
    await setRetention(store.db, SHOP, { events: 1 }, NOW);
    await purgeExpired(needs(), NOW);
    expect((await checkRetention(store.db, NOW)).filter(({ holds }) => !holds)).toEqual([]);
    await insertRows(store.db, [aRow({ visitor: KEY, at: NOW })]);
    await segment(NOW + 1);
    expect(await derived()).toBe(0);
  });

  it('is brought into a backup that was restored by the file kept beside it', async () => {
    const backup = `${store.files.ground}.backup`;
    await store.db.client.execute('PRAGMA wal_checkpoint(TRUNCATE)');
    await copyFile(store.files.ground, backup);
    await record();
    const file = encodeKept(await readKept(store.db));
    expect(file).not.toContain(KEY);
    store.db.client.close();
    for (const name of [store.files.ground, store.files.derived]) {
      for (const end of name === store.files.ground ? ['', '-wal', '-shm'] : [])
        await rm(`${name}${end}`, { force: true });
    }
    await copyFile(backup, store.files.ground);
    const db = await openFiles(store.files);
    store = { ...store, db, close: async () => db.client.close() };
    const kept = decodeKept(file);
    if (kept === undefined) throw new Error('the file is one of ours');
    await addKept(store.db, kept);
    await segment(NOW + DAY_MS);
    expect(await derived()).toBe(0);
  });
});

describe('P4: the file kept beside backups', () => {
  it.each([
    ['', 'empty'],
    ['{}', 'no array'],
    ['[{"site":1}]', 'an entry without a digest'],
    ['[{"site":1,"digest":"ab","erasedAt":1}]', 'a short digest'],
  ])('%j is refused: %s', (text) => {
    expect(decodeKept(text)).toBeUndefined();
  });
});
