// e2e/tag/back-forward-cache.test.ts: a page that comes back as it was left: its views and its web vitals.
import { describe, expect, it } from 'vitest';
import { track, useStage } from './use-stage.ts';

// Playwright switches the back/forward cache off, and only the whole browser has one; here it is what is tested.
const stage = useStage({ kind: 'whole', withoutSwitches: ['--disable-back-forward-cache'] });

describe('one page view for every page that is seen, in a real browser', () => {
  it('flushes when the page goes, and counts it again when the back/forward cache brings it back', async () => {
    const page = await stage.open('/first');
    await stage.arrived('page_view', 1);
    await page.evaluate(() => void Object.assign(window, { isTheSame: true }));
    await track(page, 'last_word');
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
});

describe('web vitals of a view that is no load', () => {
  it('are told anew after a return from the back/forward cache: nothing was waited for, and it was painted', async () => {
    stage.serve('/first', { head: `<script src="${stage.collector}/tag.vitals.js"></script>` });
    const page = await stage.open('/first');
    await stage.arrived('page_view');
    await page.evaluate(() => void Object.assign(window, { isTheSame: true }));
    await page.goto(`${stage.site}/second`);
    await stage.arrived('web_vitals');
    // A restored page fires no load event to wait for.
    await page.goBack({ waitUntil: 'commit' });
    await stage.arrived('page_view', 3);
    expect(await page.evaluate(() => 'isTheSame' in window)).toBe(true);
    await page.evaluate(async () => {
      const frame = async (): Promise<unknown> => new Promise((done) => void requestAnimationFrame(done));
      for (let frames = 0; frames < 3; frames += 1) await frame();
    });
    await page.goto(`${stage.site}/second`);
    const [load, restored] = await stage.arrived('web_vitals', 2);
    expect([load?.u, restored?.u]).toEqual([`${stage.site}/first`, `${stage.site}/first`]);
    expect(Number(load?.p?.['ttfb'])).toBeGreaterThan(0);
    expect(restored?.p).toMatchObject({ ttfb: 0, cls: 0 });
    expect(restored?.p?.['fcp']).toBe(restored?.p?.['lcp']);
    // Counted from the return, not from the load, which was longer ago than any frame takes.
    expect(Number(restored?.p?.['fcp'])).toBeGreaterThan(0);
    expect(restored?.p).not.toHaveProperty('inp');
  });
});
