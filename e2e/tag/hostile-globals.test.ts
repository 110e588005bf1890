// e2e/tag/hostile-globals.test.ts: the tag in pages that have put something else in the place of what it uses: built-ins, globals, origins.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { noteErrors } from './hostile-pages.ts';
import { setTraps, touchedIn } from './traps.ts';
import { track, useStage } from './use-stage.ts';

const stage = useStage();

/** All that a page can call, by the page's own code: what the test would run there may rest on what is broken. */
const USE = `
  hushtag.track('called', { items: [{ item_id: 1 }], tea: 'Assam' });
  hushtag.purchase({ value: 1 });
  hushtag.consent('grant'); hushtag.consent({ purposes: ['measure', 'cross_border'] }); hushtag.consent('refuse'); hushtag.consent('grant');
  hushtag.identify({ user_id: 1 }); hushtag.identify({}); hushtag.id(); hushtag.id('1795694400000-11-22-33-44');
  dataLayer.push(1, { 0: 'consent', 1: 'update', 2: {} });
  history.pushState(null, '', '#pushed');
  document.querySelector('a').click();
  dispatchEvent(new Event('pageshow'));
  document.dispatchEvent(new Event('visibilitychange'));
  hushtag.optOut();
  document.title = 'done';`;
/** A list whose own `push` throws, throws at the page that pushes. */
const useBut = (name: string): string => (name.endsWith('.push') ? USE.replace(/dataLayer\.push.*/, '') : USE);
const BROKEN = [
  'Array.prototype.forEach', 'Array.prototype.push', 'Array.prototype.join', 'Array.prototype.filter',
  'Array.prototype.every', 'Array.prototype.shift', 'Array.prototype[Symbol.iterator]', 'Array.isArray', 'JSON.stringify', 'JSON.parse', 'Object.assign', 'Object.values',
  'Promise', 'Promise.prototype.then', 'Promise.prototype.catch', 'String.prototype.replace', 'String.prototype.split', 'String.prototype.match',
  'Date.now', 'Math.max', 'Proxy', 'Uint32Array', 'fetch', 'setTimeout', 'queueMicrotask',
  'navigator.sendBeacon', 'crypto.getRandomValues', 'crypto.randomUUID', 'performance.now', 'MutationObserver', 'document.hasFocus', 'Element.prototype.closest',
  'Element.prototype.getAttribute', 'Symbol.prototype.toString', 'RegExp.prototype.exec', 'RegExp.prototype.test', 'RegExp.prototype[Symbol.replace]', 'RegExp', 'clearTimeout',
  'String', 'Symbol.prototype[Symbol.toPrimitive]', 'Array.prototype.map', 'Array.prototype.unshift', 'Array.prototype.includes',
]; // biome-ignore format: a list

it('S1: throws nothing into a page in which any one built-in throws', async () => {
  const script = (code: string): string => `<script>${code}</script>`;
  const page = await stage.context.newPage();
  const hurt: string[] = [];
  let errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  for (const name of BROKEN) {
    errors = [];
    stage.serve('/', {
      whole: `<!doctype html><title>Shop</title><body><a href="#here">Here</a>${script('localStorage.clear(); window.dataLayer = []')}
        ${script(`${name} = function () { throw new Error('patched'); }`)}
        <script src="${stage.collector}/tag.full.js" data-site="shop"></script>${script(useBut(name))}</body>`,
    });
    await page.goto(stage.site);
    // What the page itself asks of a tag that could not start is no call of ours.
    const isOwn = (error: string): boolean => /hushtag is not defined/.test(error);
    const thrown = errors.filter((error) => !isOwn(error));
    if (thrown.length > 0 || (!errors.some(isOwn) && (await page.title()) !== 'done')) hurt.push(name);
  }
  expect(hurt).toEqual([]);
}, 180_000);

