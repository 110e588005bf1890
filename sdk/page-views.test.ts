// sdk/page-views.test.ts
import { afterEach, describe, expect, it } from 'vitest';
import { FLUSH_MS } from './delivery.ts';
import { ENGAGED_MS_MIN } from './page-views.ts';
import type { Page } from './testing.ts';
import { closePage, openPage } from './testing.ts';

const viewsOf = async (page: Page): Promise<readonly (readonly unknown[])[]> => {
  await page.pass(10 * FLUSH_MS);
  return page.fetched.flatMap(({ e }) => e.filter(({ n }) => n === 'page_view').map(({ u, h, r }) => [u, h, r]));
};
afterEach(closePage);

describe('one page view for every page that is seen', () => {
  it('takes address and title after the task that navigated', async () => {
    const page = await openPage({}, { referrer: 'https://search.example/?q=tea' });
    page.push('/tea?cup=1');
    page.setTitle('Tea');
    expect(await viewsOf(page)).toEqual([
      ['https://shop.example/', 'Shop', 'https://search.example/'],
      ['https://shop.example/tea', 'Tea', 'https://shop.example/'],
    ]);
  });

  it('sees going back', async () => {
    const page = await openPage();
    page.push('/tea');
    await page.pass(1);
    page.push('/');
    page.fire('popstate');
    expect((await viewsOf(page)).map(([url]) => url)).toEqual([
      'https://shop.example/',
      'https://shop.example/tea',
      'https://shop.example/',
    ]);
  });

  it.each([
    { why: 'the same address', path: '/' },
    { why: 'a place in the page', path: '/#reviews' },
  ])('does not count $why', async ({ path }) => {
    const page = await openPage();
    page.push(path);
    expect(await viewsOf(page)).toHaveLength(1);
  });

  it('counts another query as another page, without telling it', async () => {
    const page = await openPage();
    page.push('/?page=2');
    expect((await viewsOf(page)).map(([url]) => url)).toEqual(['https://shop.example/', 'https://shop.example/']);
  });

  it('counts a redirect in the page once, where it ends', async () => {
    const page = await openPage();
    page.push('/login');
    page.push('/account');
    expect((await viewsOf(page)).map(([url]) => url)).toEqual([
      'https://shop.example/',
      'https://shop.example/account',
    ]);
  });

  it.each([
    { persisted: true, views: 2 },
    { persisted: false, views: 1 },
  ])('counts $views when shown, from the back/forward cache: $persisted', async ({ persisted, views }) => {
    const page = await openPage();
    page.fire('pageshow', { persisted });
    expect(await viewsOf(page)).toHaveLength(views);
  });

  it('holds everything while prerendering, and counts the page when it is activated', async () => {
    const page = await openPage({}, { prerendering: true });
    page.tag.view_item();
    expect(await viewsOf(page)).toEqual([]);
    page.setTitle('Seen');
    page.activate();
    await page.pass(FLUSH_MS);
    expect(page.fetched.flatMap(({ e }) => e.map(({ n, h }) => [n, h]))).toEqual([
      ['view_item', undefined],
      ['page_view', 'Seen'],
    ]);
  });
});

describe('engagement is told of the page that was seen, when it is left or hidden', () => {
  const engagementsOf = (messages: Page['fetched']): readonly (readonly unknown[])[] =>
    messages.flatMap(({ e }) => e.filter(({ n }) => n === 'user_engagement').map(({ u, p }) => [u, p]));

  it('on the previous address in a single-page app, with time and depth of that page alone', async () => {
    const page = await openPage();
    await page.pass(4_000);
    page.scrollTo(75);
    page.scrollTo(50);
    page.push('/tea');
    await page.pass(3_000);
    page.push('/coffee');
    await page.pass(10 * FLUSH_MS);
    expect(engagementsOf(page.fetched)).toEqual([
      ['https://shop.example/', [4_000, 0.75]],
      ['https://shop.example/tea', [3_000, 0.2]],
    ]);
  });

  it('does not count time out of sight or out of focus', async () => {
    const page = await openPage();
    await page.pass(2_000);
    page.setFocus(false);
    await page.pass(60_000);
    page.setFocus(true);
    await page.pass(1_000);
    page.setHidden(true);
    expect(engagementsOf(page.beacons)).toEqual([['https://shop.example/', [3_000, 0.2]]]);
    await page.pass(60_000);
    page.setHidden(false);
    await page.pass(1_500);
    page.setHidden(true);
    expect(engagementsOf(page.beacons).at(-1)?.[1]).toEqual([1_500, 0.2]);
  });

  it.each([
    { why: 'below the limit', ms: ENGAGED_MS_MIN - 1, told: 0 },
    { why: 'at the limit', ms: ENGAGED_MS_MIN, told: 1 },
    { why: 'above the limit', ms: ENGAGED_MS_MIN + 1, told: 1 },
  ])('tells $told of $ms ms, $why', async ({ ms, told }) => {
    const page = await openPage();
    await page.pass(ms);
    page.setHidden(true);
    expect(engagementsOf(page.beacons)).toHaveLength(told);
  });

  it('counts routes in the fragment only where asked to', async () => {
    const names = async (hash: boolean): Promise<readonly unknown[]> => {
      const page = await openPage({ hash });
      page.push('/#/tea');
      page.fire('popstate');
      return (await viewsOf(page)).map(([url]) => url);
    };
    expect(await names(false)).toEqual(['https://shop.example/']);
    expect(await names(true)).toEqual(['https://shop.example/', 'https://shop.example/#/tea']);
  });
});
