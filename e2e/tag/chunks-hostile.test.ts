// e2e/tag/chunks-hostile.test.ts: the optional scripts in pages that break what they rely on, and under a strict policy.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { HostilePage } from './hostile-pages.ts';
import { HOSTILE, noteErrors } from './hostile-pages.ts';
import { isReady, track, useStage } from './use-stage.ts';

const stage = useStage();

const CHUNKS = ['tag.vitals.js', 'tag.errors.js', 'tag.datalayer.js', 'tag.links.js'];

// Each breaks what one of the optional scripts rests on. Runs in the page before anything else.
const BROKEN: readonly HostilePage[] = [
  ...HOSTILE,
  { why: 'has no PerformanceObserver', delivers: true, prepare: () => void Object.assign(window, { PerformanceObserver: undefined }) },
  { why: 'has a PerformanceObserver that throws', delivers: true, prepare: () => {
    window.PerformanceObserver = function () { throw new Error('patched'); } as never;
  } },
  { why: 'has an observer that observes nothing', delivers: true, prepare: () => {
    PerformanceObserver.prototype.observe = () => { throw new TypeError('patched'); };
    PerformanceObserver.prototype.takeRecords = () => { throw new TypeError('patched'); };
  } },
  { why: 'tells no timings', delivers: true, prepare: () => {
    performance.getEntriesByType = () => { throw new Error('patched'); };
    performance.now = () => { throw new Error('patched'); };
  } },
  { why: 'lets nobody listen', delivers: false, prepare: () => {
    // Not to the test's own listening, which is for this type.
    const listen = window.addEventListener.bind(window);
    window.addEventListener = (...given: Parameters<typeof listen>) => { if (given[0] !== 'unhandledrejection' || document.currentScript) throw new Error('patched'); listen(...given); };
  } },
  { why: 'has a dataLayer of its own kind', delivers: true, prepare: () => void Object.assign(window, { dataLayer: Object.freeze([null, 1, 'x']) }) },
  { why: 'has something else where the tag should be', delivers: false, prepare: () => void Object.defineProperty(window, 'hushtag', { value: 7 }) },
  { why: 'reads no addresses', delivers: false, prepare: () => {
    window.URL = function () { throw new Error('patched'); } as never;
    history.replaceState = () => { throw new Error('patched'); };
  } },
]; // biome-ignore format: a table

/** Does what each optional script waits for; the page's own code must come to its end. */
const useChunks = async (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { dataLayer = [] } = window as unknown as { dataLayer?: unknown[] };
    const loop: Record<string, unknown> = { event: 'purchase' };
    loop['ecommerce'] = loop;
    if (!Object.isFrozen(dataLayer))
      dataLayer.push(null, 1, Symbol('x'), loop, { get ecommerce() { throw new Error('own'); } }, { event: 'view_item', ecommerce: { value: 1n } });
    document.body.innerHTML = '<a id="it" href="http://localhost:1/x">x</a><a id="bad" href="http://[">x</a><form id="form" action="//"></form>';
    for (const name of ['click', 'auxclick', 'submit', 'keydown', 'error'])
      for (const id of ['it', 'bad', 'form']) document.getElementById(id)?.dispatchEvent(new Event(name, { bubbles: true }));
    dispatchEvent(new ErrorEvent('error', { error: { get name() { throw new Error('own'); } }, filename: 'x' }));
    dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    return 'done';
  }); // biome-ignore format: a line a chunk

describe('S1: the optional scripts never hurt their page', () => {
  it.each(BROKEN)('throw nothing into a page that $why', async ({ prepare, delivers }) => {
    await stage.context.addInitScript(prepare);
    const scripts = CHUNKS.map((file) => `<script src="${stage.collector}/${file}" data-hosts="localhost:1"></script>`);
    stage.serve('/', { attributes: 'data-consent="grant"', head: `${scripts.join('')}<script>window.isHere=1</script>` });
    const page = await stage.context.newPage();
    const errors = await noteErrors(page);
    await page.goto(stage.site);
    if (delivers) await isReady(page);
    expect(await page.evaluate(() => 'isHere' in window)).toBe(true);
    expect(await useChunks(page)).toBe('done');
    if (delivers) {
      await track(page, 'still_here');
      await stage.arrived('still_here');
    }
    // What this test itself throws is the page's own.
    expect(errors.filter((error) => !error.includes('own'))).toEqual([]);
  });

  it('work where the page takes scripts from its own host alone, each with its integrity', async () => {
    const integrityOf = (file: string): string =>
      `sha384-${createHash('sha384').update(readFileSync(new URL(`../../dist/${file}`, import.meta.url))).digest('base64')}`;
    const tagOf = (file: string): string =>
      `<script src="/${file}" integrity="${integrityOf(file)}" data-hosts="localhost:1" data-site="shop" data-collector="${stage.collector}" data-consent="grant"></script>`;
    stage.serve('/', {
      whole: `<!doctype html><title>Shop</title>${[...CHUNKS, 'tag.full.js'].map(tagOf).join('')}<body>Shop</body>`,
      headers: { 'content-security-policy': `default-src 'none'; script-src 'self'; connect-src ${stage.collector}; require-trusted-types-for 'script'` },
    });
    const page = await stage.context.newPage();
    const errors = await noteErrors(page);
    const blocked: string[] = [];
    page.on('console', (line) => { if (line.type() === 'error') blocked.push(line.text()); });
    await page.goto(stage.site);
    await stage.arrived('page_view');
    expect(errors).toEqual([]);
    const href = await page.evaluate(() => {
      (window as unknown as { dataLayer: object[] }).dataLayer.push({ event: 'view_item', ecommerce: {} });
      setTimeout(() => { throw new RangeError('its own'); });
      const link = document.createElement('a');
      link.href = 'http://localhost:1/x';
      document.body.append(link);
      let followed = '';
      link.addEventListener('click', (event) => { event.preventDefault(); followed = link.href; });
      link.click();
      return followed;
    });
    expect(href).toMatch(/^http:\/\/localhost:1\/x#hushtag=\d{13}(-\d+){4}\.\d{13}$/);
    await stage.arrived('view_item');
    await stage.arrived('js_error');
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    });
    await stage.arrived('web_vitals');
    expect(blocked.filter((line) => /Content Security Policy|integrity|TrustedScript/i.test(line))).toEqual([]);
  });
}); // biome-ignore format: a page
