// edge/rights.test.ts: whose salt is destroyed is told that they can no longer be identified, and not that nothing is stored (GDPR Art. 11).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, FirstPartyId, SiteId } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import { LONG_SALT_MS } from '../core/index.ts';
import { nodeHmac } from '../runtime/hmac.node.ts';
import { memoryKeys } from '../runtime/key-provider.memory.ts';
import { testPort } from '../runtime/testing.ts';
import type { RequestKind, Site } from '../store/index.ts';
import {
  acceptJobs,
  addSite,
  findSite,
  insertSaltStatement,
  purgeExpired,
  readLongSalts,
  setRetention,
} from '../store/index.ts';
import type { TestDatabase } from '../store/testing.ts';
import { openTestDatabase } from '../store/testing.ts';
import { makeAccessFile } from './api/privacy/access-file.ts';
import { accessHtml } from './api/privacy/access-html.ts';
import { answerRequest } from './api/privacy/answer-request.ts';
import type { Subject } from './api/privacy/needs.ts';
import { makeBreachPack, makeDpia } from './api/privacy/records.ts';
import { shownRequest } from './api/privacy/shown.ts';
import { createKeyring } from './collector/keyring.ts';
import { knownVisitorKey } from './collector/known-visitor.ts';
import { destroyExpiredSalts } from './collector/salt-destruction.ts';
import { rightsNeeds } from './rights.ts';

const START = Date.UTC(2026, 10, 25, 12) as EpochMs;
const AFTER = (START + LONG_SALT_MS + DAY_MS) as EpochMs;
const byId = (id: string): Subject => ({ kind: 'first_party_id', firstPartyId: id as FirstPartyId });
const OLD = 'visitor-of-the-destroyed-salt1';
const NEW = 'visitor-of-the-living-salt-001';
const NOBODY = 'visitor-who-never-was-here-0001';
const BOUGHT = {
  currency: 'GBP',
  value: 900,
  items: JSON.stringify([{ id: 't1', name: 'Teapot', price: 450, quantity: 2 }]),
} as const;
const ACCOUNT: Subject = { kind: 'account', account: { kind: 'email', value: 'nobody@example.com' } };

