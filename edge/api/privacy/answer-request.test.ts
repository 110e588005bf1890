// edge/api/privacy/answer-request.test.ts: a request that was interrupted is finished, and whoever had the data is told (P4).
import { createHash } from 'node:crypto';
import { jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, FirstPartyId, VisitorKey } from '../../../contract/index.ts';
import { DAY_MS, HOUR_MS, ok } from '../../../contract/index.ts';
import type { KeyProvider } from '../../../core/index.ts';
import { KEY_BYTES } from '../../../core/index.ts';
import { findSite, findRequest } from '../../../store/index.ts';
import type { Db, Site } from '../../../store/index.ts';
import { acquireLease, markObjectors } from '../../../store/index.ts';
import type { TestDatabase } from '../../../store/testing.ts';
import { openTestDatabase } from '../../../store/testing.ts';
import { acceptJobs, addSite } from '../../../store/index.ts';
import { tokenKeysFrom } from '../../http/tokens.ts';
import { makeAccessFile } from './access-file.ts';
import { answerRequest, finishRequests } from './answer-request.ts';
import type { Ask, Destination, RightsNeeds } from './needs.ts';
import { shownRequest } from './shown.ts';

const T0 = 1_772_409_600_000 as EpochMs;
const KEY = 'a1b2c3d4e5f60718293a4b5c' as VisitorKey;
const SITE = 'shop' as Site['id'];
const ask = (kind: Ask['kind']): Ask => ({
  kind,
  askedBy: 'officer',
  subject: { kind: 'first_party_id', firstPartyId: '0123456789012345678901' as FirstPartyId },
});

let database: TestDatabase;
let site: Site;
beforeEach(async () => {
  database = await openTestDatabase();
  await addSite(database.db, { id: SITE, origins: [], policy: 'standard', floor: 50, at: T0 });
  const found = await findSite(database.db, SITE);
  if (found === undefined) throw new Error('the site was added');
  site = found;
  const rows = [1, 2, 3].map((nth) => ({
    id: String(nth).padStart(32, '0'), at: T0, name: 'page_view', visitor: KEY, linked: 1 as const, purposes: 15, policyVersion: 1,
  })); // biome-ignore format: a row
  await acceptJobs(database.db, [{ site: site.row, day: 20_000, rows, ledger: [] }]);
});
afterEach(() => database.close());

const keys: KeyProvider = {
  forgets: true,
  obtain: async (_, fresh) => fresh,
  read: async () => undefined,
  destroy: async () => undefined,
  secret: async () => new Uint8Array(KEY_BYTES).fill(3),
};
const needs = (over: Partial<RightsNeeds> = {}): RightsNeeds => ({
  db: database.db,
  keys,
  now: () => (T0 + DAY_MS) as EpochMs,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  identify: async () => ok({ visitors: [KEY], accounts: [] }),
  destinationsOf: async () => [],
  explainProfile: () => [],
  keepApart: async () => true,
  ...over,
});
const eventsLeft = async (): Promise<number> =>
  Number((await database.db.client.execute('SELECT count(*) FROM events')).rows[0]?.[0]);
const doneCount = async (): Promise<number> =>
  Number(
    (await database.db.client.execute("SELECT count(*) FROM privacy_requests WHERE status = 'done'")).rows[0]?.[0],
  );
const answered = async (kind: Ask['kind'], over: Partial<RightsNeeds> = {}) => {
  const answer = await answerRequest(needs(over), site, ask(kind));
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
};
const segmenterAtWork = () =>
  acquireLease(database.db, site.row, 'another', { now: T0 + DAY_MS, expiresAt: T0 + DAY_MS + HOUR_MS });

