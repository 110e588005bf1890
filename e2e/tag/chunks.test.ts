// e2e/tag/chunks.test.ts: the optional scripts, each beside Full in a real page: what they tell, and that consent gates it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { setTraps, touchedIn } from './traps.ts';
import { consent, isReady, track, useStage } from './use-stage.ts';

const stage = useStage({ initScript: setTraps });

const withChunk = (name: string, attributes = ''): string =>
  `<script src="${stage.collector}/tag.${name}.js" ${attributes}></script>`;
const hide = async (page: Page): Promise<void> =>
  page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  });

/** What each chunk does when something happens in its page. */
const CHUNKS: readonly { name: string; event: string; act: (page: Page) => Promise<unknown> }[] = [
  { name: 'vitals', event: 'web_vitals', act: hide },
  {
    name: 'errors',
    event: 'js_error',
    act: async (page) => page.evaluate(() => void setTimeout(() => { throw new TypeError('me@b.example'); })),
  },
  {
    name: 'datalayer',
    event: 'add_to_cart',
    act: async (page) => page.evaluate(() => (window as unknown as { dataLayer: object[] }).dataLayer.push({ event: 'add_to_cart', ecommerce: {} })),
  },
]; // biome-ignore format: a table

describe('C1, S1: a chunk tells nothing without consent', () => {
  it.each(CHUNKS)('$name waits under the strict policy, touching nothing, until the visitor agrees', async ({ name, event, act }) => {
    stage.serve('/', { attributes: 'data-policy="strict"', head: withChunk(name) });
    const page = await stage.open('/');
    await isReady(page);
    await act(page);
    await stage.open('/other');
    await stage.arrived('page_view');
    expect(await touchedIn(page)).toEqual([]);
    expect(stage.events().map(({ n, u }) => [n, u])).toEqual([['page_view', `${stage.site}/other`]]);
    await consent(page, 'grant');
    await stage.arrived(event);
  });

  it.each([
    { why: 'nobody was asked', attributes: '' },
    { why: 'the visitor refused', attributes: 'data-consent="refuse"' },
  ])('all of them together store nothing under the standard policy where $why, and send by the tag alone', async ({ attributes }) => {
    const head = ['vitals', 'errors', 'datalayer', 'links'].map((name) => withChunk(name, 'data-hosts="localhost"')).join('');
    stage.serve('/', { attributes, head });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    for (const { name, event, act } of CHUNKS.toReversed()) {
      await act(page);
      if (name !== 'vitals') await stage.arrived(event);
    }
    await stage.arrived('web_vitals');
    const touched = await touchedIn(page);
    // Storage is asked for an objection before each message (`localStorage`), and read no further.
    expect(touched.filter((use) => !['localStorage', 'fetch', 'sendBeacon'].includes(use))).toEqual([]);
    expect((await page.context().storageState()).origins).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
    expect(stage.arrivals.some(({ message }) => 'i' in message)).toBe(false);
  });

  it.each(CHUNKS)('$name tells nothing after a refusal', async ({ name, act }) => {
    stage.serve('/', { attributes: 'data-policy="strict" data-consent="refuse"', head: withChunk(name) });
    const page = await stage.open('/');
    await isReady(page);
    await act(page);
    await consent(page, 'grant');
    await track(page, 'afterwards');
    await stage.arrived('afterwards');
    expect(stage.events().map(({ n }) => n)).toEqual(['afterwards']);
  });
}); // biome-ignore format: titles

describe('web vitals', () => {
  it('are told once the page is hidden, and again only where they grew', async () => {
    stage.serve('/', { head: withChunk('vitals') });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    await page.evaluate(() => {
      document.body.innerHTML = '<button id="it">Buy</button>';
      document.getElementById('it')?.addEventListener('click', () => {
        const until = performance.now() + 120;
        while (performance.now() < until);
      });
    });
    await page.click('#it');
    await page.evaluate(async () => new Promise((done) => void requestAnimationFrame(() => void setTimeout(done, 50))));
    await page.evaluate(() => history.pushState(null, '', '/elsewhere'));
    await hide(page);
    const [vitals] = await stage.arrived('web_vitals');
    expect(vitals?.u).toBe(`${stage.site}/`);
    expect(Object.keys(vitals?.p ?? {}).toSorted()).toEqual(['cls', 'fcp', 'inp', 'lcp', 'ttfb']);
    expect(Number(vitals?.p?.['inp'])).toBeGreaterThanOrEqual(120);
    expect(Number(vitals?.p?.['fcp'])).toBeGreaterThan(0);
    expect(Number(vitals?.p?.['lcp'])).toBeGreaterThanOrEqual(Number(vitals?.p?.['fcp']));
    await hide(page);
    await track(page, 'afterwards');
    await stage.arrived('afterwards');
    expect(stage.events().filter(({ n }) => n === 'web_vitals')).toHaveLength(1);
  });

  it('count layout shifts that no input caused', async () => {
    stage.serve('/', { head: withChunk('vitals') });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    await page.evaluate(async () => {
      document.body.innerHTML = '<div id="above"></div><p style="font-size:60px">Much text that is going to move</p>';
      const frame = async (): Promise<unknown> => new Promise((done) => void requestAnimationFrame(() => void setTimeout(done)));
      await frame();
      await frame();
      (document.getElementById('above') as HTMLElement).style.height = '200px';
      await frame();
      await frame();
    });
    await hide(page);
    const [vitals] = await stage.arrived('web_vitals');
    expect(Number(vitals?.p?.['cls'])).toBeGreaterThan(0);
  });
}); // biome-ignore format: a helper

