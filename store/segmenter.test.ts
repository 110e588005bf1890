import { createClient } from '@libsql/client/sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aRow, insertRows, openTestStore, SHOP, T0, visitorKey } from '../segmenter/testing.ts';
import type { TestStore } from '../segmenter/testing.ts';
import type { Lease } from './lease.ts';
import { acquireLease, releaseLease, renewLease } from './lease.ts';
import type { NewRelease } from './segmenter.ts';
import { readEventSlice } from './event-slices.ts';
import type { PackedProfiles, StoredProfile } from './packed-profiles.ts';
import { createPacker } from './packed-profiles.ts';
import {
  MODELS_KEPT,
  nextVersion,
  readClusterMembers,
  readProfiles,
  readReleasedModel,
  readStates,
  readWatermark,
  resetFold,
  saveFold,
  saveProfiles,
  saveRelease,
} from './segmenter.ts';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());

const SITE = SHOP.row;
const acquire = (holder: string, now: number = T0) =>
  acquireLease(store.db, SITE, holder, { now, expiresAt: now + 1_000 });
async function held(holder = 'a'): Promise<Lease> {
  const lease = await acquire(holder);
  if (lease === undefined) throw new Error('the lease is free at the start of a test');
  return lease;
}
const LOST: Lease = { name: `segmenter:${SITE}`, holder: 'nobody' };
function packed(profiles: readonly StoredProfile[]): PackedProfiles[] {
  const packer = createPacker();
  for (const { visitor, state } of profiles) packer.add(visitor, state);
  return packer.take();
}
const aFold = (seq: number) => ({
  profiles: packed([{ visitor: 1, state: `state ${seq}` }]),
  watermark: { seq, events: seq, stateVersion: 1 },
});
const aRelease = (version: number, over: Partial<NewRelease> = {}): NewRelease => ({
  version,
  at: T0,
  model: `model ${version}`,
  internals: `internals ${version}`,
  segments: [{ id: 'cluster-1', published: '{}' }],
  memberships: [{ segment: 'cluster-1', visitors: [1, 2] }],
  ...over,
});

describe('one run holds the lease', () => {
  it('while it has not ended, and may take it again itself', async () => {
    expect(await acquire('a')).toBeDefined();
    expect(await acquire('b')).toBeUndefined();
    expect(await acquire('a')).toBeDefined();
    expect(await acquire('b', T0 + 999)).toBeUndefined();
    expect(await acquire('b', T0 + 1_000)).toBeDefined();
  });

  it('until it is given back, by its holder alone', async () => {
    const lease = await held();
    await releaseLease(store.db, { ...lease, holder: 'b' });
    expect(await acquire('b')).toBeUndefined();
    await releaseLease(store.db, lease);
    expect(await acquire('b')).toBeDefined();
  });

  it('of one site: another site has its own', async () => {
    await held();
    expect(await acquireLease(store.db, 2, 'b', { now: T0, expiresAt: T0 + 1 })).toBeDefined();
  });

  it('and knows when it has lost it', async () => {
    const lease = await held();
    expect(await renewLease(store.db, lease, T0 + 2_000)).toBe(true);
    expect(await acquire('b', T0 + 2_000)).toBeDefined();
    expect(await renewLease(store.db, lease, T0 + 9_000)).toBe(false);
  });
});

describe('events to fold', () => {
  it('come in slices by order of arrival, with names and currency spelled out', async () => {
    const items = '[{"id":"tea"}]';
    await insertRows(store.db, [
      aRow({ name: 'purchase', currency: 'GBP', value: 5, orderKey: 'a'.repeat(24), items, at: T0 + 9 }),
      aRow({ visitor: visitorKey(2), at: T0 }),
      aRow({ linked: 0, visitor: visitorKey(3) }),
    ]);
    const first = await readEventSlice(store.db, SITE, 0, 2);
    expect(first).toMatchObject({
      seq: 2,
      scanned: 2,
      events: [
        { visitor: 1, at: T0 + 9, name: 'purchase', currency: 'GBP', value: 5, orderKey: 'a'.repeat(24), items },
        { visitor: 2, at: T0, name: 'page_view' },
      ],
    });
    expect(Object.keys(first?.events[1] ?? {})).toEqual(['visitor', 'id', 'at', 'name', 'purposes']);
    // C1: the third is read past, not folded.
    expect(await readEventSlice(store.db, SITE, 2, 2)).toEqual({ seq: 3, scanned: 1, events: [] });
    expect(await readEventSlice(store.db, SITE, 3, 2)).toBeUndefined();
  });

  it('are found without sorting the history', async () => {
    const { rows } = await store.db.client.execute({
      sql: 'EXPLAIN QUERY PLAN SELECT seq FROM events NOT INDEXED WHERE site_id = ? AND seq > ? ORDER BY seq LIMIT ?',
      args: [SITE, 0, 10],
    });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.['detail']).toContain('INTEGER PRIMARY KEY');
  });
});

