// core/plain-url.test.ts: what is taken apart without the parser comes out as the parser gives it (P1).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainParameters, plainUrl } from './plain-url.ts';

const piece = fc.constantFrom(
  'a', 'z9', '-', '.', '..', 'xn--', 'example', 'shop', 'com', '0x7f', '127', '1.2.3.4', 'localhost', 'A', '_', '%2e', '%', ' ',
  '@', ':', ':80', ':443', ':99999', '/', '//', '?', '#', '&', '&#64;', '&commat;', '=', 'utm_source', 'utm_source=news', '+', ';', '\\',
  '\n', '\t', 'é', '\u00ad', '[::1]',
); // biome-ignore format: a vocabulary reads better in rows
const urlArb = fc
  .tuple(
    fc.constantFrom('http://', 'https://', 'https:/', 'HTTPS://', 'ftp://', ''),
    fc.oneof(
      fc.constantFrom('shop.example', 'www.shop.example', 'localhost'),
      fc.array(piece, { maxLength: 4 }).map((all) => all.join('')),
    ),
    fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
  )
  .map((parts) => parts.join(''));

describe('P1: plain URLs', () => {
  it('are taken apart as the parser takes them apart, and others are left to it', () => {
    fc.assert(
      fc.property(urlArb, fc.constantFrom('utm_source', 'a', 'shop'), (url, name) => {
        const plain = plainUrl(url);
        if (plain === undefined) return;
        const address = new URL(url);
        expect(plain).toEqual({ host: address.hostname, path: address.pathname, query: address.search.slice(1) });
        expect(plainParameters(plain.query)(name)).toBe(address.searchParams.get(name));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(['https://shop.example', 'https://shop.example/products/12?utm_source=news&a=b', 'http://localhost:8787/'])(
    'need no parser: %s',
    (url) => {
      expect(plainUrl(url)).toBeDefined();
    },
  );

  it.each([
    'https://shop.example/a/../b',
    'https://shop.example/%41',
    'https://shop.example/?a=b+c',
    'https://shop.example/#a',
    'https://1.2.3.4/',
    'https://xn--a.example/',
    'https://user@shop.example/',
  ])('are not: %s', (url) => {
    expect(plainUrl(url)).toBeUndefined();
  });
});
