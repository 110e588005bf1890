// edge/collector/replay-letters.test.ts: a letter comes to what its event would have come to, and moves once (D1, D2).
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, SiteId } from '../../contract/index.ts';
import { DAY_MS, eventIdFrom, PURPOSE_BITS_ALL } from '../../contract/index.ts';
import { decodeBatch } from '../../contract/wire-decode.ts';
import type { TrackingPlan } from '../../core/index.ts';
import { presetPolicy } from '../../core/index.ts';
import type { Site } from '../../store/index.ts';
import { acceptJobs, addSite, readLetters } from '../../store/index.ts';
import type { TestDatabase } from '../../store/testing.ts';
import { openTestDatabase } from '../../store/testing.ts';
import { acceptBatch } from './accept-batch.ts';
import { replayLetters } from './replay-letters.ts';

const NOW = (20_000 * DAY_MS + 3_600_000) as EpochMs;
const site: Site = {
  row: 1,
  id: 'shop' as SiteId,
  origins: [],
  policy: presetPolicy('standard'),
  policyVersion: 1,
  floor: 50,
  botRules: [],
};
const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const hmac = async (message: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest('SHA-256', message));

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
  await addSite(database.db, { id: site.id, origins: [], policy: 'standard', floor: 50, at: NOW });
});
afterEach(() => database.close());

const keyring = Object.assign(() => Promise.resolve(hmac), { long: () => Promise.resolve({ hmac }) });

/** Sends events as a page of a visitor who agreed would. */
async function send(
  events: readonly object[],
  consent: unknown = ['g', PURPOSE_BITS_ALL, 1],
  of: Site = site,
  source?: string,
) {
  const message = { v: 1, s: 'shop', t: NOW, c: consent, i: 'first-party-visitor-000001', e: events };
  const decoded = decodeBatch(JSON.stringify(message));
  if (!decoded.ok) throw new Error(decoded.error);
  const accepted = await acceptBatch(decoded.value, {
    site: of,
    sender: {
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      network: '10.0.0.0',
    },
    imported: false,
    gpc: false,
    bot: undefined,
    now: NOW,
    via: 'collect',
    source,
    saltHmac: keyring,
    randomBytes,
  });
  await acceptJobs(database.db, [accepted.job]);
  return accepted.job;
}
const needs = () => ({
  db: database.db,
  now: () => NOW,
  transact: async (
    statements: Parameters<typeof replayLetters>[0] extends { transact: (s: infer S) => unknown } ? S : never,
  ) => {
    await database.db.client.batch([...statements], 'write');
  },
});
const ALL = { after: 0, limit: 500 };
const replay = (mapping = {}, dryRun = false) => replayLetters(needs(), site, { choice: ALL, mapping, dryRun });
const rows = async (sql: string) => (await database.db.client.execute(sql)).rows.map((row) => ({ ...row }));
const fresh = () => eventIdFrom(NOW, randomBytes(10));

const soundArb = fc.record(
  {
    n: fc.constantFrom('page_view', 'purchase', 'order_12345678'),
    u: fc.webUrl({ withQueryParameters: true, withFragments: true }),
    r: fc.constantFrom('https://search.example/?q=x', 'https://shop.example/a/b', 'no url'),
    h: fc.string({ maxLength: 60 }),
    p: fc.dictionary(
      fc.oneof(
        fc.stringMatching(/^[a-z]{1,8}$/),
        fc.constantFrom('email', 'coupon', 'transaction_id', 'value', 'currency'),
      ),
      fc.oneof(
        fc.string({ maxLength: 30 }),
        fc.integer({ min: -999_999, max: 999_999 }),
        fc.constantFrom('a@b.example', 'EUR', 25.5),
        fc.boolean(),
      ),
      { maxKeys: 5 },
    ),
  },
  { requiredKeys: ['n'] },
);

