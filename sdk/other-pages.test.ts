// sdk/other-pages.test.ts: what one page of a site hears of a choice in another: a second tab, or one from the back/forward cache (C1).
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { WireBatch } from '../contract/index.ts';
import type { Hushtag } from './api.ts';
import { FLUSH_MS } from './delivery.ts';
import { MARK_KEY } from './mark.ts';
import type { Page, PageSetup } from './testing.ts';
import { closePage, consentOf, openBeside, openPage, T0 } from './testing.ts';

const ID = `${T0 - 1_000}-11-22-33-44`;

interface TwoPages {
  readonly page: Page;
  readonly here: Hushtag;
  readonly other: Hushtag;
  readonly storedId: () => string | undefined;
  /** Messages of the other page, from now on. */
  readonly heardOfOther: () => readonly WireBatch[];
}

/** Two pages of one site under a grant, both of which have sent under the id. */
async function openTwo(policy: 'strict' | 'standard' | 'exempt', setup: PageSetup = {}): Promise<TwoPages> {
  const options = { policy, consent: { purposes: ['measure'] } } as const;
  const page = await openPage(options, { stored: { [MARK_KEY]: ID }, ...setup });
  const other = await openBeside(options);
  await page.pass(FLUSH_MS);
  const before = page.fetched.length;
  return {
    page,
    here: page.tag,
    other,
    storedId: () => page.stored.get(MARK_KEY),
    heardOfOther: () => page.fetched.slice(before).filter(({ s }) => s === 'beside'),
  };
}
afterEach(closePage);

describe('C1: who withdraws in one page has withdrawn in all', () => {
  it.each([
    { policy: 'strict', told: [] },
    { policy: 'standard', told: ['refused'] },
    { policy: 'exempt', told: [] },
  ] as const)('under $policy another one goes on as refused', async ({ policy, told }) => {
    const { page, here, other, storedId, heardOfOther } = await openTwo(policy);
    expect(new Set(page.fetched.map(({ i }) => i))).toEqual(new Set([ID]));
    here.consent('refuse');
    await page.pass(100);
    other.track('first');
    await page.pass(100);
    other.track('second');
    await page.pass(60_000);
    expect(heardOfOther().map((message) => [message.i, consentOf(message).state])).toEqual(
      told.map((state) => [undefined, state]),
    );
    expect(storedId()).toBeUndefined();
  });

  it('what another one could not deliver yet is dropped, and never said under the id again', async () => {
    let isOffline = false;
    const reply = () => {
      if (isOffline) throw new TypeError('Failed to fetch');
      return { status: 202 };
    };
    const { page, here, other, heardOfOther } = await openTwo('standard', { reply });
    isOffline = true;
    other.track('undelivered');
    await page.pass(FLUSH_MS);
    here.consent('refuse');
    isOffline = false;
    const tried = heardOfOther().length;
    await page.pass(600_000);
    expect(tried).toBeGreaterThan(0);
    expect(heardOfOther().slice(tried)).toEqual([]);
    expect(page.stored.size).toBe(0);
  });

  it('one that the back/forward cache brings back sends its view unlinked', async () => {
    const { page, here, other, storedId } = await openTwo('standard');
    page.setHidden(true);
    here.consent('refuse');
    const before = page.fetched.length;
    page.setHidden(false);
    page.fire('pageshow', { persisted: true });
    other.track('after_restore');
    await page.pass(60_000);
    other.track('later');
    await page.pass(60_000);
    const heard = page.fetched.slice(before);
    expect(heard.flatMap(({ e }) => e.map(({ n }) => n))).toContain('later');
    expect(heard.filter(({ i }) => i !== undefined)).toEqual([]);
    expect(storedId()).toBeUndefined();
  });

  it('goes on under another id once it is told of a new choice itself', async () => {
    const { page, here, other, storedId, heardOfOther } = await openTwo('strict');
    here.consent('refuse');
    await page.pass(100);
    other.consent('grant');
    other.track('agreed_anew');
    await page.pass(100);
    expect(heardOfOther().map(({ i }) => i)).toEqual([storedId()]);
    expect(storedId()).not.toBe(ID);
  });

  it('or under the new one of the page where the visitor agreed again, which is the latest choice', async () => {
    const { page, here, other, storedId, heardOfOther } = await openTwo('strict');
    here.consent('refuse');
    here.consent('grant');
    here.track('agreed_anew');
    await page.pass(100);
    other.track('after');
    await page.pass(100);
    expect(heardOfOther().map(({ i }) => i)).toEqual([storedId()]);
    expect([undefined, ID]).not.toContain(storedId());
  });

  it('a log-out in one page is none: the other goes on under the next visitor’s id', async () => {
    const { page, here, other, storedId, heardOfOther } = await openTwo('strict');
    here.identify({});
    other.track('after');
    await page.pass(100);
    expect(heardOfOther().map(({ i }) => i)).toEqual([storedId()]);
    expect([undefined, ID]).not.toContain(storedId());
  });

  it.each([
    { why: 'is blocked', setup: { storageThrows: true } },
    { why: 'is full', setup: { storageIsFull: true, stored: {} } },
  ])('a page whose storage $why keeps its id as long as it lives', async ({ setup }) => {
    const page = await openPage({ policy: 'strict', consent: 'grant' }, setup);
    for (const name of ['one', 'two', 'three']) {
      page.tag.track(name);
      await page.pass(FLUSH_MS);
    }
    const ids = page.fetched.map(({ i }) => i);
    expect(ids.length).toBeGreaterThan(2);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^\d{13}-/);
    page.tag.consent('refuse');
    page.tag.consent('grant');
    page.tag.track('anew');
    await page.pass(FLUSH_MS);
    expect(ids).not.toContain(page.fetched.at(-1)?.i);
  });
});

