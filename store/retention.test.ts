// store/retention.test.ts: what is past its limit goes, all that hangs on it too, wherever the purge is stopped (P5).
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Client, InStatement } from '@libsql/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import { checkRetentionDays, RETENTION_DAYS_MAX } from '../core/index.ts';
import { runSegmenter } from '../segmenter/index.ts';
import type { TestStore } from '../segmenter/testing.ts';
import { aRow, aRun, insertRows, openTestStore, SHOP, shopRows, T0, visitorKey } from '../segmenter/testing.ts';
import { readAuditLog } from './audit.ts';
import type { Db } from './db.ts';
import { setRetention } from './retention.ts';
import { checkRetention } from './retention-check.ts';
import type { PurgeReport } from './retention-purge.ts';
import { purgeExpired } from './retention-purge.ts';
import { acquireLease } from './lease.ts';

const NOW = (T0 + 40 * DAY_MS) as EpochMs;
const SITES = [
  { row: 1, id: 'shop' },
  { row: 2, id: 'other' },
] as const;

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());

const purge = (db: Db = store.db, now: EpochMs = NOW): Promise<PurgeReport> =>
  purgeExpired({ db, holder: 'purge', clock: () => now }, now);
const broken = async (now: EpochMs = NOW) =>
  (await checkRetention(store.db, now)).filter(({ holds }) => !holds).map(({ claim, rows }) => ({ claim, rows }));
const column = async (sql: string): Promise<unknown[]> =>
  (await store.db.client.execute(sql)).rows.map((row) => row[0]);
const limit = (days: Parameters<typeof setRetention>[2], site: (typeof SITES)[number] = SITES[0]) =>
  setRetention(store.db, site, days, NOW);

describe('P5: limits', () => {
  it.each([
    [{}, 'no_days'],
    [{ events: 0 }, 'days_out_of_range'],
    [{ events: 1 }, undefined],
    [{ events: RETENTION_DAYS_MAX }, undefined],
    [{ events: RETENTION_DAYS_MAX + 1 }, 'days_out_of_range'],
    [{ events: 1.5 }, 'days_out_of_range'],
    [{ events: 30, profiles: 30 }, undefined],
    [{ events: 30, profiles: 31 }, 'profiles_outlive_events'],
  ])('%j: %s', (days, refusal) => {
    const checked = checkRetentionDays(days);
    expect(checked.ok ? undefined : checked.error).toBe(refusal);
  });

  it.each([
    { why: 'a millisecond inside', age: 10 * DAY_MS - 1, kept: 1 },
    { why: 'exactly at the limit', age: 10 * DAY_MS, kept: 1 },
    { why: 'a millisecond past', age: 10 * DAY_MS + 1, kept: 0 },
  ])('leave an event $why: $kept', async ({ age, kept }) => {
    await limit({ events: 10 });
    await insertRows(store.db, [aRow({ at: NOW - age })]);
    expect((await broken()).length > 0).toBe(kept === 0);
    await purge();
    expect(await column('SELECT count(*) FROM events')).toEqual([kept]);
    expect(await broken()).toEqual([]);
  });

  it('take the contexts that nobody uses any more with them', async () => {
    await limit({ events: 10 });
    await insertRows(store.db, [
      aRow({ at: NOW - 20 * DAY_MS, context: 'IS||1|1|1|is||1' }),
      aRow({ at: NOW - DAY_MS, context: 'DE||1|1|1|de||1' }),
    ]);
    await purge();
    expect(await column('SELECT country FROM contexts')).toEqual(['DE']);
    expect(await broken()).toEqual([]);
  });

  it('say that a site without one has one to choose, and touch nothing of it', async () => {
    await insertRows(store.db, [aRow()]);
    const { sites } = await purge();
    expect(sites.map(({ outcome, events }) => ({ outcome, events }))).toEqual([
      { outcome: 'no_limits', events: 0 },
      { outcome: 'no_limits', events: 0 },
    ]);
    expect(await broken()).toEqual([{ claim: 'events_have_limit', rows: 1 }]);
  });
});