describe('P1: errors', () => {
  it('are told by class, file and line, never by message, once each and ten a page', async () => {
    stage.serve('/', { head: withChunk('errors') });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    await page.evaluate(async () => {
      void Promise.reject(new SyntaxError('secret'));
      await new Promise((done) => void setTimeout(done, 50));
      const fail = (error: unknown): void => void setTimeout(() => { throw error; });
      fail(new RangeError('card 4111 1111 1111 1111'));
      fail(new RangeError('card 4111 1111 1111 1111'));
      fail(Object.assign(new Error('x'), { name: 'me@b.example' }));
      for (const letter of 'ABCDEFGHIJKLM') fail(Object.assign(new Error('many'), { name: `Many${letter}` }));
    });
    await stage.arrived('js_error', 10);
    await track(page, 'afterwards');
    await stage.arrived('afterwards');
    const told = stage.events().filter(({ n }) => n === 'js_error').map(({ p }) => `${String(p?.['error_kind'])} ${String(p?.['error_class'])}`);
    expect(told).toHaveLength(10);
    expect(told).toEqual(expect.arrayContaining(['error RangeError', 'error Error', 'rejection SyntaxError']));
    expect(JSON.stringify(stage.arrivals)).not.toMatch(/4111|secret|b\.example/);
  });
}); // biome-ignore format: a table

const SHOP_INTEGRITY = `crossorigin integrity="sha384-${createHash('sha384')
  .update(readFileSync(new URL('../../dist/tag.shop.js', import.meta.url)))
  .digest('base64')}"`;

describe('a dataLayer that is filled for GA4', () => {
  const ITEM = { item_id: 'A1', item_name: 'Teapot', price: 19.99, quantity: 2 };
  it.each([
    { by: 'the optional script', chunks: ['datalayer'], source: {} },
    { by: 'one script tag alone, with integrity', chunks: [], source: { script: 'tag.shop.js', attributes: SHOP_INTEGRITY } },
    { by: 'the tag that explains itself, in its place', chunks: [], source: { script: 'tag.shop.js', attributes: 'data-debug' } },
  ] as const)('is read by $by in both forms, before and after, merged and cleared as Tag Manager does', async ({ chunks, source }) => {
    const before = `<script>
      window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments) }
      dataLayer.push({ ecommerce: { currency: 'EUR', value: 39.98, items: [${JSON.stringify(ITEM)}] } });
      dataLayer.push({ event: 'view_item' });
    </script>`;
    stage.serve('/', { head: before + chunks.map((name) => withChunk(name)).join(''), ...source });
    const page = await stage.open('/');
    await stage.arrived('view_item');
    await page.evaluate(() => {
      const { dataLayer, gtag } = window as unknown as { dataLayer: object[]; gtag: (...all: unknown[]) => void };
      dataLayer.push({ ecommerce: null });
      dataLayer.push({ event: 'add_to_cart', ecommerce: { currency: 'EUR' } });
      gtag('event', 'purchase', { transaction_id: 'T1', currency: 'EUR', value: 5 });
      gtag('event', 'login', { method: 'mail' });
      gtag('set', 'user_data', { email: 'me@b.example' });
      dataLayer.push(() => 1, { event: 'gtm.click' }, { event: 'search', search_term: 'tea', ecommerce: null });
    });
    await stage.arrived('search');
    const told = stage.events().filter(({ n }) => n !== 'page_view').map(({ n, p }) => [n, p]);
    expect(told).toEqual([
      ['view_item', { currency: 'EUR', value: 39.98, items: [ITEM] }],
      ['add_to_cart', { currency: 'EUR' }],
      ['purchase', { transaction_id: 'T1', currency: 'EUR', value: 5 }],
      ['search', { search_term: 'tea' }],
    ]);
    expect(JSON.stringify(stage.arrivals)).not.toContain('b.example');
  });
}); // biome-ignore format: a table

