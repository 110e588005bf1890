// sdk/page-url.test.ts
import { describe, expect, it } from 'vitest';
import { pageUrl } from './page-url.ts';

describe('P1: of an address, only what is needed leaves the browser', () => {
  it.each([
    { why: 'the query', href: 'https://a.example/p?mail=me@b.example', sent: 'https://a.example/p' },
    { why: 'the fragment', href: 'https://a.example/p#access_token=1', sent: 'https://a.example/p' },
    { why: 'a query in a fragment', href: 'https://a.example/#/p?utm_source=x', sent: 'https://a.example/' },
    { why: 'a parameter that only ends in utm', href: 'https://a.example/?xutm_source=1', sent: 'https://a.example/' },
    { why: 'all but the campaign', href: 'https://a.example/?q=1&utm_source=n&id=2&utm_medium=m', sent: 'https://a.example/?utm_source=n&utm_medium=m' },
  ])('drops $why', ({ href, sent }) => {
    expect(pageUrl(href, true)).toBe(sent);
  });

  it('keeps a path that has an ampersand', () => {
    expect(pageUrl('https://a.example/h&m/?utm_source=n', true)).toBe('https://a.example/h&m/?utm_source=n');
  });

  it('drops the campaign as well where it may not be told', () => {
    expect(pageUrl('https://a.example/?utm_source=n', false)).toBe('https://a.example/');
  });
}); // biome-ignore format: a table