describe('C1: in whatever order two pages are told and seen', () => {
  const act = fc.constantFrom(
    'grant',
    'refuse',
    'measure',
    'track',
    'log out',
    'hide',
    'restore',
    'go offline',
    'come online',
    'wait',
  );
  const steps = fc.array(fc.record({ of: fc.constantFrom('here', 'other'), act }), { minLength: 4, maxLength: 24 });

  it('no message carries an id that was withdrawn, and storage never holds it again', async () => {
    let isOffline = false;
    const reply = () => {
      if (isOffline) throw new TypeError('Failed to fetch');
      return { status: 202 };
    };
    const run = async (taken: readonly { readonly of: string; readonly act: string }[]): Promise<void> => {
      isOffline = false;
      const { page, here, other, storedId } = await openTwo('standard', { reply });
      const withdrawn = new Set<string | undefined>();
      for (const { of, act: what } of taken) {
        const seen = [page.fetched.length, page.beacons.length] as const;
        const tag = of === 'here' ? here : other;
        const before = storedId();
        if (what === 'grant' || what === 'refuse') tag.consent(what);
        else if (what === 'measure') tag.consent({ purposes: ['measure'] });
        else if (what === 'track') tag.track('did');
        else if (what === 'log out') tag.identify({});
        else if (what === 'hide') page.setHidden(true);
        else if (what === 'restore') {
          page.setHidden(false);
          page.fire('pageshow', { persisted: true });
        } else if (what === 'wait') await page.pass(10_000);
        else isOffline = what === 'go offline';
        // Whoever refuses has withdrawn what stood there.
        if (what === 'refuse' && before !== undefined) withdrawn.add(before);
        await page.pass(20);
        expect(withdrawn).not.toContain(storedId());
        for (const { i } of [...page.fetched.slice(seen[0]), ...page.beacons.slice(seen[1])]) {
          if (i !== undefined) expect(withdrawn).not.toContain(i);
        }
      }
      closePage();
    };
    await fc.assert(fc.asyncProperty(steps, run), { numRuns: 25, endOnFailure: true });
  });
});