describe('D1: replaying', () => {
  it('a letter gives the row that its event would have been', async () => {
    const direct = (job: Awaited<ReturnType<typeof send>>) => job.rows.map(({ id: _id, ...row }) => row);
    await fc.assert(
      fc.asyncProperty(soundArb, async (event) => {
        const sound = await send([{ ...event, i: fresh(), t: NOW }]);
        if (sound.rows.length === 0) return;
        // The same event without a time that can be read: refused, kept, and taken when it came.
        const before = await rows('SELECT coalesce(max(seq), 0) AS seq FROM events');
        await send([{ ...event, i: fresh(), t: 'now' }]);
        expect((await replay()).replayed).toBe(1);
        const [first, second] = await rows(
          `SELECT at, name, visitor, purposes, policy_version, path, title, referrer, campaign, hex(order_key) AS o, currency,
            value, tax, shipping, discount, coupon, items, properties FROM events WHERE seq >= ${Number(before[0]?.['seq'])} ORDER BY seq`,
        );
        expect(second).toEqual(first);
        expect(direct(sound)).toHaveLength(1);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the event’s id, so that the sound event sent again is a duplicate', async () => {
    const id = fresh();
    await send([{ i: id, n: 'page_view', t: 'now' }]);
    await replay();
    await send([{ i: id, n: 'page_view', t: NOW }]);
    expect(await rows('SELECT outcome, events FROM ledger WHERE events > 0 ORDER BY outcome')).toEqual([
      { outcome: 'duplicate', events: 1 },
      { outcome: 'received', events: 2 },
      { outcome: 'stored', events: 1 },
    ]);
  });

  it('refuses again what is still wrong, says where, and changes nothing', async () => {
    await send([{ i: fresh(), n: 'Not A Name', t: NOW }]);
    expect(await replay()).toMatchObject({ replayed: 0, refused: [{ reason: 'malformed_event', pointer: '/n' }] });
    expect(await readLetters(database.db, 1, ALL)).toHaveLength(1);
  });

  it('takes fields from where a mapping says', async () => {
    await send([{ i: fresh(), n: 'purchase', t: NOW, m: { c: 'GBP', v: 12.5 }, p: { minor: 1_250 } }]);
    expect(await replay()).toMatchObject({ refused: [{ pointer: '/m/v' }] });
    expect(await replay({ '/p/minor': '/m/v' }, true)).toMatchObject({ replayed: 1 });
    expect(await rows('SELECT * FROM events')).toEqual([]);
    expect(await replay({ '/p/minor': '/m/v' })).toMatchObject({ replayed: 1 });
    expect(await rows('SELECT value, properties FROM events')).toEqual([{ value: 1_250, properties: null }]);
  });

  it('of several at once moves each letter once', async () => {
    await send(Array.from({ length: 20 }, () => ({ i: fresh(), n: 'page_view', t: 'now' })));
    const reports = await Promise.all([replay(), replay(), replay()]);
    expect(reports.reduce((sum, { replayed }) => sum + replayed, 0)).toBe(20);
    expect(await rows('SELECT count(*) AS n FROM events')).toEqual([{ n: 20 }]);
  });

  it('names a letter whose body was too large to keep', async () => {
    const items = Array.from({ length: 900 }, (_, nth) => ({ i: `a-product-with-a-long-number-${nth}`, p: 0.5 }));
    await send([{ i: fresh(), n: 'purchase', t: NOW, m: { c: 'GBP', l: items } }]);
    expect(await replay()).toMatchObject({ replayed: 0, refused: [{ reason: 'body_not_kept' }] });
  });
});

describe('C1: letters without consent', () => {
  it.each([
    { why: 'agreed: the lasting key', consent: ['g', 15, 1], letters: [{ linked: 1, purposes: 15 }] },
    { why: 'was not asked: the day’s key', consent: ['u', 0, 0], letters: [{ linked: 0, purposes: 0 }] },
    { why: 'refused: no key', consent: ['r', 0, 1], letters: [{ linked: 0, visitor: undefined }] },
  ])('of a visitor who $why', async ({ consent, letters }) => {
    await send([{ i: fresh(), n: 'page_view', t: 'now' }], consent);
    expect(await readLetters(database.db, 1, ALL)).toMatchObject(letters);
  });

  it('P1: are what becomes of personal data where the policy refuses it, and a replay obeys the policy too', async () => {
    const rejecting: Site = { ...site, policy: { ...presetPolicy('standard'), properties: 'reject' } };
    const job = await send(
      [{ i: fresh(), n: 'signup', t: NOW, p: { email: 'jo@mail.example' } }],
      undefined,
      rejecting,
    );
    expect(job.ledger).toContainEqual({ outcome: 'invalid', reason: 'personal_data', events: 1 });
    const [letter] = await readLetters(database.db, 1, ALL);
    expect(letter).toMatchObject({ reason: 'personal_data', pointer: '/p' });
    expect(letter?.body).not.toContain('mail.example');
    const request = { choice: ALL, mapping: {}, dryRun: false };
    expect((await replayLetters(needs(), rejecting, request)).refused).toMatchObject([{ reason: 'personal_data' }]);
    expect((await replayLetters(needs(), site, request)).replayed).toBe(1);
  });

  it('P1: an allow-list and a list of query parameters say what a row holds', async () => {
    const policy = {
      ...presetPolicy('standard'),
      properties: 'allow-list',
      allowedProperties: ['size'],
      query: ['page'],
    } as const;
    const event = {
      i: fresh(),
      n: 'view',
      t: NOW,
      u: 'https://shop.example/a?sid=x&page=2',
      p: { size: 3, colour: 'red' },
    };
    const job = await send([event], undefined, { ...site, policy: { ...policy, titles: 'allow-list' } });
    expect(job.rows[0]).toMatchObject({ path: '/a?page=2', properties: '{"size":3}' });
  });

  it('are not kept where the policy drops such visitors', async () => {
    const strict = { ...site, policy: presetPolicy('strict') };
    const decoded = decodeBatch(JSON.stringify({ v: 1, s: 'shop', t: NOW, c: ['u', 0, 0], e: [{}] }));
    if (!decoded.ok) throw new Error('the message is sound');
    const { job } = await acceptBatch(decoded.value, {
      site: strict,
      sender: { userAgent: 'Firefox' },
      imported: false,
      gpc: false,
      bot: undefined,
      now: NOW,
      via: 'collect',
      saltHmac: keyring,
      randomBytes,
    });
    expect(job.letters).toBeUndefined();
    expect(job.ledger).toContainEqual({ outcome: 'invalid', reason: 'malformed_event', events: 1 });
  });
});

describe('D2: events that a tracking plan refuses', () => {
  const strict: TrackingPlan = {
    unknownEvents: 'reject',
    unknownProperties: 'reject',
    mismatches: 'reject',
    events: { quiz_done: { properties: { score: { type: 'integer', required: true } } } },
  };
  const planned = (plan: TrackingPlan): Site => ({ ...site, plan });
  const replayBy = (of: Site) => replayLetters(needs(), of, { choice: ALL, mapping: {}, dryRun: false });

  it.each([
    { why: 'an unknown event', event: { n: 'quiz_won' }, reason: 'plan_unknown_event', pointer: '/n' },
    { why: 'a missing property', event: { n: 'quiz_done' }, reason: 'plan_missing_property', pointer: '/p/score' },
    {
      why: 'a property of another type',
      event: { n: 'quiz_done', p: { score: 'high' } },
      reason: 'plan_wrong_type',
      pointer: '/p/score',
    },
    {
      why: 'an unknown property',
      event: { n: 'quiz_done', p: { score: 1, colour: 'red' } },
      reason: 'plan_unknown_property',
      pointer: '/p/*',
    },
  ])('are letters that become events once the plan has changed: $why', async ({ event, reason, pointer }) => {
    await send([{ ...event, i: fresh(), t: NOW }], undefined, planned(strict));
    expect(await readLetters(database.db, site.row, ALL)).toMatchObject([{ reason, pointer }]);
    expect(await replayBy(planned(strict))).toMatchObject({ replayed: 0, refused: [{ reason, pointer }] });
    const mild = { ...strict, unknownEvents: 'warn', unknownProperties: 'allow', mismatches: 'warn' } as const;
    expect(await replayBy(planned(mild))).toMatchObject({ replayed: 1, refused: [] });
    expect(await rows('SELECT outcome, reason, events FROM ledger WHERE events <> 0 ORDER BY outcome')).toEqual([
      { outcome: 'received', reason: '', events: 1 },
      { outcome: 'stored', reason: '', events: 1 },
    ]);
  });

  it('keep the source they came from', async () => {
    const letter = { i: fresh(), n: 'quiz_won', t: NOW };
    await send([letter], undefined, planned(strict), 'crm');
    await replayBy(site);
    expect(await rows('SELECT source FROM events CROSS JOIN contexts ON contexts.id = context')).toEqual([
      { source: 'crm' },
    ]);
  });
});
