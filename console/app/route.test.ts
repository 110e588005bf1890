// console/app/route.test.ts: an address and what it names are each other's.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAGES, pathOf, readRoute, withQuery } from './route.ts';

const read = (path: string) => {
  const [pathname = '', search = ''] = path.split('?');
  return readRoute(pathname, search);
};

describe('addresses', () => {
  it('name site, page and item, whatever is in them', () => {
    const text = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(text, fc.constantFrom(...PAGES), fc.option(text, { nil: undefined }), (site, page, item) => {
        expect(read(pathOf(site, page, item))).toMatchObject({ site, page, item });
      }),
    );
  });

  it('keep filters, and lose those that are emptied', () => {
    const query = withQuery(new URLSearchParams('to=2026-11-02&status=open'), { from: '2026-11-01', status: '' });
    expect(pathOf('shop', 'ledger', undefined, query)).toBe('/console/shop/ledger?from=2026-11-01&to=2026-11-02');
  });

  it('name no page where there is none of that name', () => {
    expect(read('/console/shop/nothing')).toMatchObject({ site: 'shop', page: undefined });
    expect(read('/console/')).toMatchObject({ site: undefined, page: undefined });
  });
});
