// e2e/tag/hostile.test.ts: the tag in pages that break what it relies on: nothing is thrown, and what can be delivered is.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Hushtag } from '../../sdk/api.ts';
import { HOSTILE, noteErrors } from './hostile-pages.ts';
import type { Tagged } from './use-stage.ts';
import { track, useStage } from './use-stage.ts';

const stage = useStage();

/** Uses everything a page can use, and returns what the page's own code came to. */
const useEverything = async (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { hushtag } = window as unknown as Tagged;
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    const nasty = [
      undefined,
      null,
      1n,
      Symbol('x'),
      loop,
      () => 1,
      Object.create(null),
      {
        get a() {
          throw new Error('a');
        },
      },
    ];
    for (const call of Object.keys(hushtag) as (keyof Hushtag)[]) {
      if (call === 'optOut' || typeof hushtag[call] !== 'function') continue; // `then` is no call, that nobody awaits the tag.
      for (const given of nasty) (hushtag[call] as (...all: unknown[]) => void)(given, given);
      (hushtag[call] as (...all: unknown[]) => void)('x', { items: nasty, currency: loop, value: 1n, a: Symbol('y') });
    }
    hushtag.consent('grant');
    hushtag.track('still_here');
    history.pushState(null, '', '/pushed');
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    return 'done';
  });

describe('S1: the tag never hurts its page', () => {
  it.each(HOSTILE)('throws nothing into a page that $why', async ({ prepare, delivers }) => {
    await stage.context.addInitScript(prepare);
    const page = await stage.context.newPage();
    const errors = await noteErrors(page);
    await page.goto(stage.site);
    await page.waitForFunction(() => 'hushtag' in window, undefined, { polling: 50 });
    expect(await useEverything(page)).toBe('done');
    if (delivers) await stage.arrived('still_here');
    expect(errors).toEqual([]);
  });

  it('C2: takes no grant where nobody can tell whether GPC is set, and throws nothing', async () => {
    await stage.context.addInitScript(() => {
      Object.defineProperty(navigator, 'globalPrivacyControl', {
        get() {
          throw new Error('patched');
        },
      });
    });
    stage.serve('/unclear', { attributes: 'data-consent="grant"' });
    const page = await stage.context.newPage();
    const errors = await noteErrors(page);
    await page.goto(`${stage.site}/unclear`);
    await stage.arrived('page_view');
    expect(stage.arrivals[0]?.message.c).toEqual(['u']);
    expect(stage.arrivals[0]?.message).not.toHaveProperty('i');
    expect(errors).toEqual([]);
  });

  it('lets the page’s own errors through the history that it watches, unchanged', async () => {
    const page = await stage.open('/');
    await stage.arrived('page_view');
    const name = await page.evaluate(() => {
      try {
        history.pushState(() => 1, '', '/');
        return 'nothing';
      } catch (error) {
        return (error as DOMException).name;
      }
    });
    expect(name).toBe('DataCloneError');
  });

  it('takes nobody else for its script, who could say where events go and what is loaded', async () => {
    stage.serve('/injected', {
      whole: `<!doctype html><title>Shop</title><img name="currentScript" src="${stage.collector}/tag.js" data-site="shop" data-debug>
        <script src="/tag.js" data-site="shop"></script><script>window.ran = true</script>`,
    });
    const page = await stage.context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const errors = await noteErrors(page);
    await page.goto(`${stage.site}/injected`);
    await page.waitForFunction(() => 'ran' in window);
    expect(await page.evaluate(() => 'hushtag' in window)).toBe(false);
    expect(asked).not.toContain('/tag.debug.js');
    expect(errors).toEqual([]);
    expect(stage.arrivals).toEqual([]);
  });

  it('throws nothing where the page’s policy blocks the collector', async () => {
    stage.serve('/closed', { headers: { 'content-security-policy': "connect-src 'self'" } });
    const page = await stage.context.newPage();
    const errors = await noteErrors(page);
    const blocked = new Promise<void>((resolve) => {
      page.on('console', (line) => {
        if (line.text().includes('connect-src')) resolve();
      });
    });
    await page.goto(`${stage.site}/closed`);
    await blocked;
    expect(await useEverything(page)).toBe('done');
    await stage.open('/open');
    await stage.arrived('page_view');
    expect(stage.events().map(({ u }) => u)).toEqual([`${stage.site}/open`]);
    expect(errors).toEqual([]);
  });

  it('delivers what happened offline once the network is back', async () => {
    const page = await stage.open('/');
    const errors = await noteErrors(page);
    await stage.arrived('page_view');
    await stage.context.setOffline(true);
    const failed = page.waitForEvent('requestfailed');
    await track(page, 'offline');
    await failed;
    await stage.context.setOffline(false);
    expect(await stage.arrived('offline')).toHaveLength(1);
    expect(errors).toEqual([]);
  });
});