const change = (visitor: number, at: number) => `INSERT INTO segment_changes VALUES (1, 1, 'c', ${visitor}, ${at}, 1)`;

describe('P5: what hangs on an event goes with the last one', () => {
  const old = NOW - 30 * DAY_MS;
  const young = NOW - DAY_MS;

  it('visitors, texts, profiles and memberships; what others use stays', async () => {
    await limit({ events: 10, profiles: 10 });
    await insertRows(store.db, [
      aRow({ at: old, visitor: visitorKey(1), path: '/old', title: 'shared' }),
      aRow({ at: young, visitor: visitorKey(2), path: '/young', title: 'shared' }),
      aRow({ at: old, visitor: visitorKey(3), path: '/both' }),
      aRow({ at: young, visitor: visitorKey(3), path: '/both' }),
    ]);
    await runSegmenter(aRun(store.db));
    await store.db.client.batch(["INSERT INTO memberships VALUES (1, 'cluster-1', 1)", change(1, NOW)]);
    const { sites, strings } = await purge();
    expect(sites[0]).toMatchObject({ outcome: 'purged', events: 2, visitors: 1, refold: true, oldestEventAt: young });
    expect(strings).toBe(1);
    expect(await column('SELECT id FROM visitors ORDER BY id')).toEqual([2, 3]);
    expect(await column('SELECT value FROM strings ORDER BY value')).toEqual([
      '/both',
      '/young',
      'page_view',
      'shared',
    ]);
    expect(await column('SELECT visitor FROM memberships UNION ALL SELECT visitor FROM segment_changes')).toEqual([]);
    expect(await broken()).toEqual([]);
  });

  it('of one site alone', async () => {
    await limit({ events: 10 });
    await insertRows(store.db, [aRow({ at: old })]);
    await insertRows(store.db, [aRow({ at: old })], 2);
    await purge();
    expect(await column('SELECT site_id FROM events')).toEqual([2]);
    expect(await column('SELECT site_id FROM visitors')).toEqual([2]);
  });

  it('and the profiles are then those of the events that stayed', async () => {
    const rows = shopRows(60);
    const cut = T0 + 5 * DAY_MS;
    await insertRows(store.db, rows);
    await limit({ events: 35 });
    await runSegmenter(aRun(store.db));
    await purge();
    expect(await broken()).toEqual([]);
    await runSegmenter(aRun(store.db));
    const purged = await column('SELECT state FROM profiles ORDER BY visitor');

    await store.close();
    store = await openTestStore();
    await insertRows(
      store.db,
      rows.filter(({ at }) => at >= cut),
    );
    await runSegmenter(aRun(store.db));
    expect((await column('SELECT state FROM profiles')).sort()).toEqual([...purged].sort());
  });

  it('profiles of visitors long not seen go though their events stay', async () => {
    await limit({ events: 39, profiles: 10 });
    await insertRows(store.db, [
      aRow({ at: old, visitor: visitorKey(1) }),
      aRow({ at: young, visitor: visitorKey(2) }),
    ]);
    await runSegmenter(aRun(store.db));
    expect(await broken()).toEqual([{ claim: 'profiles_within_limit', rows: 1 }]);
    expect((await purge()).sites[0]).toMatchObject({ events: 0, profiles: 1, refold: false });
    expect(await column('SELECT visitor FROM profiles')).toEqual([2]);
    expect(await broken()).toEqual([]);
  });

  it('their bytes are in no file afterwards', async () => {
    await limit({ events: 10 });
    const marked = Array.from({ length: 50 }, (_, nth) =>
      aRow({ at: old, path: `/marked-path-${nth}`, visitor: visitorKey(nth) }),
    );
    await insertRows(store.db, [...marked, aRow({ at: young })]);
    const folder = dirname(store.files.ground);
    const hits = async (): Promise<string[]> => {
      const files = await readdir(folder);
      const found = await Promise.all(
        files.map(async (name) => (await readFile(join(folder, name))).includes('marked-path')),
      );
      return files.filter((_, nth) => found[nth]);
    };
    expect(await hits()).not.toEqual([]);
    await purge();
    expect(await hits()).toEqual([]);
  });
});

