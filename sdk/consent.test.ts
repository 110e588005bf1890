// sdk/consent.test.ts: nothing leaves or is kept before it may (C1, C2, S1).
import { afterEach, describe, expect, it } from 'vitest';
import {
  bitsOf,
  DAY_MS,
  decideConsent,
  parseFirstPartyId,
  POLICIES,
  PURPOSE_BIT,
  PURPOSE_BITS_ALL,
} from '../contract/index.ts';
import { FLUSH_MS } from './delivery.ts';
import { ID_AGE_MS_MAX } from './first-party-id.ts';
import { MARK_KEY } from './mark.ts';
import { QUEUE_CHARS_MAX } from './queue.ts';
import type { Page } from './testing.ts';
import { closePage, consentOf, openPage, T0 } from './testing.ts';

const namesIn = (page: Page): readonly string[] => page.fetched.flatMap(({ e }) => e.map(({ n }) => n));
afterEach(closePage);

describe('C1: no consent, no link', () => {
  it.each([
    { why: 'nobody was asked', policy: 'standard', choice: undefined, action: 'day' },
    { why: 'it was refused', policy: 'standard', choice: 'refuse', action: 'count' },
    { why: 'no linking purpose was granted', policy: 'standard', choice: { purposes: ['share'] }, action: 'count' },
    { why: 'nobody was asked, exempt', policy: 'exempt', choice: undefined, action: 'day' },
  ] as const)('sends without an id and stores nothing when $why', async ({ policy, choice, action }) => {
    const page = await openPage({ policy, ...(choice === undefined ? {} : { consent: choice }) });
    await page.pass(FLUSH_MS);
    const [message] = page.fetched;
    expect(message).not.toHaveProperty('i');
    expect(decideConsent(POLICIES[policy], consentOf(message), false).action).toBe(action);
    expect(page.stored.size).toBe(0);
  });

  it('C2: tells the purposes that GPC leaves, where no header says that it is set', async () => {
    const page = await openPage({ consent: 'grant' }, { gpc: true });
    await page.pass(FLUSH_MS);
    expect(page.fetched.map(consentOf)).toEqual([{ state: 'granted', source: 'site', purposes: PURPOSE_BIT.measure }]);
  });

  it('makes an id of 128 random bits once consent comes, and keeps it', async () => {
    const page = await openPage();
    page.tag.consent('grant');
    await page.pass(FLUSH_MS);
    const [message] = page.fetched;
    expect(parseFirstPartyId(message?.i).ok).toBe(true);
    expect(message?.i?.split('-')).toHaveLength(5);
    expect(page.stored.get(MARK_KEY)).toBe(message?.i);
  });

  it.each([
    { why: 'a millisecond young enough', bornAt: T0 - ID_AGE_MS_MAX + 1, isKept: true },
    { why: 'exactly too old', bornAt: T0 - ID_AGE_MS_MAX, isKept: false },
    { why: 'a millisecond too old', bornAt: T0 - ID_AGE_MS_MAX - 1, isKept: false },
    { why: 'born now', bornAt: T0, isKept: true },
    { why: 'born in a millisecond, by a clock that was wrong', bornAt: T0 + 1, isKept: false },
    { why: 'born in a hundred years', bornAt: T0 + 36_525 * DAY_MS, isKept: false },
  ])('keeps an id that is $why: $isKept', async ({ bornAt, isKept }) => {
    const id = `${bornAt}-1-2-3-4`;
    const page = await openPage({ consent: 'grant' }, { stored: { [MARK_KEY]: id } });
    await page.pass(FLUSH_MS);
    expect(page.fetched[0]?.i === id).toBe(isKept);
    expect(page.stored.get(MARK_KEY)).toBe(page.fetched[0]?.i);
  });

  it('replaces what is no id', async () => {
    const page = await openPage({ consent: 'grant' }, { stored: { [MARK_KEY]: 'somebody else’s' } });
    await page.pass(FLUSH_MS);
    expect(parseFirstPartyId(page.fetched[0]?.i).ok).toBe(true);
  });

  it('wipes the id and the events gathered under it on withdrawal', async () => {
    const page = await openPage({ consent: 'grant' });
    await page.pass(FLUSH_MS);
    page.tag.track('before');
    page.tag.consent('refuse');
    page.tag.track('after');
    await page.pass(FLUSH_MS);
    expect(page.stored.size).toBe(0);
    expect(namesIn(page)).toEqual(['page_view', 'withdraw', 'after']);
    for (const message of page.fetched.slice(1)) expect(message).not.toHaveProperty('i');
  });

  it('does not bring back what was withdrawn while it was on its way', async () => {
    const page = await openPage(
      {},
      {
        reply: (attempt) => {
          if (attempt === 1) page.tag.consent('refuse');
          return { status: attempt === 1 ? 503 : 202 };
        },
      },
    );
    page.tag.consent('grant');
    await page.pass(FLUSH_MS);
    page.tag.track('after');
    await page.pass(10_000);
    expect(page.fetched.slice(1).flatMap(({ e }) => e.map(({ n }) => n))).toEqual(['withdraw', 'after']);
  });
});

