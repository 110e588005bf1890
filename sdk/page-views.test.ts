// sdk/page-views.test.ts
import { afterEach, describe, expect, it } from 'vitest';
import { FLUSH_MS } from './delivery.ts';
import type { Page } from './testing.ts';
import { closePage, openPage } from './testing.ts';

const viewsOf = async (page: Page): Promise<readonly (readonly unknown[])[]> => {
  await page.pass(10 * FLUSH_MS);
  return page.fetched.flatMap(({ e }) => e.map(({ u, h, r }) => [u, h, r]));
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
      'https://shop.example/', 'https://shop.example/tea', 'https://shop.example/',
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
    expect((await viewsOf(page)).map(([url]) => url)).toEqual(['https://shop.example/', 'https://shop.example/account']);
  });

  it.each([{ persisted: true, views: 2 }, { persisted: false, views: 1 }])('counts $views when shown, from the back/forward cache: $persisted', async ({ persisted, views }) => {
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
    expect(page.fetched.flatMap(({ e }) => e.map(({ n, h }) => [n, h]))).toEqual([['view_item', undefined], ['page_view', 'Seen']]);
  });
}); // biome-ignore format: a list
