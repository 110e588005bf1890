// e2e/tag/calls.test.ts
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Tagged } from './use-stage.ts';
import { isReady, track, useStage } from './use-stage.ts';

const STUB =
  '<script>window.hushtag=window.hushtag||new Proxy([],{get:(q,c)=>c in q?q[c]:(...a)=>{q.push([c,...a])}})</script>';
const CART = {
  currency: 'EUR',
  value: 39.98,
  items: [{ item_id: 'A1', item_name: 'Teapot', price: 19.99, quantity: 2 }],
};

const stage = useStage();

describe('e-commerce events by one call', () => {
  it('takes a call made after loading', async () => {
    const page = await stage.open('/');
    await isReady(page);
    await page.evaluate((cart) => (window as unknown as Tagged).hushtag.add_to_cart(cart), CART);
    const [event] = await stage.arrived('add_to_cart');
    expect(event?.p).toEqual(CART);
  });

  it('takes calls made before loading, by the stub, in their order', async () => {
    const calls = `<script>hushtag.view_item(${JSON.stringify(CART)});hushtag.track('brewed',{tea:'Assam'})</script>`;
    stage.serve('/', { head: STUB + calls });
    await stage.open('/');
    await stage.arrived('brewed');
    expect(stage.events().map(({ n }) => n)).toEqual(['page_view', 'view_item', 'brewed']);
  });

  it('takes calls from a plain list as well', async () => {
    stage.serve('/', { head: "<script>window.hushtag=[['purchase',{transaction_id:'T1'}]]</script>" });
    await stage.open('/');
    const [event] = await stage.arrived('purchase');
    expect(event?.p).toEqual({ transaction_id: 'T1' });
  });

  it('C1: hears a refusal that waits behind what is no call', async () => {
    const waiting =
      "<script>window.hushtag=[{event:'x'},null,['nothing'],['consent','refuse'],['track','after']]</script>";
    stage.serve('/', { head: waiting });
    await stage.open('/');
    await stage.arrived('after');
    for (const { message } of stage.arrivals) expect(message.c).toEqual(['g', '', 1]);
  });
});

describe('S1: any name is a call, and none throws', () => {
  it('whatever it is given, and nobody who looks the tag over finds a call to make', async () => {
    const page = await stage.open('/');
    await isReady(page);
    const seen = await page.evaluate(async () => {
      const tag = (window as unknown as { hushtag: Record<string, (...given: unknown[]) => unknown> }).hushtag;
      const cyclic: Record<string, unknown> = {};
      cyclic['self'] = cyclic;
      const throwing = {
        get value(): never {
          throw new Error('own');
        },
        toString(): never {
          throw new Error('own');
        },
      };
      const proxied = new Proxy(
        {},
        {
          get: () => {
            throw new Error('own');
          },
          ownKeys: () => {
            throw new Error('own');
          },
        },
      );
      const given = [
        null,
        undefined,
        1n,
        Symbol('s'),
        cyclic,
        throwing,
        proxied,
        () => 1,
        NaN,
        'x'.repeat(300_000),
        new Date(NaN),
        [[]],
      ];
      for (const call of ['track', 'consent', 'identify', 'id', 'optedin', 'purchase', 'view_item', 'brewed']) {
        for (const one of given) {
          tag[call]?.(one);
          tag[call]?.(one, one, one);
        }
      }
      // A promise that comes to the tag comes to it, and is not left to a call of that name.
      const awaited = await Promise.race([
        Promise.resolve(tag),
        new Promise((resolve) => setTimeout(() => resolve('never'), 5_000)),
      ]);
      return [awaited === tag, String(tag).length > 0, typeof tag['then']];
    });
    expect(seen).toEqual([true, true, 'number']);
    await track(page, 'afterwards');
    await stage.arrived('afterwards');
  });
});

describe('S1: who looks the tag over makes no event', () => {
  it.each(['tag.js', 'tag.full.js'] as const)('by asking %s for an id, or awaiting it', async (script) => {
    stage.serve('/', { script });
    const page = await stage.open('/');
    await isReady(page);
    const seen = await page.evaluate(async () => {
      const tag = window.hushtag as unknown as { readonly id: () => unknown };
      return [typeof tag.id(), (await Promise.resolve(tag)) === tag];
    });
    expect(seen).toEqual(['undefined', true]);
    await track(page, 'afterwards');
    await stage.arrived('afterwards');
    expect(stage.events().map(({ n }) => n)).toEqual(['page_view', 'afterwards']);
  });
});

describe('D1: a collector that can’t answer gets the same events again', () => {
  it('waits for Retry-After and repeats the ids', async () => {
    stage.answer((attempt) => (attempt === 1 ? { status: 503, headers: { 'retry-after': '1' } } : { status: 202 }));
    await stage.open('/');
    const views = await stage.arrived('page_view', 2);
    expect(views[1]?.i).toBe(views[0]?.i);
    expect((stage.arrivals[1]?.message.t ?? 0) - (stage.arrivals[0]?.message.t ?? 0)).toBeGreaterThanOrEqual(1000);
  });
});

describe('S1: the tag keeps to itself', () => {
  it('adds exactly one global', async () => {
    stage.serve('/', { head: '<script>window.before=Object.getOwnPropertyNames(window)</script>' });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    const added = await page.evaluate(() => {
      const { before } = window as unknown as { readonly before: readonly string[] };
      return Object.getOwnPropertyNames(window).filter((name) => name !== 'before' && !before.includes(name));
    });
    expect(added).toEqual(['hushtag']);
  });

  it('counts once where the tag stands twice', async () => {
    stage.serve('/', { head: `<script src="${stage.collector}/tag.js" data-site="shop"></script>` });
    const page = await stage.open('/');
    await isReady(page);
    await track(page, 'afterwards');
    await stage.arrived('afterwards');
    expect(stage.events().map(({ n }) => n)).toEqual(['page_view', 'afterwards']);
  });

  it('does nothing without a site, and leaves the page alone', async () => {
    stage.serve('/bare', { head: `<script src="${stage.collector}/tag.js"></script>`, attributes: 'type="text/plain"' });
    const page = await stage.open('/bare');
    expect(await page.evaluate(() => 'hushtag' in window)).toBe(false);
    await stage.open('/');
    await stage.arrived('page_view');
    expect(stage.events().map(({ u }) => u)).toEqual([`${stage.site}/`]);
  });

  it('works under a strict content security policy with subresource integrity', async () => {
    const hash = createHash('sha384').update(readFileSync(new URL('../../dist/tag.full.js', import.meta.url))).digest('base64');
    stage.serve('/', {
      attributes: `integrity="sha384-${hash}" crossorigin`,
      headers: { 'content-security-policy': `default-src 'none'; script-src ${stage.collector}; connect-src ${stage.collector}` },
    });
    await stage.open('/');
    expect(await stage.arrived('page_view')).toHaveLength(1);
  });
}); // biome-ignore format: a list