it('S1: touches and sends nothing before it may where markup has taken the names of what it uses, and throws nothing', async () => {
  await stage.context.addInitScript(setTraps);
  const page = await stage.context.newPage();
  const errors = await noteErrors(page);
  const names = [
    'hushtag', 'navigation', '__tcfapi', '__gpp', 'dataLayer', 'Shopify', 'customerPrivacy', 'wp_has_consent', 'fetchLater', 'localStorage', 'navigator', 'crypto',
    'title', 'referrer', 'hidden', 'prerendering', 'documentElement', 'hasFocus', 'currentScript', 'addEventListener', 'location', 'matches', 'dataset',
  ]; // biome-ignore format: a list
  for (const name of names) {
    stage.serve('/', {
      whole: `<!doctype html><title>Shop</title><body><form name="${name}" id="${name}"><input name="matches"><input name="${name}"></form><img name="${name}" alt="">
        <script src="${stage.collector}/tag.full.js" data-site="shop" data-policy="strict"></script></body>`,
    });
    await page.goto(stage.site);
    expect([name, errors, await touchedIn(page)]).toEqual([name, [], []]);
  }
  await page.close({ runBeforeUnload: true });
  expect(stage.arrivals).toEqual([]);
}, 180_000);

it('hears of routes where there is no Navigation API and an element has its name, as many menus do', async () => {
  await stage.context.addInitScript(() => {
    Object.defineProperty(window, 'navigation', { get: () => document.querySelector('nav') ?? undefined });
  });
  stage.serve('/', { head: '<nav id="navigation">Menu</nav>' });
  const page = await stage.open('/');
  await stage.arrived('page_view');
  await page.evaluate(() => history.pushState(null, '', '/tea'));
  await stage.arrived('page_view', 2);
});

it.each([
  { when: 'as it is made', isLate: false },
  { when: 'after it has waited for something', isLate: true },
])('leaves the page alive that tells of every request it sees, the tag’s own as well, $when', async ({ isLate }) => {
  await stage.context.addInitScript((waits) => {
    const real = window.fetch.bind(window);
    window.fetch = async (...given) => {
      if (waits) await Promise.resolve();
      if (!('isEnough' in window) && window.hushtag && !Array.isArray(window.hushtag)) {
        (window.hushtag as { track: (name: string) => void }).track('asked');
      }
      return real(...given);
    };
  }, isLate);
  const page = await stage.open('/');
  await stage.arrived('asked', 3);
  await page.evaluate(() => void Object.assign(window, { isEnough: true }));
  await track(page, 'still_here');
  await stage.arrived('still_here');
});

it.each([
  { why: 'a window whose hushtag is frozen', prepare: () => void Object.defineProperty(window, 'hushtag', { value: undefined }) },
  { why: 'a window whose hushtag throws', prepare: () => void Object.defineProperty(window, 'hushtag', { get() { throw new Error('own'); }, set() { throw new Error('own'); } }) },
])('S1: throws nothing into $why', async ({ prepare }) => {
  await stage.context.addInitScript(prepare);
  stage.serve('/', { head: "<script>addEventListener('load',()=>{window.isLoaded=true})</script>" });
  const page = await stage.context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(stage.site);
  await page.waitForFunction(() => 'isLoaded' in window);
  expect(errors).toEqual([]);
}); // biome-ignore format: a table

it('S1: works in a frame without an origin, where storage is refused', async () => {
  stage.serve('/framed', { attributes: 'data-consent="grant"' });
  stage.serve('/', {
    whole: '<!doctype html><title>Shop</title><iframe sandbox="allow-scripts" src="/framed"></iframe>',
  });
  const page = await stage.context.newPage();
  const errors = await noteErrors(page);
  await page.goto(stage.site);
  const [view] = await stage.arrived('page_view');
  expect(view?.u).toBe(`${stage.site}/framed`);
  expect(stage.arrivals[0]?.origin).toBe('null');
  expect(errors).toEqual([]);
});

it('S1: works in a page from a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hushtag-file-'));
  const html = `<!doctype html><title>Shop</title><script src="${stage.collector}/tag.full.js" data-site="shop" data-consent="grant"></script>`;
  try {
    writeFileSync(join(folder, 'page.html'), html);
    const page = await stage.context.newPage();
    const errors = await noteErrors(page);
    await page.goto(pathToFileURL(join(folder, 'page.html')).href);
    await stage.arrived('page_view');
    expect(errors).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