/** A database whose calls can be watched: `before` runs before each call that writes. */
function watched(db: Db, before: (sql: string) => Promise<void> | void): Db {
  const sqlOf = (statement: InStatement): string => (typeof statement === 'string' ? statement : statement.sql);
  const client = new Proxy(db.client, {
    get(target, name: keyof Client) {
      if (name === 'batch')
        return async (...[statements, mode]: Parameters<Client['batch']>) => {
          await before(statements.map((one) => sqlOf(one as InStatement)).join(';'));
          return target.batch(statements, mode);
        };
      const value: unknown = target[name];
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { ...db, client };
}

describe('P5: a purge and others at work', () => {
  it('killed before any of its writes, is finished by the next', async () => {
    for (let writes = 0; ; writes++) {
      await store.close();
      store = await openTestStore();
      await limit({ events: 35, profiles: 30 });
      await insertRows(store.db, shopRows(30));
      await runSegmenter(aRun(store.db));
      let left = writes;
      const dying = watched(store.db, () => {
        if (left-- === 0) throw new Error('killed');
      });
      const died = await purge(dying).then(
        () => false,
        () => true,
      );
      await purge();
      expect({ writes, broken: await broken() }).toEqual({ writes, broken: [] });
      if (!died) {
        expect(writes).toBeGreaterThan(3);
        return;
      }
    }
  });

  it('leaves a site alone while the segmenter is at work on it', async () => {
    await limit({ events: 10 });
    await insertRows(store.db, [aRow({ at: T0 })]);
    await acquireLease(store.db, SHOP.row, 'a run', { now: NOW, expiresAt: NOW + 1 });
    expect((await purge()).sites[0]).toMatchObject({ outcome: 'busy', events: 0 });
    const later = (NOW + 1) as EpochMs;
    expect((await purge(store.db, later)).sites[0]).toMatchObject({ outcome: 'purged', events: 1 });
  });

  it('keeps a visitor and a text that come back while it is on its way', async () => {
    await limit({ events: 10 });
    await insertRows(store.db, [aRow({ at: T0, visitor: visitorKey(1), path: '/back' })]);
    let cameBack = false;
    const db = watched(store.db, async (sql) => {
      if (cameBack || !sql.includes('DELETE FROM visitors')) return;
      cameBack = true;
      await insertRows(store.db, [aRow({ at: NOW, visitor: visitorKey(1), path: '/back' })]);
    });
    await purge(db);
    expect(cameBack).toBe(true);
    const joined = `SELECT v.id FROM events AS e JOIN visitors AS v ON v.id = e.visitor
      JOIN strings AS n ON n.id = e.name JOIN strings AS p ON p.id = e.path WHERE p.value = '/back'`;
    expect(await column(joined)).toEqual([1]);
    expect(await broken()).toEqual([]);
  });

  it('says in the audit log what was decided and what went', async () => {
    await limit({ events: 10 });
    await insertRows(store.db, [aRow({ at: T0 })]);
    await purge();
    await purge();
    const kinds = (await readAuditLog(store.db)).map(
      ({ open }) => (JSON.parse(open?.text ?? '{}') as { kind: string }).kind,
    );
    expect(kinds).toEqual(['site_added', 'site_added', 'retention_changed', 'purge_begun', 'purged']);
  });
});

describe('P5: the proof', () => {
  it('shares no code with the purge', () => {
    const text = readFileSync(new URL('retention-check.ts', import.meta.url), 'utf8');
    const imported = [...text.matchAll(/from '(.+?)'/g)].map(([, name]) => name);
    expect(imported).toEqual(['@libsql/client', '../contract/index.ts', './db.ts']);
  });

  it.each([
    ['an old event', `UPDATE events SET at = ${T0} WHERE seq = 1`, 'events_within_limit'],
    ['a visitor of nobody', "INSERT INTO visitors (site_id, key, linked) VALUES (1, x'00', 0)", 'visitors_have_events'],
    ['a text of nothing', "INSERT INTO strings (value) VALUES ('x')", 'strings_are_used'],
    ['a profile of nobody', `INSERT INTO profiles VALUES (1, 99, '{"at":[${NOW},${NOW}]}')`, 'profiles_have_events'],
    ['a change of long ago', change(1, T0), 'changes_within_limit'],
    ['a member who is gone', "INSERT INTO memberships VALUES (1, 'c', 99)", 'memberships_have_events'],
    ['a change of nobody', change(99, NOW), 'changes_have_events'],
    [
      'a profile of an event that is gone',
      `UPDATE profiles SET state = json_set(state, '$.at[0]', ${T0})`,
      'profiles_only_of_kept_events',
    ],
    [
      'a profile of long ago',
      `UPDATE profiles SET state = json_set(state, '$.at[1]', ${NOW - 6 * DAY_MS})`,
      'profiles_within_limit',
    ],
  ])('sees %s', async (_, sql, claim) => {
    await limit({ events: 10, profiles: 5 });
    await insertRows(store.db, [aRow({ at: NOW })]);
    await runSegmenter(aRun(store.db));
    expect(await broken()).toEqual([]);
    await store.db.client.execute(sql);
    expect((await broken()).map((one) => one.claim)).toEqual([claim]);
  });
});

describe('P5: records', () => {
  const written = async (at: number): Promise<void> => {
    await store.db.client.batch(
      [
        `INSERT INTO receipts (site_id, visitor, kind, at, purposes, source, policy_version)
          SELECT 1, id, 'granted', ${at}, 3, 'site', 1 FROM visitors LIMIT 1`,
        `INSERT INTO privacy_requests (id, site_id, kind, subject, asked_by, asked_at, due_at, status, closed_at, outcome)
          VALUES ('r${at}', 1, 'access', 'account', 'officer', ${at}, ${at}, 'done', ${at}, '{}')`,
        `INSERT INTO privacy_request_steps (request, nth, at, step) SELECT seq, 0, ${at}, 'received' FROM privacy_requests`,
        `INSERT INTO privacy_request_visitors (request, visitor) SELECT seq, (SELECT min(id) FROM visitors) FROM privacy_requests`,
      ],
      'write',
    );
  };
  const left = async (): Promise<unknown[]> =>
    column(`SELECT count(*) FROM receipts UNION ALL SELECT count(*) FROM privacy_requests
      UNION ALL SELECT count(*) FROM privacy_request_steps UNION ALL SELECT count(*) FROM privacy_request_visitors`);

  it.each([
    { why: 'a millisecond inside', age: 10 * DAY_MS - 1, kept: [1, 1, 1, 0] },
    { why: 'exactly at the limit', age: 10 * DAY_MS, kept: [1, 1, 1, 0] },
    { why: 'a millisecond past', age: 10 * DAY_MS + 1, kept: [0, 0, 0, 0] },
  ])('$why of their limit: $kept; a file whose month is over is given no more', async ({ age, kept }) => {
    await insertRows(store.db, [aRow({ at: NOW })]);
    await limit({ events: 100, receipts: 10, requests: 10 });
    await written(NOW - age);
    const report = await purge();
    expect(await left()).toEqual(kept);
    expect(report.sites[0]?.records.rows).toEqual({
      receipts: 1 - (kept[0] ?? 0),
      requests: 1 - (kept[1] ?? 0),
      audit: 0,
    });
    expect(report.sites[0]?.records.oldestAt.receipts).toBe(kept[0] === 1 ? NOW - age : undefined);
    expect(await broken()).toEqual([]);
  });

  it('lose what an audit entry says, and keep its place in the tree', async () => {
    await limit({ events: 100, audit: 10 });
    const before = await readAuditLog(store.db);
    const later = (NOW + 11 * DAY_MS) as EpochMs;
    expect(await broken(later)).toEqual([{ claim: 'audit_within_limit', rows: expect.anything() as unknown }]);
    await purge(store.db, later);
    expect(await broken(later)).toEqual([]);
    const after = await readAuditLog(store.db);
    expect(after.slice(0, before.length).map(({ commitment }) => commitment)).toEqual(
      before.map((one) => one.commitment),
    );
    expect(after[0]?.open).toBeUndefined();
  });
});