describe('C1: separate consents', () => {
  it.each([
    { core: true, choice: { purposes: ['measure', 'cross_border', 'sensitive', 'publication', 'share'] } },
    { core: false, choice: { purposes: ['measure', 'cross_border', 'sensitive', 'publication', 'share'] } },
  ] as const)('are said by the site, in Core ($core) as in Full', async ({ core, choice }) => {
    const page = await openPage({ consent: choice }, { core });
    await page.pass(FLUSH_MS);
    expect(page.fetched.map(consentOf)).toEqual([
      { state: 'granted', source: 'site', purposes: bitsOf(choice.purposes) },
    ]);
  });

  it('are no part of a grant of everything, and can stand beside it', async () => {
    const page = await openPage({ consent: 'grant' });
    await page.pass(FLUSH_MS);
    const other = await openPage({ consent: 'grant cross_border' as 'grant' });
    await other.pass(FLUSH_MS);
    expect([...page.fetched, ...other.fetched].map(consentOf)).toMatchObject([
      { purposes: PURPOSE_BITS_ALL },
      { purposes: PURPOSE_BITS_ALL | PURPOSE_BIT.cross_border },
    ]);
  });
});

describe('C1: under a policy that drops, events wait for the answer', () => {
  it('sends what waited once consent comes', async () => {
    const page = await openPage({ policy: 'strict' });
    page.tag.view_item();
    await page.pass(60_000);
    expect(page.fetched).toEqual([]);
    page.tag.consent('grant');
    await page.pass(FLUSH_MS);
    expect(namesIn(page)).toEqual(['page_view', 'view_item']);
  });

  it('forgets what waited on refusal, also when consent comes later', async () => {
    const page = await openPage({ policy: 'strict' });
    page.tag.track('before');
    page.tag.consent('refuse');
    page.tag.track('between');
    page.tag.consent('grant');
    page.tag.track('after');
    await page.pass(FLUSH_MS);
    expect(namesIn(page)).toEqual(['after']);
  });

  it('treats a misspelt policy as the strictest', async () => {
    const page = await openPage({ policy: 'Standard' as 'standard' });
    await page.pass(60_000);
    expect(page.fetched).toEqual([]);
  });

  it.each([
    { why: 'small', calls: 2_500, text: 'x' },
    { why: 'large', calls: 50, text: 'x'.repeat(10_000) },
    { why: 'larger than the queue', calls: 5, text: 'x'.repeat(QUEUE_CHARS_MAX) },
  ])('keeps a bounded number of characters of $why events, and those that were first', async ({ calls, text }) => {
    const page = await openPage({ policy: 'strict' });
    for (let made = 0; made < calls; made += 1) page.tag.track('made', { text });
    page.tag.consent('grant');
    await page.pass(60_000);
    const kept = page.fetched.flatMap(({ e }) => e);
    expect(JSON.stringify(kept).length).toBeLessThanOrEqual(QUEUE_CHARS_MAX + 2);
    expect(kept[0]?.n).toBe('page_view');
    expect(kept.length).toBeLessThan(calls + 1);
  });

  it('counts, after a refusal, what was gathered before anybody was asked', async () => {
    const page = await openPage({ policy: 'standard' });
    page.tag.consent('refuse');
    await page.pass(FLUSH_MS);
    expect(page.fetched.map((message) => [consentOf(message).state, message.e[0]?.n])).toEqual([
      ['refused', 'page_view'],
    ]);
  });
});

describe('C2: the strictest signal wins', () => {
  it.each([
    { why: 'measure stays', purposes: ['measure', 'profile'], isLinked: true },
    { why: 'profile alone does not', purposes: ['profile'], isLinked: false },
  ] as const)('under GPC, $why', async ({ purposes, isLinked }) => {
    const page = await openPage({ consent: { purposes } }, { gpc: true });
    await page.pass(FLUSH_MS);
    expect(page.fetched[0]?.i !== undefined).toBe(isLinked);
  });

  it('stays silent after an opt-out, whatever is granted later, here and on the next page', async () => {
    const page = await openPage();
    page.tag.optOut();
    page.tag.consent('grant');
    page.tag.track('after');
    page.setHidden(true);
    await page.pass(60_000);
    expect([page.fetched, page.beacons]).toEqual([[], []]);
    const next = await openPage({ consent: 'grant' }, { stored: Object.fromEntries(page.stored) });
    await next.pass(60_000);
    expect(next.fetched).toEqual([]);
    expect([...next.stored.values()]).toEqual(['out']);
  });

  it('hears an opt-out that another tab told', async () => {
    const page = await openPage({ consent: 'grant' });
    await page.pass(FLUSH_MS);
    (page.stored as Map<string, string>).set(MARK_KEY, 'out');
    page.tag.track('after');
    await page.pass(60_000);
    expect(namesIn(page)).toEqual(['page_view']);
  });
});

describe('S1: storage is not touched before it may', () => {
  it('leaves storage alone while unasked visitors are dropped', async () => {
    const page = await openPage({ policy: 'strict' });
    await page.pass(60_000);
    page.setHidden(true);
    expect(page.storageUses()).toBe(0);
  });

  it('leaves storage alone when somebody without consent logs out, and starts anew with consent', async () => {
    const page = await openPage({ policy: 'strict' });
    page.tag.identify({});
    await page.pass(60_000);
    expect(page.storageUses()).toBe(0);
    page.tag.consent('grant');
    await page.pass(FLUSH_MS);
    page.tag.identify({});
    await page.pass(FLUSH_MS);
    expect(page.fetched[1]?.i).not.toBe(page.fetched[0]?.i);
    expect(namesIn(page)).not.toContain('withdraw');
  });

  it('keeps one id for the page where storage throws', async () => {
    const page = await openPage({ consent: 'grant' }, { storageThrows: true });
    await page.pass(FLUSH_MS);
    page.tag.track('again');
    await page.pass(FLUSH_MS);
    expect(page.fetched).toHaveLength(2);
    expect(page.fetched[0]?.i).toBe(page.fetched[1]?.i);
  });
}); // biome-ignore format: a list
