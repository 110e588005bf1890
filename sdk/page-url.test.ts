// sdk/page-url.test.ts
import { afterEach, describe, expect, it } from 'vitest';
import type { TagOptions } from './api.ts';
import { FLUSH_MS } from './delivery.ts';
import { closePage, openPage } from './testing.ts';

/** What the tag says of the page's address. */
const sentFor = async (url: string, options: Partial<TagOptions> = {}): Promise<string | undefined> => {
  const page = await openPage(options, { url });
  await page.pass(FLUSH_MS);
  return page.fetched[0]?.e[0]?.u;
};
afterEach(closePage);

describe('P1: of an address, only what is needed leaves the browser', () => {
  it.each([
    { why: 'the query', url: 'https://a.example/p?mail=me@b.example', sent: 'https://a.example/p' },
    { why: 'the fragment', url: 'https://a.example/p#access_token=1', sent: 'https://a.example/p' },
    { why: 'a query in a fragment', url: 'https://a.example/#/p?utm_source=x', sent: 'https://a.example/' },
    { why: 'a parameter that only ends in utm', url: 'https://a.example/?xutm_source=1', sent: 'https://a.example/' },
    {
      why: 'all but the campaign',
      url: 'https://a.example/?q=1&utm_source=n&id=2&utm_medium=m',
      sent: 'https://a.example/?utm_source=n&utm_medium=m',
    },
    {
      why: 'a question mark in a value, and what follows',
      url: 'https://a.example/?utm_source=n?x=1',
      sent: 'https://a.example/?utm_source=n',
    },
    {
      why: 'nothing of a path that has an ampersand',
      url: 'https://a.example/h&m/?utm_source=n',
      sent: 'https://a.example/h&m/?utm_source=n',
    },
  ])('drops $why', async ({ url, sent }) => {
    expect(await sentFor(url)).toBe(sent);
  });

  it('drops the campaign as well where it may not be told', async () => {
    expect(await sentFor('https://a.example/?utm_source=n', { policy: 'exempt' })).toBe('https://a.example/');
  });
});

describe('with the hash option, a route in the fragment stays, for the edge to make a path of', () => {
  it.each([
    { why: 'a route', url: 'https://a.example/#/tea', sent: 'https://a.example/#/tea' },
    { why: 'a campaign before the route', url: 'https://a.example/?utm_source=n&q=1#/tea', sent: 'https://a.example/?utm_source=n#/tea' },
    { why: 'a route without its query', url: 'https://a.example/?q=1#/tea?mail=me@b.example', sent: 'https://a.example/#/tea' },
    { why: 'a place in the page', url: 'https://a.example/tea#reviews', sent: 'https://a.example/tea' },
    { why: 'a token', url: 'https://a.example/#access_token=1/2', sent: 'https://a.example/' },
  ])('sends $why as it should be', async ({ url, sent }) => {
    expect(await sentFor(url, { hash: true })).toBe(sent);
  });
}); // biome-ignore format: a table