describe('P4: a request is finished whatever happens', () => {
  it.each(['erasure', 'objection'] as const)(
    '%s waits for the segmenter, and is finished by the schedule',
    async (kind) => {
      const lease = await segmenterAtWork();
      const open = await answered(kind);
      expect(shownRequest(open, T0 + DAY_MS)).toMatchObject({ status: 'open', daysLeft: 30 });
      expect(await finishRequests(needs())).toBe(0);
      await database.db.client.execute({ sql: 'DELETE FROM leases WHERE name = ?', args: [lease?.name ?? ''] });
      expect(await finishRequests(needs())).toBe(1);
      expect(await findRequest(database.db, site.row, open.id)).toMatchObject({ status: 'done' });
      expect(await finishRequests(needs())).toBe(0);
      expect(await eventsLeft()).toBe(kind === 'erasure' ? 0 : 3);
    },
  );

  it.each(['erasure', 'objection'] as const)(
    '%s killed before any of its calls is either not there or finished later',
    async (kind) => {
      for (let calls = 0; ; calls++) {
        let left = calls;
        const dying = new Proxy(database.db.client, {
          get: (target, name: keyof Db['client']) => {
            const value: unknown = Reflect.get(target, name);
            if (typeof value !== 'function') return value;
            return (...args: unknown[]): unknown => {
              if ((name === 'batch' || name === 'execute') && left-- <= 0) throw new Error('killed');
              return Reflect.apply(value as (...given: unknown[]) => unknown, target, args);
            };
          },
        });
        const db: Db = { ...database.db, client: dying };
        let isApart = false;
        const doneBefore = await doneCount();
        const keepApart = async (): Promise<boolean> => {
          if (left-- <= 0) throw new Error('killed');
          isApart = true;
          return true;
        };
        const ended = await answerRequest(needs({ db, keepApart }), site, ask(kind)).then(
          () => true,
          () => false,
        );
        if ((await doneCount()) > doneBefore) expect(isApart).toBe(true);
        await database.db.client.execute('DELETE FROM leases');
        await finishRequests(needs());
        const { rows } = await database.db.client.execute(
          `SELECT (SELECT count(*) FROM privacy_requests WHERE status = 'open'), (SELECT count(*) FROM privacy_requests),
          (SELECT count(*) FROM tombstones) + (SELECT count(*) FROM objections)`,
        );
        const [open, requests, promises] = [0, 1, 2].map((nth) => Number(rows[0]?.[nth]));
        expect(open).toBe(0);
        expect(requests === 0).toBe(promises === 0);
        if (kind === 'erasure' && requests !== 0) expect(await eventsLeft()).toBe(0);
        if (ended) return;
      }
    },
  );

  it.each(['erasure', 'objection'] as const)('%s waits for the second place, and says so once', async (kind) => {
    const open = await answered(kind, { keepApart: async () => false });
    expect(open).toMatchObject({ status: 'open' });
    expect(open.outcome?.receipt).toBeUndefined();
    expect(await finishRequests(needs({ keepApart: async () => false }))).toBe(0);
    const waiting = await findRequest(database.db, site.row, open.id);
    expect(waiting?.steps.filter(({ step }) => step === 'waiting_for_second_place')).toHaveLength(1);
    expect(await finishRequests(needs())).toBe(1);
    const done = await findRequest(database.db, site.row, open.id);
    expect(done).toMatchObject({ status: 'done' });
    if (kind === 'erasure') expect(done?.outcome).toMatchObject({ rows: { events: 3 } });
  });

  const receiptOf = async (jws: string | undefined) => {
    const { publicKey } = await tokenKeysFrom(new Uint8Array(KEY_BYTES).fill(3));
    return (await jwtVerify(jws ?? '', publicKey)).payload;
  };
  const DIGEST = createHash('sha256').update(`hushtag erased ${SITE} ${KEY}`).digest('hex');
  /** Two destinations; `ads` answers where `works` says so. */
  const two = (told: unknown[], works: () => boolean): Pick<RightsNeeds, 'destinationsOf'> => ({
    destinationsOf: async () =>
      ['crm', 'ads'].map(
        (name): Destination => ({
          name,
          purpose: 'newsletters',
          forget: async (erasure) => {
            told.push([name, erasure]);
            return name === 'crm' || works();
          },
        }),
      ),
  });

  it('tells every destination by a digest, tries the silent ones again, and the receipt says who was told', async () => {
    const told: unknown[] = [];
    let works = false;
    const over = two(told, () => works);
    const open = await answered('erasure', over);
    expect(open.status).toBe('open');
    expect(shownRequest(open, T0)).not.toHaveProperty('untold');
    expect(open.steps.map(({ step }) => step)).toContain('waiting_for_destination');
    expect(await eventsLeft()).toBe(0);
    expect(await finishRequests(needs(over))).toBe(0);
    works = true;
    expect(await finishRequests(needs(over))).toBe(1);
    const message = { receipt: open.id, visitors: [DIGEST] };
    expect(told).toEqual(['crm', 'ads', 'ads', 'ads'].map((name) => [name, message]));
    const done = await findRequest(database.db, site.row, open.id);
    expect(await receiptOf(done?.outcome?.receipt)).toMatchObject({
      jti: open.id,
      rows: { events: 3, visitors: 1 },
      destinations: [
        { name: 'crm', told: true },
        { name: 'ads', told: true },
      ],
    });
    expect(done?.outcome).not.toHaveProperty('untold');
  });

  it.each([
    { why: 'a moment before three days', ms: 3 * DAY_MS - 1, closed: 0 },
    { why: 'after three days', ms: 3 * DAY_MS, closed: 1 },
  ])('gives a destination up $why: $closed, and the receipt says so', async ({ ms, closed }) => {
    const over = two([], () => false);
    const { id, askedAt } = await answered('erasure', over);
    expect(await finishRequests(needs({ ...over, now: () => (askedAt + ms) as EpochMs }))).toBe(closed);
    const { outcome } = (await findRequest(database.db, site.row, id)) ?? {};
    expect(outcome?.destinations).toEqual([
      { name: 'crm', told: true },
      { name: 'ads', told: false },
    ]);
    expect(outcome?.receipt === undefined).toBe(closed === 0);
  });

  it('takes an objection back: what comes afterwards may be profiled again', async () => {
    await answered('objection');
    const objected = async () =>
      (
        await database.db.client.execute('SELECT objected_at, (SELECT count(*) FROM objections) FROM visitors')
      ).rows.map((row) => [row[0] === null, row[1]]);
    expect(await objected()).toEqual([[false, 1]]);
    expect(await answered('objection_withdrawal')).toMatchObject({ status: 'done' });
    expect(await objected()).toEqual([[true, 0]]);
    await markObjectors(database.db, site.row);
    expect(await objected()).toEqual([[true, 0]]);
  });
});