describe('C1: one visitor on two of the site’s hosts', () => {
  // The stage's site answers under both names of this machine: two hosts, two storages.
  const other = (): string => stage.site.replace('127.0.0.1', 'localhost');
  const hosts = (): string => `data-hosts="${new URL(stage.site).host} ${new URL(other()).host}"`;
  const follow = async (page: Page, address: string): Promise<string> => {
    await page.evaluate((to) => {
      document.body.innerHTML = `<a id="it" href="${to}">On</a>`;
    }, address);
    const arrived = page.waitForURL((url) => url.href.startsWith(address.split('#')[0] as string));
    await page.click('#it');
    await arrived;
    await isReady(page);
    return page.url();
  };

  it('keeps the id over a link, and takes it from the address bar', async () => {
    const source = { attributes: 'data-consent="grant"', head: withChunk('links', hosts()) };
    stage.serve('/from', source);
    stage.serve('/to', source);
    const page = await stage.open('/from');
    await stage.arrived('page_view');
    expect(await follow(page, `${other()}/to#reviews`)).toBe(`${other()}/to#reviews`);
    await stage.arrived('page_view', 2);
    const ids = stage.arrivals.map(({ message }) => message.i);
    expect(ids[0]).toMatch(/^\d{13}(-\d+){4}$/);
    expect(new Set(ids).size).toBe(1);
    expect(JSON.stringify(stage.arrivals.map(({ message }) => message.e))).not.toContain(ids[0]);
  });

  it.each(['get', 'post'])('keeps the id over a form that is sent by %s', async (method) => {
    const source = { attributes: 'data-consent="grant"', head: withChunk('links', hosts()) };
    stage.serve('/from', source);
    stage.serve('/to', source);
    const page = await stage.open('/from');
    await stage.arrived('page_view');
    await page.evaluate(([to, by]) => {
      document.body.innerHTML = `<form action="${to}" method="${by}"><input name="size" value="2"><button id="it">On</button></form>`;
    }, [`${other()}/to`, method] as const);
    const landed = page.waitForURL((url) => url.href.startsWith(other()));
    await page.click('#it');
    await landed;
    await isReady(page);
    await stage.arrived('page_view', 2);
    expect(page.url()).toBe(`${other()}/to${method === 'get' ? '?size=2' : ''}`);
    const ids = stage.arrivals.map(({ message }) => message.i);
    expect(ids[0]).toMatch(/^\d{13}(-\d+){4}$/);
    expect(new Set(ids).size).toBe(1);
  });

  it.each([
    { why: 'nobody agreed', attributes: '', withHosts: true },
    { why: 'the host is no other of the site’s', attributes: 'data-consent="grant"', withHosts: false },
  ])('lends no id where $why', async ({ attributes, withHosts }) => {
    stage.serve('/from', { attributes, head: withChunk('links', withHosts ? hosts() : 'data-hosts="shop.example"') });
    stage.serve('/to', { attributes: 'data-policy="strict"', head: '<script>window.landed=location.href</script>' });
    const page = await stage.open('/from');
    await stage.arrived('page_view');
    await follow(page, `${other()}/to`);
    expect(await page.evaluate(() => (window as unknown as { landed: string }).landed)).toBe(`${other()}/to`);
  });

  it.each([
    { why: 'from elsewhere', ageMs: 0, allowed: 'data-hosts="shop.example"' },
    { why: 'too old', ageMs: 60_000, allowed: undefined },
  ])('takes no id that comes $why, and still takes it from the address bar', async ({ ageMs, allowed }) => {
    const source = { attributes: 'data-consent="grant"', head: withChunk('links', allowed ?? hosts()) };
    stage.serve('/from', { head: '' });
    stage.serve('/to', source);
    const page = await stage.open('/from');
    await stage.arrived('page_view');
    const planted = '1795000000000-1-2-3-4';
    const landed = await follow(page, `${other()}/to#hushtag=${planted}.${Date.now() - ageMs}`);
    expect(landed).toBe(`${other()}/to`);
    await stage.arrived('page_view', 2);
    expect(stage.arrivals.at(-1)?.message.i).not.toBe(planted);
  });
}); // biome-ignore format: tables
