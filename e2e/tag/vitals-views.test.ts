// e2e/tag/vitals-views.test.ts: web vitals of a page that comes back from the back/forward cache, and of one that was prerendered.
import { describe, expect, it } from 'vitest';
import { visitUndriven } from './stage.ts';
import { useStage } from './use-stage.ts';

// Playwright switches the back/forward cache off; here it is what is tested.
const stage = useStage({ withoutSwitches: ['--disable-back-forward-cache'] });
const vitals = (): string => `<script src="${stage.collector}/tag.vitals.js"></script>`;

describe('web vitals of a view that is no load', () => {
  it('are told anew after a return from the back/forward cache: nothing was waited for, and it was painted', async () => {
    stage.serve('/first', { head: vitals() });
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

  it('count from a prerendered page’s activation: its answer had come before it', async () => {
    const rules = { prerender: [{ source: 'list', urls: ['/ahead'], eagerness: 'immediate' }] };
    stage.serve('/from', {
      head: `<script type="speculationrules">${JSON.stringify(rules)}</script>
        <script>
          const look = () => fetch('/is-ready').then(({ status }) => {
            if (status === 204) location.href = '/ahead';
            else setTimeout(look, 100);
          });
          addEventListener('load', look);
        </script>`,
    });
    // Once it is shown and painted, it goes on to another page.
    stage.serve('/ahead', {
      head: `${vitals()}<script>
        if (document.prerendering) fetch('/is-prerendered');
        document.addEventListener('prerenderingchange', () => {
          const go = (frames) => { frames ? requestAnimationFrame(() => go(frames - 1)) : setTimeout(() => { location.href = '/on' }, 300) };
          go(3);
        });
      </script>`,
    });
    stage.serve('/is-ready', { status: () => (stage.wasAsked('/is-prerendered') ? 204 : 200) });
    // Playwright holds every new page up, prerendered ones for ever: this browser runs by itself.
    const visit = visitUndriven(`${stage.site}/from`);
    try {
      const [told] = await stage.arrived('web_vitals');
      expect(told?.u).toBe(`${stage.site}/ahead`);
      expect(told?.p).toMatchObject({ ttfb: 0 });
      expect(Number(told?.p?.['fcp'])).toBeGreaterThanOrEqual(0);
    } finally {
      await visit.end();
    }
  });
});
