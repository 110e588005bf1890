// e2e/tag/vitals-views.test.ts: web vitals of a page that was prerendered.
import { describe, expect, it } from 'vitest';
import { visitUndriven } from '../support/chromium.ts';
import { useStage } from './use-stage.ts';

const stage = useStage();
const vitals = (): string => `<script src="${stage.collector}/tag.vitals.js"></script>`;

describe('web vitals of a view that is no load', () => {
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