describe('P4: who can no longer be identified', () => {
  let database: TestDatabase;
  let site: Site;
  let now = START;
  let nth = 0;
  const keys = memoryKeys();
  const needs = () => rightsNeeds(testPort(database.db, { keys, now: () => now }));
  /** Stores an event as the collector would: under the long salt of now, which is made on first use. */
  const visit = async (id: string): Promise<void> => {
    const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    const keepSalt = async (salt: Parameters<typeof insertSaltStatement>[0]): Promise<void> => {
      await database.db.client.execute(insertSaltStatement(salt));
    };
    const ring = createKeyring({ db: database.db, keys, randomBytes, now: () => now, hmacOf: nodeHmac, keepSalt });
    await ring.long(site.row, now);
    const visitor = await knownVisitorKey({ db: database.db, keys }, site, id as FirstPartyId, now);
    if (visitor === undefined) throw new Error('the salt lives');
    nth += 1;
    const row = {
      ...BOUGHT,
      id: String(nth).padStart(32, '0'),
      at: now,
      name: 'page_view',
      visitor,
      linked: 1 as const,
      purposes: 15,
      policyVersion: 1,
    };
    await acceptJobs(database.db, [{ site: site.row, day: 20_000, rows: [row], ledger: [] }]);
  };
  const answer = async (kind: RequestKind, subject: Subject) => {
    const answered = await answerRequest(needs(), site, { kind, subject, askedBy: 'officer' });
    if (!answered.ok) throw new Error(answered.error);
    return answered.value;
  };
  const eventsLeft = async (): Promise<number> =>
    Number((await database.db.client.execute('SELECT count(*) FROM events')).rows[0]?.[0]);
  const rotate = async (): Promise<void> => {
    await visit(OLD);
    now = AFTER;
    await destroyExpiredSalts({ db: database.db, keys }, now);
    await visit(NEW);
  };

  beforeEach(async () => {
    now = START;
    database = await openTestDatabase();
    await addSite(database.db, { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: now });
    const found = await findSite(database.db, 'shop' as SiteId);
    if (found === undefined) throw new Error('the site was added');
    site = found;
  });
  afterEach(() => database.close());

  it.each(['access', 'erasure', 'objection'] as const)(
    'is told so by %s once their salt is destroyed',
    async (kind) => {
      await rotate();
      for (const subject of [byId(OLD), byId(NOBODY), ACCOUNT]) {
        const request = await answer(kind, subject);
        expect(request).toMatchObject({ status: 'not_identified', outcome: { reason: 'salt_destroyed' } });
        expect(request.outcome?.receipt).toBeUndefined();
        const { meaning } = shownRequest(request, now);
        expect(meaning).toContain('can no longer be identified');
        if (kind !== 'access') expect(meaning?.includes('No browser is linked')).toBe(subject.kind === 'account');
      }
      const { rows } = await database.db.client.execute(
        'SELECT (SELECT count(*) FROM tombstones), (SELECT count(*) FROM objections), (SELECT count(*) FROM events)',
      );
      // What still comes under the keys of today is heard all the same; of a login nothing comes that is not linked.
      expect([0, 1, 2].map((at) => Number(rows[0]?.[at]))).toEqual([
        kind === 'erasure' ? 2 : 0,
        kind === 'objection' ? 2 : 0,
        2,
      ]);
    },
  );

  it.each(['access', 'erasure', 'objection'] as const)(
    'is still found by %s between the end of their salt and its destruction',
    async (kind) => {
      await visit(OLD);
      now = AFTER;
      await visit(NEW);
      const request = await answer(kind, byId(OLD));
      expect(request.status).toBe('done');
      expect(await eventsLeft()).toBe(kind === 'erasure' ? 1 : 2);
      if (kind === 'erasure') expect(request.outcome).toMatchObject({ rows: { events: 1, visitors: 1 } });
      if (kind === 'access') expect(request.outcome).toMatchObject({ rows: { visitors: 1 } });
      const objected = await database.db.client.execute('SELECT count(*) FROM visitors WHERE objected_at IS NOT NULL');
      if (kind === 'objection') expect(Number(objected.rows[0]?.[0])).toBe(1);
    },
  );

  it('is told so where the key of their salt is gone and its row is not', async () => {
    await visit(OLD);
    const [salt] = await readLongSalts(database.db, site.row);
    if (salt === undefined) throw new Error('there is a salt');
    now = AFTER;
    await visit(NEW);
    await keys.destroy(salt.kekId);
    expect(await answer('erasure', byId(OLD))).toMatchObject({
      status: 'not_identified',
      outcome: { reason: 'salt_destroyed' },
    });
    expect(await answer('erasure', byId(NEW))).toMatchObject({ status: 'done', outcome: { rows: { events: 1 } } });
  });

  it('is told so in the file, as data and as a page', async () => {
    await rotate();
    const file = await makeAccessFile(needs(), site, await answer('access', byId(OLD)));
    expect(file).toMatchObject({ status: 'not_identified', article: 'GDPR Art. 11', reason: 'salt_destroyed' });
    expect(accessHtml(file)).toContain('can no longer be identified');
  });

  it('is not said of who is known, nor where nothing of the time of a destroyed salt is left', async () => {
    await rotate();
    expect(await answer('erasure', byId(NEW))).toMatchObject({ status: 'done', outcome: { rows: { events: 1 } } });
    await setRetention(database.db, site, { events: 30 }, now);
    await purgeExpired({ db: database.db, holder: 'purge', clock: () => now }, now);
    const request = await answer('erasure', byId(OLD));
    expect(request).toMatchObject({ status: 'done', outcome: { rows: { events: 0 } } });
    expect(shownRequest(request, now).meaning).toContain('Nothing was found');
  });

  it('tells of a breach which part of the window is purged, and of the keys that imported history was stored under', async () => {
    await rotate();
    const longAgo = (START - 400 * DAY_MS) as EpochMs;
    const pack = async () => {
      const { sections } = await makeBreachPack(needs(), site, longAgo, (longAgo + DAY_MS) as EpochMs);
      return new Map(sections.map((section) => [section.heading, section]));
    };
    const keysOf = (await pack())
      .get('Keys')
      ?.table?.rows.map(([use, , state]) => [use, String(state).split(/[ :]/)[0]]);
    expect(keysOf).toEqual([
      ['long', 'ALIVE'],
      ['long', 'destroyed'],
    ]);
    expect(JSON.stringify((await pack()).get('What of the window is gone'))).toContain(
      'No purge that the log knows of',
    );
    await setRetention(database.db, site, { events: 30 }, now);
    await purgeExpired({ db: database.db, holder: 'purge', clock: () => now }, now);
    const gone = (await pack()).get('What of the window is gone');
    expect(gone?.table?.rows).toEqual([
      [new Date(now).toISOString(), new Date(now - 30 * DAY_MS).toISOString(), 'fewer than 10'],
    ]);
  });

  it('tells of a breach the receipts of its window alone', async () => {
    await visit(NEW);
    const visitor = await knownVisitorKey({ db: database.db, keys }, site, NEW as FirstPartyId, now);
    if (visitor === undefined) throw new Error('the salt lives');
    const choice = {
      visitor,
      kind: 'granted',
      receivedAt: now,
      purposes: 15,
      source: 'site',
      policyVersion: 1,
    } as const;
    await acceptJobs(database.db, [{ site: site.row, day: 20_000, rows: [], ledger: [], choices: [choice] }]);
    const receipts = async (from: number) => {
      const { sections } = await makeBreachPack(needs(), site, from as EpochMs, (from + DAY_MS) as EpochMs);
      const rows = sections.find(({ heading }) => heading === 'Data')?.table?.rows ?? [];
      return rows.find(([what]) => String(what).startsWith('receipt of consent'))?.[1];
    };
    expect(await receipts(START)).toBe('fewer than 10');
    expect(await receipts(START + DAY_MS)).toBe('0');
  });

  it('tells an assessment of profiles by the policy in force, before any run', async () => {
    const text = JSON.stringify(await makeDpia(needs(), site));
    expect(text).toContain('Evaluation or scoring (profiles): yes');
    const refusing: Site = { ...site, policy: { ...site.policy, purposes: 1 } };
    expect(JSON.stringify(await makeDpia(needs(), refusing))).toContain('Evaluation or scoring (profiles): no');
  });

  it('gives a file that a person can read: money in its currency, rights, and no name of a field', async () => {
    await visit(NEW);
    const file = await makeAccessFile(needs(), site, await answer('access', byId(NEW)));
    const page = accessHtml(file);
    for (const words of [
      '£9.00',
      '2 × Teapot (t1), £4.50',
      'GDPR Art. 6 (1) (a)',
      'Art. 77',
      'Art. 16',
      'Art. 22',
      'k-means',
    ])
      expect(page).toContain(words);
    for (const raw of ['minor_units', '&quot;', 'policyVersion']) expect(page).not.toContain(raw);
    const chinese = accessHtml(file, 'zh');
    expect(chinese).toContain('<html lang="zh">');
    for (const words of ['您的权利', '处理目的与法律依据', '自动化决策与画像']) expect(chinese).toContain(words);
  });

  it('is not said where no salt was destroyed: then nothing is stored, and the receipt says so', async () => {
    await visit(NEW);
    const request = await answer('erasure', ACCOUNT);
    expect(request).toMatchObject({ status: 'done', outcome: { rows: { events: 0 } } });
    expect(request.outcome?.receipt).toMatch(/^ey/);
    const file = await makeAccessFile(needs(), site, await answer('access', byId(NOBODY)));
    expect(file.status).toBe('nothing_stored');
    const objected = await answer('objection', ACCOUNT);
    expect(shownRequest(objected, now).meaning).toContain('No browser is linked to this login');
    expect(shownRequest(await answer('objection', byId(NOBODY)), now).meaning).toBeUndefined();
  });
});