describe('a fold is written whole or not at all', () => {
  it('with its watermark', async () => {
    const lease = await held();
    expect(await saveFold(store.db, SITE, lease, aFold(7))).toBe(true);
    expect(await readWatermark(store.db, SITE)).toEqual({ seq: 7, events: 7, stateVersion: 1 });
    expect(await readStates(store.db, SITE, [2, 1])).toEqual([{ visitor: 1, state: 'state 7' }]);
    expect(await readProfiles(store.db, SITE, 1, 10)).toEqual([]);
  });

  it('and gives every profile back as it was, whatever is in it and however long', async () => {
    const lease = await held();
    const state = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\0')),
      fc.nat(400_000).map((length) => 'é€"\\'.repeat(1 + length / 8)),
    );
    const texts = fc.array(state, { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(texts, async (states) => {
        const profiles = states.map((one, nth) => ({ visitor: nth + 1, state: one }));
        await saveProfiles(store.db, SITE, lease, packed(profiles));
        expect(await readProfiles(store.db, SITE, 0, profiles.length)).toEqual(profiles);
      }),
      { numRuns: 15 },
    );
  });

  it('and not by a run that lost its lease', async () => {
    const lease = await held();
    await saveFold(store.db, SITE, lease, aFold(7));
    expect(await saveFold(store.db, SITE, LOST, aFold(8))).toBe(false);
    await resetFold(store.db, SITE, LOST);
    expect(await readProfiles(store.db, SITE, 0, 10)).toEqual([{ visitor: 1, state: 'state 7' }]);
    await resetFold(store.db, SITE, lease);
    expect(await readWatermark(store.db, SITE)).toBeUndefined();
  });

  it('while the collector holds the write lock of ground.db', async () => {
    const lease = await held();
    const collector = createClient({ url: `file:${store.files.ground}` });
    const transaction = await collector.transaction('write');
    await transaction.execute(`INSERT INTO strings (value) VALUES ('held')`);
    expect(await saveFold(store.db, SITE, lease, aFold(7))).toBe(true);
    expect(await saveRelease(store.db, SITE, lease, aRelease(1))).toBe(true);
    await transaction.rollback();
    collector.close();
  });
});

describe('a release is written whole or not at all', () => {
  it('with its members, and replaces those of the last', async () => {
    const lease = await held();
    expect(await nextVersion(store.db, SITE)).toBe(1);
    await saveRelease(store.db, SITE, lease, aRelease(1));
    const memberships = [{ segment: 'cluster-2', visitors: [2, 3] }];
    expect(await saveRelease(store.db, SITE, lease, aRelease(2, { memberships }))).toBe(true);
    expect(await readReleasedModel(store.db, SITE)).toEqual({ version: 2, model: 'model 2', internals: 'internals 2' });
    expect(await readClusterMembers(store.db, SITE)).toEqual(
      new Map([
        [2, 'cluster-2'],
        [3, 'cluster-2'],
      ]),
    );
    expect(await nextVersion(store.db, SITE)).toBe(3);
  });

  it('and leaves other kinds of segments and other sites alone', async () => {
    await store.db.client.batch([
      `INSERT INTO memberships VALUES (1, 'rule-1', 1)`,
      `INSERT INTO memberships VALUES (2, 'cluster-1', 9)`,
    ]);
    await saveRelease(store.db, SITE, await held(), aRelease(1));
    const { rows } = await store.db.client.execute(
      `SELECT site_id, segment_id FROM memberships WHERE visitor IN (1, 9)`,
    );
    expect(rows.map((row) => [row['site_id'], row['segment_id']])).toEqual(
      expect.arrayContaining([
        [1, 'rule-1'],
        [1, 'cluster-1'],
        [2, 'cluster-1'],
      ]),
    );
  });

  it('not by a run that lost its lease', async () => {
    await saveRelease(store.db, SITE, await held(), aRelease(1));
    expect(await saveRelease(store.db, SITE, LOST, aRelease(2, { memberships: [] }))).toBe(false);
    expect(await readReleasedModel(store.db, SITE)).toMatchObject({ version: 1 });
    expect((await readClusterMembers(store.db, SITE)).size).toBe(2);
  });

  it('not in part, where one of its statements fails', async () => {
    const lease = await held();
    const twice = [{ segment: 'cluster-1', visitors: [5, 5] }];
    await saveRelease(store.db, SITE, lease, aRelease(1));
    await expect(saveRelease(store.db, SITE, lease, aRelease(2, { memberships: twice }))).rejects.toHaveProperty(
      'code',
      'SQLITE_CONSTRAINT',
    );
    expect(await readReleasedModel(store.db, SITE)).toMatchObject({ version: 1 });
    expect((await readClusterMembers(store.db, SITE)).size).toBe(2);
    expect(await nextVersion(store.db, SITE)).toBe(2);
  });

  it('and keeps the latest versions alone', async () => {
    const lease = await held();
    for (let version = 1; version <= MODELS_KEPT + 2; version++)
      await saveRelease(store.db, SITE, lease, aRelease(version));
    const { rows } = await store.db.client.execute('SELECT min(version) AS first, count(*) AS kept FROM models');
    expect(rows[0]).toMatchObject({ first: 3, kept: MODELS_KEPT });
  });
});
