// e2e/tag/page-views.test.ts
import { describe, expect, it } from 'vitest';
import { visitUndriven } from '../support/chromium.ts';
import { useStage } from './use-stage.ts';

const stage = useStage();

describe('one page view for every page that is seen, in a real browser', () => {
  it('sees load, pushState, replaceState and going back, each with its title', async () => {
    const page = await stage.open('/start?session=1#top');
    await stage.arrived('page_view', 1);
    await page.evaluate(() => {
      history.pushState(null, '', '/pushed');
      document.title = 'Pushed';
    });
    await stage.arrived('page_view', 2);
    await page.evaluate(() => history.replaceState(null, '', '/replaced'));
    await stage.arrived('page_view', 3);
    await page.goBack();
    const views = await stage.arrived('page_view', 4);
    expect(views.map(({ u, h }) => [u?.replace(stage.site, ''), h])).toEqual([
      ['/start', 'Shop'],
      ['/pushed', 'Pushed'],
      ['/replaced', 'Pushed'],
      ['/start', 'Pushed'],
    ]);
  });

  it('does not count the same address, nor a place in the page', async () => {
    const page = await stage.open('/');
    await page.evaluate(() => {
      history.pushState(null, '', location.href);
      history.replaceState({ scroll: 1 }, '');
      location.hash = 'reviews';
    });
    await page.evaluate(() => history.pushState(null, '', '/next'));
    await stage.arrived('page_view', 2);
    expect(stage.events().map(({ u }) => u)).toEqual([`${stage.site}/`, `${stage.site}/next`]);
  });

  it('reads the title after an intercepted navigation has settled', async () => {
    const page = await stage.open('/');
    await stage.arrived('page_view', 1);
    await page.evaluate(() => {
      const { navigation } = window as unknown as { navigation: EventTarget & { navigate: (url: string) => void } };
      navigation.addEventListener('navigate', (event) => {
        (event as unknown as { intercept: (how: object) => void }).intercept({
          handler: async () => {
            await new Promise((resolve) => void setTimeout(resolve, 50));
            document.title = 'Settled';
          },
        });
      });
      navigation.navigate('/intercepted');
    });
    const [, view] = await stage.arrived('page_view', 2);
    expect([view?.u, view?.h]).toEqual([`${stage.site}/intercepted`, 'Settled']);
  });

  it('watches the history itself where there is no Navigation API', async () => {
    await stage.context.addInitScript(() => Object.defineProperty(window, 'navigation', { value: undefined }));
    const page = await stage.open('/start');
    await stage.arrived('page_view', 1);
    await page.evaluate(() => history.pushState(null, '', '/pushed'));
    await stage.arrived('page_view', 2);
    await page.evaluate(() => history.replaceState(null, '', '/replaced'));
    await stage.arrived('page_view', 3);
    await page.goBack();
    const views = await stage.arrived('page_view', 4);
    expect(views.map(({ u }) => u?.replace(stage.site, ''))).toEqual(['/start', '/pushed', '/replaced', '/start']);
  });

  it.each([
    { why: 'asked to', attributes: 'data-hash="true"', path: '/#/tea' },
    { why: 'not asked to', attributes: '', path: undefined },
  ])('counts routes in the fragment where $why', async ({ attributes, path }) => {
    stage.serve('/', { attributes });
    const page = await stage.open('/');
    await stage.arrived('page_view', 1);
    await page.evaluate(() => void (location.hash = '/tea'));
    await page.evaluate(() => history.pushState(null, '', '/end'));
    await stage.arrived('page_view', path === undefined ? 2 : 3);
    const paths = stage.events().map(({ u }) => u?.replace(stage.site, ''));
    expect(paths).toEqual(['/', ...(path === undefined ? [] : [path]), '/end']);
  });

  it('tells engagement and depth on the page that was left', async () => {
    const page = await stage.open('/long');
    await stage.arrived('page_view', 1);
    await page.evaluate(() => {
      document.body.style.height = '4000px';
      scrollTo(0, 4_000);
    });
    await page.waitForFunction(
      (since) => performance.now() > since + 1_100,
      await page.evaluate(() => performance.now()),
    );
    await page.evaluate(() => history.pushState(null, '', '/next'));
    const [engagement] = await stage.arrived('user_engagement');
    expect(engagement?.u).toBe(`${stage.site}/long`);
    expect(engagement?.p).toEqual([expect.any(Number), expect.closeTo(1, 1)]);
    expect(Number(engagement?.p?.['0'])).toBeGreaterThanOrEqual(1_000);
  });

  it('says nothing of a page that is prerendered until it is shown', async () => {
    stage.serve('/from', {
      head: `<script type="speculationrules">{"prerender":[{"source":"list","urls":["/ahead"],"eagerness":"immediate"}]}</script>
        <script>
          const when = (path, act) => fetch(path).then(({ status }) => status === 204 ? act() : setTimeout(when, 50, path, act));
          const leave = () => when('/has-heard', () => { location.href = '/ahead' });
          addEventListener('load', () => when('/is-ready', () => { hushtag.track('meanwhile'); leave() }));
        </script>`,
    });
    // The tag has started in the prerendered page, and could have sent. Chromium may show the page a moment before it says that it is
    // prerendered no more; the tag then sends with what the visitor does first, here a scroll.
    stage.serve('/ahead', {
      head: `<script>const look=()=>window.hushtag?fetch('/is-prerendered'):setTimeout(look,20);if(document.prerendering)look();
        const act=()=>document.prerendering?setTimeout(act,20):setTimeout(()=>dispatchEvent(new Event('scroll')),200);act()</script>`,
    });
    stage.serve('/is-ready', { status: () => (stage.wasAsked('/is-prerendered') ? 204 : 200) });
    stage.serve('/has-heard', { status: () => (stage.events().some(({ n }) => n === 'meanwhile') ? 204 : 200) });
    // Playwright holds every new page up, prerendered ones for ever: this browser runs by itself.
    const visit = visitUndriven(`${stage.site}/from`);
    try {
      await stage.arrived('page_view', 2);
    } finally {
      await visit.end();
    }
    const names = stage.events().map(({ n, u }) => `${n} ${u?.replace(stage.site, '')}`);
    expect(names).toEqual(['page_view /from', 'meanwhile /from', 'page_view /ahead']);
  });

  it('tells the campaign and nothing else of the query, and of the referrer no query', async () => {
    stage.serve('/from', { head: '<meta name="referrer" content="unsafe-url">' });
    const page = await stage.open('/from?mail=me@example.org');
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = '/to?utm_source=news&mail=me@example.org&utm_medium=mail#me@example.org';
      document.body.append(link);
      link.click();
    });
    const [, view] = await stage.arrived('page_view', 2);
    expect(view).toMatchObject({ u: `${stage.site}/to?utm_source=news&utm_medium=mail`, r: `${stage.site}/from` });
    expect(JSON.stringify(stage.arrivals)).not.toContain('example.org');
  });
});

describe('E-wire: messages reach another origin without a preflight', () => {
  it('posts text with the page’s origin, and says nothing of automation where there is none', async () => {
    await stage.open('/');
    await stage.arrived('page_view');
    expect(stage.arrivals[0]).toMatchObject({ contentType: 'text/plain;charset=UTF-8', origin: stage.site });
    expect(stage.arrivals[0]?.message).toMatchObject({ v: 1, s: 'shop', c: ['u'] });
    expect(stage.arrivals[0]?.message.w).toBe(false);
    expect(stage.otherMethods).toEqual([]);
  });

  it('marks a browser that is driven by a program', async () => {
    await stage.context.addInitScript(() => Object.defineProperty(navigator, 'webdriver', { get: () => true }));
    await stage.open('/');
    await stage.arrived('page_view');
    expect(stage.arrivals[0]?.message.w).toBe(true);
  });
});
