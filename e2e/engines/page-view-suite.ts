// e2e/engines/page-view-suite.ts: one page view for every page that is seen, by each way an engine knows to get there.
import { describe, expect, it } from 'vitest';
import type { EngineFacts } from './engine.ts';
import type { Tagged, Visit } from './use-shop.ts';

export function pageViewSuite(visit: Visit, facts: EngineFacts): void {
  const views = async (times: number): Promise<unknown> => visit.shop.arrived('page_view', times);

  describe('page views', () => {
    it('come of load, pushState, replaceState and going back, each with its title', async () => {
      await visit.open('/start?session=1#top');
      await views(1);
      await visit.engine.run(() => {
        history.pushState(null, '', '/pushed');
        document.title = 'Pushed';
      }, undefined);
      await views(2);
      await visit.engine.run(() => history.replaceState(null, '', '/replaced'), undefined);
      await views(3);
      await visit.back();
      await views(4);
      expect(visit.shop.viewed()).toEqual(['/start', '/pushed', '/replaced', '/start']);
      expect(visit.shop.events().map(({ h }) => h)).toEqual(['Shop', 'Pushed', 'Pushed', 'Pushed']);
      expect(visit.shop.events()[3]?.r).toBe(`${visit.shop.origin}/replaced`);
    });

    it('don’t come of the same address, nor of a place in the page', async () => {
      await visit.open('/one');
      await views(1);
      await visit.engine.run(async () => {
        history.pushState(null, '', '/one');
        history.replaceState({ a: 1 }, '', '/one');
        location.hash = 'reviews';
        await new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
        history.pushState(null, '', '/end');
      }, undefined);
      await views(2);
      expect(visit.shop.viewed()).toEqual(['/one', '/end']);
    });

    it('come once where the script stands twice', async () => {
      const again = `<script>addEventListener('load',()=>{const s=document.querySelector('script[data-site]'),c=document.createElement('script');
        c.src=s.src;c.dataset.site=s.dataset.site;c.onload=()=>hushtag.track('twice_loaded');document.head.append(c)})</script>`;
      visit.shop.serve('/', { head: again });
      await visit.open('/');
      await visit.shop.arrived('twice_loaded');
      expect(visit.shop.events().map(({ n }) => n)).toEqual(['page_view', 'twice_loaded']);
    });

    it('come of routes in the fragment where the page asks for it', async () => {
      visit.shop.serve('/', { attributes: 'data-hash="true"' });
      await visit.open('/');
      await views(1);
      await visit.engine.run(() => void (location.hash = '/tea'), undefined);
      await views(2);
      await visit.back();
      await views(3);
      // The address goes as it is; the edge makes a path of the route (contract/wire-decode.ts).
      expect(visit.shop.viewed()).toEqual(['/', '/#/tea', '/']);
    });

    it('come of the Navigation API, once its navigation has finished; elsewhere history is watched', async () => {
      await visit.open('/');
      await views(1);
      expect(await visit.engine.run(() => 'navigation' in window, undefined)).toBe(facts.hasNavigationApi);
      const isPatched = await visit.engine.run(() => !/native code/.test(history.pushState.toString()), undefined);
      expect(isPatched).toBe(!facts.hasNavigationApi);
      await visit.engine.run(() => {
        interface Navigate extends Event {
          readonly intercept: (how: { readonly handler: () => Promise<void> }) => void;
        }
        const navigation = (window as unknown as { readonly navigation?: EventTarget & { readonly navigate: (to: string) => unknown } }).navigation;
        if (!navigation) {
          history.pushState(null, '', '/routed');
          document.title = 'Routed';
          return;
        }
        navigation.addEventListener('navigate', (event) => {
          const handler = async (): Promise<void> => {
            await new Promise((resolve) => void setTimeout(resolve, 50));
            document.title = 'Routed';
          };
          (event as Navigate).intercept({ handler });
        });
        navigation.navigate('/routed');
      }, undefined);
      await views(2);
      expect(visit.shop.events().map(({ u, h }) => [u?.replace(visit.shop.origin, ''), h])).toEqual([['/', 'Shop'], ['/routed', 'Routed']]);
      // By the page itself, without another load.
      expect(visit.shop.requests).toEqual(['GET /']);
    });

    it('come anew when the back/forward cache brings a page back, under the same page', async () => {
      await visit.open('/first');
      await views(1);
      await visit.engine.run(() => void Object.assign(window, { isTheSame: true }), undefined);
      await visit.open('/second');
      await views(2);
      await visit.back();
      await views(3);
      await visit.path('/first');
      expect(await visit.engine.run(() => 'isTheSame' in window, undefined)).toBe(true);
      // Restored, not loaded again: the shop was asked once.
      expect(visit.shop.requests).toEqual(['GET /first', 'GET /second']);
      expect(visit.shop.viewed()).toEqual(['/first', '/second', '/first']);
      await visit.call('track', 'after_restore');
      await visit.shop.arrived('after_restore');
    });

    it('come once of a page that was named to be prerendered', async () => {
      const rules = '{"prerender":[{"source":"list","urls":["/ahead"],"eagerness":"moderate"}]}';
      visit.shop.serve('/from', { head: `<script type="speculationrules">${rules}</script>` });
      await visit.open('/from');
      await views(1);
      // Whether speculation rules are known: the page that is prerendered itself is tested in e2e/tag/page-views.test.ts.
      expect(await visit.engine.run(() => HTMLScriptElement.supports('speculationrules'), undefined)).toBe(facts.hasSpeculationRules);
      await visit.engine.run(() => void setTimeout(() => location.assign('/ahead')), undefined);
      await views(2);
      expect(visit.shop.viewed()).toEqual(['/from', '/ahead']);
    });

    it('tell engagement and depth on the page that was left', async () => {
      await visit.open('/long');
      await views(1);
      await visit.engine.run(async () => {
        document.body.style.height = '4000px';
        scrollTo(0, 4_000);
        await new Promise((resolve) => void setTimeout(resolve, 1_100));
        history.pushState(null, '', '/next');
      }, undefined);
      const [engagement] = await visit.shop.arrived('user_engagement');
      expect(engagement?.u).toBe(`${visit.shop.origin}/long`);
      expect(engagement?.p).toEqual([expect.any(Number), expect.closeTo(1, 1)]);
      expect(Number(engagement?.p?.['0'])).toBeGreaterThanOrEqual(1_000);
    });

    it('tell the campaign and nothing else of the query', async () => {
      await visit.open('/to?utm_source=news&mail=me@example.org&utm_medium=mail#me@example.org');
      await views(1);
      expect(visit.shop.viewed()).toEqual(['/to?utm_source=news&utm_medium=mail']);
      expect(JSON.stringify(visit.shop.all.map(({ message }) => message))).not.toContain('example.org');
    });
  });

  describe('S1: a page that has no tag to speak of', () => {
    it('is left with one global', async () => {
      visit.shop.serve('/', { head: '<script>window.before=Object.getOwnPropertyNames(window)</script>' });
      await visit.open('/');
      await views(1);
      const added = await visit.engine.run(() => {
        const { before } = window as unknown as Tagged & { readonly before: readonly string[] };
        return Object.getOwnPropertyNames(window).filter((name) => name !== 'before' && !before.includes(name));
      }, undefined);
      expect(added).toEqual(['hushtag']);
    });
  });
} // biome-ignore format: long lines
