// e2e/tag/page-views.test.ts
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Stage } from './stage.ts';
import { launchChromium, setStage } from './stage.ts';

let browser: Browser;
let stage: Stage;
beforeAll(async () => {
  // Playwright switches the back/forward cache off; here it is what is tested.
  browser = await launchChromium(['--disable-back-forward-cache']);
});
afterAll(async () => browser.close());
beforeEach(async () => {
  stage = await setStage(browser);
});
afterEach(async () => stage.close());

describe('one page view for every page that is seen, in a real browser', () => {
  it('sees load, pushState, replaceState and going back, each with its title', async () => {
    const page = await stage.open('/start?session=1#top');
    await stage.arrived('page_view', 1);
    await page.evaluate(() => {
      history.pushState(null, '', '/pushed');
      document.title = 'Pushed';
    });
    await stage.arrived('page_view', 2);
    await page.evaluate(() => history.replaceState(null, '', '/replaced'));
    await stage.arrived('page_view', 3);
    await page.goBack();
    const views = await stage.arrived('page_view', 4);
    expect(views.map(({ u, h }) => [u?.replace(stage.site, ''), h])).toEqual([
      ['/start', 'Shop'],
      ['/pushed', 'Pushed'],
      ['/replaced', 'Pushed'],
      ['/start', 'Pushed'],
    ]);
  });

  it('does not count the same address, nor a place in the page', async () => {
    const page = await stage.open('/');
    await page.evaluate(() => {
      history.pushState(null, '', location.href);
      history.replaceState({ scroll: 1 }, '');
      location.hash = 'reviews';
    });
    await page.evaluate(() => history.pushState(null, '', '/next'));
    await stage.arrived('page_view', 2);
    expect(stage.events().map(({ u }) => u)).toEqual([`${stage.site}/`, `${stage.site}/next`]);
  });

  it('flushes when the page goes, and counts it again when the back/forward cache brings it back', async () => {
    const page = await stage.open('/first');
    await stage.arrived('page_view', 1);
    await page.evaluate(() => {
      Object.assign(window, { isTheSame: true });
      (window as unknown as { hushtag: { track: (name: string) => void } }).hushtag.track('last_word');
    });
    await page.goto(`${stage.site}/second`);
    await stage.arrived('last_word');
    await stage.arrived('page_view', 2);
    // A restored page fires no load event to wait for.
    await page.goBack({ waitUntil: 'commit' });
    await stage.arrived('page_view', 3);
    expect(await page.evaluate(() => 'isTheSame' in window)).toBe(true);
    expect(stage.events().map(({ n, u }) => [n, u?.replace(stage.site, '')])).toEqual([
      ['page_view', '/first'],
      ['last_word', '/first'],
      ['page_view', '/second'],
      ['page_view', '/first'],
    ]);
  });

  it('tells the campaign and nothing else of the query, and of the referrer no query', async () => {
    stage.serve('/from', { head: '<meta name="referrer" content="unsafe-url">' });
    const page = await stage.open('/from?mail=me@example.org');
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = '/to?utm_source=news&mail=me@example.org&utm_medium=mail#me@example.org';
      document.body.append(link);
      link.click();
    });
    const [, view] = await stage.arrived('page_view', 2);
    expect(view).toMatchObject({ u: `${stage.site}/to?utm_source=news&utm_medium=mail`, r: `${stage.site}/from` });
    expect(JSON.stringify(stage.arrivals)).not.toContain('example.org');
  });
});

describe('E-wire: messages reach another origin without a preflight', () => {
  it('posts text with the page’s origin, and says nothing of automation where there is none', async () => {
    await stage.open('/');
    await stage.arrived('page_view');
    expect(stage.arrivals[0]).toMatchObject({ contentType: 'text/plain;charset=UTF-8', origin: stage.site });
    expect(stage.arrivals[0]?.message).toMatchObject({ v: 1, s: 'shop', c: ['u', '', 0] });
    expect(stage.arrivals[0]?.message).not.toHaveProperty('w');
    expect(stage.otherMethods).toEqual([]);
  });

  it('marks a browser that is driven by a program', async () => {
    await stage.context.addInitScript(() => Object.defineProperty(navigator, 'webdriver', { get: () => true }));
    await stage.open('/');
    await stage.arrived('page_view');
    expect(stage.arrivals[0]?.message.w).toBe(1);
  });
});
