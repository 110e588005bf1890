// e2e/tag/consent.test.ts
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { setTraps, touchedIn } from './traps.ts';
import type { Tagged } from './use-stage.ts';
import { consent, isReady, track, useStage } from './use-stage.ts';

const stage = useStage({ initScript: setTraps });

const storedIn = async (page: Page): Promise<readonly string[]> => {
  const { origins } = await page.context().storageState();
  return origins.flatMap(({ localStorage }) => localStorage.map(({ name }) => name));
};

describe('C1, S1: nothing is stored or sent before it may', () => {
  it('touches nothing under the strict policy until the visitor agrees, then sends what waited', async () => {
    stage.serve('/', { attributes: 'data-policy="strict"' });
    const page = await stage.open('/');
    await isReady(page);
    await track(page, 'waited');
    expect(await touchedIn(page)).toEqual([]);
    // A page that may send, to be sure that the first had its chance.
    await stage.open('/other');
    await stage.arrived('page_view', 1);
    expect(await touchedIn(page)).toEqual([]);
    expect(stage.events().map(({ u }) => u)).toEqual([`${stage.site}/other`]);
    await consent(page, 'grant');
    await stage.arrived('waited');
    expect(stage.arrivals.at(-1)?.message).toMatchObject({
      c: ['g', 'measure,profile,personalise,share', 1],
    });
    expect(stage.arrivals.at(-1)?.message.i).toMatch(/^\d{13}(-\d+){4}$/);
    expect(stage.arrivals.at(-1)?.message.e.map(({ n }) => n)).toEqual(['page_view', 'waited']);
    expect(await storedIn(page)).toEqual(['hushtag']);
  });

  it('counts an unasked visitor under the standard policy, and stores nothing', async () => {
    const page = await stage.open('/');
    await stage.arrived('page_view');
    expect(stage.arrivals[0]?.message).not.toHaveProperty('i');
    expect(new Set(await touchedIn(page))).toEqual(new Set(['localStorage', 'fetch']));
    expect(await storedIn(page)).toEqual([]);
  });

  it('sends nothing after a refusal under the strict policy', async () => {
    stage.serve('/', { attributes: 'data-policy="strict"' });
    const page = await stage.open('/');
    await isReady(page);
    await consent(page, 'refuse');
    await track(page, 'refused');
    await page.close({ runBeforeUnload: false });
    await stage.open('/other');
    await stage.arrived('page_view');
    expect(stage.events().map(({ u }) => u)).toEqual([`${stage.site}/other`]);
  });

  it('counts a refusal under the standard policy without an id', async () => {
    stage.serve('/', { attributes: 'data-consent="refuse"' });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    expect(stage.arrivals[0]?.message.c).toEqual(['g', '', 1]);
    expect(stage.arrivals[0]?.message).not.toHaveProperty('i');
    expect(await storedIn(page)).toEqual([]);
  });
});

describe('C1: who withdraws in one page has withdrawn in all', () => {
  const idIn = async (page: Page): Promise<unknown> => page.evaluate(() => localStorage.getItem('hushtag'));

  it.each([
    { policy: 'standard', told: [['g', '', 1]] },
    { policy: 'strict', told: [] },
  ])('also in another tab under $policy, which goes on as refused and writes no id', async ({ policy, told }) => {
    const attributes = `data-policy="${policy}" data-consent="measure profile"`;
    for (const path of ['/', '/other']) stage.serve(path, { attributes });
    const here = await stage.open('/');
    await stage.arrived('page_view', 1);
    const other = await stage.open('/other');
    await stage.arrived('page_view', 2);
    const { i: id } = stage.arrivals[1]?.message ?? {};
    expect([await idIn(here), await idIn(other)]).toEqual([id, id]);
    await consent(here, 'refuse');
    await stage.arrived('withdraw');
    await other.waitForFunction(() => localStorage['hushtag'] === undefined);
    const before = stage.arrivals.length;
    for (const name of ['first', 'second']) await track(other, name);
    // A page that may send, to be sure that the other had its chance.
    await consent(here, 'grant');
    await track(here, 'agreed_again');
    await stage.arrived('agreed_again');
    const after = stage.arrivals.slice(before).map(({ message }) => message);
    expect(after.filter(({ e }) => e.some(({ n }) => n === 'second')).map(({ c }) => c)).toEqual(told);
    expect(after.map(({ i }) => i)).not.toContain(id);
    const anew = after.at(-1)?.i;
    expect([await idIn(here), await idIn(other)]).toEqual([anew, anew]);
    // Told of a choice itself, the other goes on under the id that stands there.
    await consent(other, 'grant');
    await track(other, 'agreed_too');
    await stage.arrived('agreed_too');
    expect(stage.arrivals.at(-1)?.message.i).toBe(anew);
  });
});

describe('C1: the first-party id', () => {
  it('is the same on the next page, and gone with the events that waited once consent is withdrawn', async () => {
    stage.serve('/', { attributes: 'data-consent="measure profile"' });
    stage.serve('/next', { attributes: 'data-consent="measure profile"' });
    await stage.open('/');
    await stage.arrived('page_view', 1);
    const page = await stage.open('/next');
    await stage.arrived('page_view', 2);
    const [first, second] = stage.arrivals.map(({ message }) => message.i);
    expect(second).toBe(first);
    await page.evaluate(() => {
      const { hushtag } = window as unknown as Tagged;
      hushtag.track('under_the_grant');
      hushtag.consent('refuse');
      hushtag.track('after_it');
    });
    await stage.arrived('after_it');
    expect(stage.events().map(({ n }) => n)).toEqual(['page_view', 'page_view', 'withdraw', 'after_it']);
    expect(stage.events()[2]?.p).toEqual([first]);
    expect(stage.arrivals.at(-2)?.message).not.toHaveProperty('i');
    expect(stage.arrivals.at(-1)?.message).not.toHaveProperty('i');
    expect(await storedIn(page)).toEqual([]);
  });

  it('is another after a new grant', async () => {
    const page = await stage.open('/');
    await isReady(page);
    await consent(page, 'grant');
    await stage.arrived('page_view');
    await consent(page, 'refuse');
    await consent(page, 'grant');
    await track(page, 'again');
    await stage.arrived('again');
    expect(stage.arrivals.at(-1)?.message.i).toBeDefined();
    expect(stage.arrivals.at(-1)?.message.i).not.toBe(stage.arrivals[0]?.message.i);
  });

  it('C2: is not made under GPC for profiling alone', async () => {
    await stage.context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
    stage.serve('/', { attributes: 'data-consent="profile"' });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    expect(stage.arrivals[0]?.message).not.toHaveProperty('i');
    expect(await storedIn(page)).toEqual([]);
  });

  it('C2: an opt-out silences this page and the next, whatever is granted', async () => {
    stage.serve('/next', { attributes: 'data-consent="grant"' });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    await page.evaluate(() => {
      const { hushtag } = window as unknown as Tagged;
      hushtag.track('before');
      hushtag.optOut();
      hushtag.consent('grant');
      hushtag.track('after');
    });
    await page.goto(`${stage.site}/next`);
    await isReady(page);
    await page.close({ runBeforeUnload: false });
    // Another browser context: the opt-out is this browser's alone.
    const other = await stage.browser.newContext();
    await (await other.newPage()).goto(`${stage.site}/other`);
    await stage.arrived('page_view', 2);
    await other.close();
    expect(stage.events().map(({ n, u }) => [n, u?.replace(stage.site, '')])).toEqual([['page_view', '/'], ['page_view', '/other']]);
  });
}); // biome-ignore format: a list