describe('P6: showing the id of a browser', () => {
  const OWN = 'b0b1b2b3b4b5b6b7b8b9babb' as VisitorKey;
  const account = { kind: 'email' as const, key: 'c0c1c2c3c4c5c6c7c8c9cacb' };
  const accept = (visitor: string, id: string, over: object = {}) =>
    acceptJobs(database.db, [
      {
        site: site.row,
        day: 20_000,
        ledger: [],
        rows: [
          { id: id.repeat(32), at: T0, name: 'page_view', visitor, linked: 1, purposes: 15, policyVersion: 1, ...over },
        ],
      },
    ]);
  const fileOf = async (askedBy: Ask['askedBy'], visitor: VisitorKey) => {
    const own = needs({ identify: async () => ok({ visitors: [visitor], accounts: [] }) });
    const answer = await answerRequest(own, site, { ...ask('access'), askedBy });
    if (!answer.ok) throw new Error(answer.error);
    const file = await makeAccessFile(own, site, answer.value);
    return file.status === 'found' ? file.data : undefined;
  };
  const identify = (visitor: string, id: string) => accept(visitor, id, { name: 'identify', accounts: [account] });
  const join = (visitor: number, segment: string) =>
    database.db.client.execute({
      sql: 'INSERT INTO memberships (site_id, segment_id, visitor) VALUES (?, ?, ?)',
      args: [site.row, segment, visitor],
    });

  it('tells no segment of a login that the browser only claims, linked, unlinked, or unknown to the site', async () => {
    await identify(KEY, 'a');
    await identify(OWN, 'b');
    await join(1, 'of-the-other');
    await join(2, 'of-both');
    expect((await fileOf('officer', OWN))?.segments).toHaveLength(2);
    const claimed = await fileOf('visitor', OWN);
    expect(claimed).toMatchObject({ segments: [], segmentsWithheld: 'login', logins: [{ by: 'email' }] });
    // What the last run made of the link stays until the next.
    const own = needs({ identify: async () => ok({ visitors: [OWN], accounts: [] }) });
    await answerRequest(own, site, { ...ask('unlink'), askedBy: 'visitor' });
    expect(await fileOf('visitor', OWN)).toMatchObject({ segments: [], segmentsWithheld: 'login', logins: [] });
  });

  it('tells the segments of a browser that nobody was identified on', async () => {
    await join(1, 'own');
    const file = await fileOf('visitor', KEY);
    expect(file).toMatchObject({ segments: [{ id: 'own' }] });
    expect(file).not.toHaveProperty('segmentsWithheld');
  });
});
