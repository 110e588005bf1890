// e2e/tag/chunks-attacked.test.ts: the optional scripts in pages that give them too much, or something forged.
/* oxlint-disable eslint/no-extend-native -- a hostile page does. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noteErrors } from './hostile-pages.ts';
import { isReady, track, useStage } from './use-stage.ts';

const stage = useStage();

const withChunk = (name: string, attributes = ''): string =>
  `<script src="${stage.collector}/tag.${name}.js" ${attributes}></script>`;

type PageWithLayer = Window & { readonly dataLayer: unknown[] };

describe('S1: errors without end', () => {
  it('ten thousand in a loop are ten events, and the page goes on', async () => {
    stage.serve('/', { head: withChunk('errors') });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    await page.evaluate(() => {
      for (let nth = 0; nth < 10_000; nth += 1) {
        const error = Object.assign(new Error('x'), { name: `Error${'ABCDEFGHIJKLMNOP'[nth % 16] ?? ''}` });
        dispatchEvent(
          new ErrorEvent('error', { error, filename: `data:text/javascript,${'x.'.repeat(5_000)}`, lineno: nth }),
        );
      }
    });
    await stage.arrived('js_error', 10);
    await track(page, 'afterwards');
    await stage.arrived('afterwards');
    expect(stage.events().filter(({ n }) => n === 'js_error')).toHaveLength(10);
  });

  it.each([
    { filename: 'https://shop.example/js/app.min.js?token=secret#x', file: 'app.min.js' },
    { filename: 'https://shop.example/me@b.example/module.mjs', file: 'module.mjs' },
    { filename: 'https://shop.example/checkout', file: undefined },
    { filename: `https://shop.example/${'a'.repeat(500)}.js`, file: `${'a'.repeat(80)}.js` },
    { filename: `data:text/javascript,${'x'.repeat(100_000)}`, file: undefined },
  ])('of a script’s address the name is told alone: $file', async ({ filename, file }) => {
    stage.serve('/', { head: withChunk('errors') });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    await page.evaluate((name) => {
      dispatchEvent(new ErrorEvent('error', { error: new TypeError('x'), filename: name }));
    }, filename);
    const [event] = await stage.arrived('js_error');
    expect(event?.p?.['error_file']).toBe(file);
  });
});

describe('S1: a dataLayer without end', () => {
  it('neither a huge one nor objects that lead everywhere stop the page, and what is proper is told', async () => {
    const before = `<script>
      window.dataLayer = Array.from({ length: 20000 }, (_, nth) => ({ event: 'gtm.timer', nth }));
      const everywhere = {}; for (let nth = 0; nth < 50; nth += 1) everywhere['to' + nth] = everywhere;
      dataLayer.push({ event: 'view_item', ecommerce: everywhere });
      dataLayer.push({ ecommerce: null });
      dataLayer.push({ event: 'purchase', ecommerce: { transaction_id: 'T1', items: Array.from({ length: 200 }, (_, nth) => ({ item_id: 'A' + nth, item_name: 'Tea', price: 1, quantity: 1 })) } });
    </script>`;
    stage.serve('/', { head: before + withChunk('datalayer') });
    const page = await stage.open('/');
    const errors = await noteErrors(page);
    const [purchase] = await stage.arrived('purchase');
    expect(purchase?.p?.['items']).toHaveLength(200);
    expect(stage.events().map(({ n }) => n)).not.toContain('view_item');
    expect(errors).toEqual([]);
  });

  it('values that throw, change or go round are left out, and the page’s own push gets nothing of it', async () => {
    stage.serve('/', { head: withChunk('datalayer') });
    const page = await stage.context.newPage();
    const errors = await noteErrors(page);
    await page.goto(stage.site);
    await stage.arrived('page_view');
    const lengths = await page.evaluate(() => {
      const { dataLayer } = window as unknown as PageWithLayer;
      const throwing = (): never => { throw new Error('own'); };
      const loop: Record<string, unknown> = { event: 'purchase' };
      loop['ecommerce'] = loop;
      const made: number[] = [];
      const entries: unknown[] = [
        null, undefined, 0, '', 'event', Symbol('x'), 1n, () => 1, [], new Date(NaN), document.body, window,
        new Proxy({}, { get: throwing, ownKeys: throwing, has: throwing }),
        { event: 'purchase', get ecommerce() { return throwing(); } },
        { event: 'purchase', ecommerce: new Proxy({}, { ownKeys: throwing }) },
        { event: 'purchase', ecommerce: { items: [{ toJSON: throwing }] } },
        { event: 'purchase', ecommerce: { value: 1n } },
        { event: 'purchase', ecommerce: { body: document.body, window } },
        { 0: 'event', 1: { toString: throwing }, 2: loop },
        { 0: 'event', 1: 'purchase', 2: loop },
        JSON.parse('{"event":"refund","ecommerce":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}'),
        loop,
      ];
      for (const entry of entries) {
        made.push(dataLayer.push(entry));
        dataLayer.push({ ecommerce: null });
      }
      return [made.length, entries.length, ({} as { polluted?: number }).polluted];
    });
    expect(lengths[0]).toBe(lengths[1]);
    expect(lengths[2]).toBeUndefined();
    await page.evaluate(() => void (window as unknown as PageWithLayer).dataLayer.push({ event: 'search', search_term: 'tea' }));
    await stage.arrived('search');
    expect(errors).toEqual([]);
  });

  it.each(['forEach', 'push', 'includes'])('a page that has broken its lists’ %s later gets nothing of ours thrown at its push', async (method) => {
    stage.serve('/', { head: withChunk('datalayer') });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    const thrown = await page.evaluate((name) => {
      const { dataLayer } = window as unknown as PageWithLayer;
      const own = Object.getOwnPropertyDescriptor(Array.prototype, name) as PropertyDescriptor;
      Object.defineProperty(Array.prototype, name, { ...own, value: () => { throw new Error('patched'); } });
      try {
        dataLayer.push({ event: 'purchase', ecommerce: {} });
        return 'nothing';
      } catch (error) {
        return String(error);
      } finally {
        Object.defineProperty(Array.prototype, name, own);
      }
    }, method);
    expect(thrown).toBe('nothing');
  });
}); // biome-ignore format: lists

describe('C1: an id in an address that is forged', () => {
  const other = (): string => stage.site.replace('127.0.0.1', 'localhost');
  const hosts = (): string => `data-hosts="${new URL(stage.site).host} ${new URL(other()).host}"`;
  const DAY_MS = 86_400_000;
  /** Follows an address from this host, and says with which id the visitor went on. */
  const land = async (page: Page, address: string): Promise<string | undefined> => {
    await page.evaluate((to) => {
      document.body.innerHTML = `<a id="it" href="${to}">On</a>`;
    }, address);
    const before = stage.arrivals.length;
    const arrived = page.waitForURL((url) => url.pathname === '/to');
    await page.click('#it');
    await arrived;
    await isReady(page);
    await track(page, 'landed');
    await stage.arrived('landed');
    return stage.arrivals.slice(before).at(-1)?.message.i;
  };

  it.each([
    { why: 'is older than thirteen months', forge: (now: number) => [`${now - 400 * DAY_MS}-1-2-3-4`, now] as const },
    { why: 'is born after it was lent', forge: (now: number) => [`${now + DAY_MS}-1-2-3-4`, now] as const },
    { why: 'was lent in the future', forge: (now: number) => [`${now - DAY_MS}-1-2-3-4`, now + DAY_MS] as const },
    { why: 'was lent too long ago', forge: (now: number) => [`${now - DAY_MS}-1-2-3-4`, now - 60_000] as const },
    { why: 'is no id', forge: (now: number) => [`${now}-1-2-3`, now] as const },
    { why: 'is another’s word', forge: (now: number) => ['out', now] as const },
    { why: 'is as long as it likes', forge: (now: number) => [`${now}-${'1'.repeat(500)}-2-3-4`, now] as const },
  ])('that $why is not taken, and what was lent does not stay in the address bar', async ({ forge }) => {
    stage.serve('/from', { attributes: 'data-policy="strict"' });
    stage.serve('/to', { attributes: 'data-consent="grant"', head: withChunk('links', hosts()) });
    const page = await stage.open('/from');
    await isReady(page);
    const [id, leftAt] = forge(Date.now());
    const taken = await land(page, `${other()}/to#hushtag=${id}.${leftAt}`);
    // What does not look like one of ours is the page's own fragment.
    if (/^\d{13}(-\d{1,10}){4}$/.test(id)) expect(page.url()).toBe(`${other()}/to`);
    expect(taken).toMatch(/^\d{13}(-\d{1,10}){4}$/);
    expect(taken).not.toBe(id);
    expect(Date.now() - Number(taken?.slice(0, 13))).toBeLessThan(DAY_MS);
  });

  it('that comes without a page it was lent by is not taken: typed, or sent on by mail', async () => {
    stage.serve('/to', { attributes: 'data-consent="grant"', head: withChunk('links', hosts()) });
    const id = `${Date.now() - DAY_MS}-1-2-3-4`;
    const page = await stage.open(`/to#hushtag=${id}.${Date.now()}`);
    await stage.arrived('page_view');
    expect(page.url()).toBe(`${stage.site}/to`);
    expect(stage.arrivals[0]?.message.i).not.toBe(id);
    expect(JSON.stringify(stage.arrivals)).not.toContain(id);
  });
});
