// sdk/params.test.ts
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ITEMS_KEPT_MAX, readParams } from './params.ts';

describe('GA4 parameters become commerce, money in minor units', () => {
  it.each([
    { why: 'two digits', currency: 'EUR', value: 19.99, minor: 1999 },
    { why: 'no digits', currency: 'JPY', value: 1980, minor: 1980 },
    { why: 'three digits', currency: 'KWD', value: 1.234, minor: 1234 },
    { why: 'lower case', currency: 'eur', value: 1, minor: 100 },
    { why: 'an amount as text', currency: 'EUR', value: '19.99', minor: 1999 },
    { why: 'a product that binary fractions get wrong', currency: 'EUR', value: 4.35, minor: 435 },
    { why: 'money given back', currency: 'EUR', value: -5.5, minor: -550 },
    { why: 'nothing to pay', currency: 'EUR', value: 0, minor: 0 },
  ])('reads an amount with $why', ({ currency, value, minor }) => {
    expect(readParams({ currency, value }).m).toEqual({ c: currency.toUpperCase(), v: minor });
  });

  it.each([
    { why: 'no currency', params: { value: 5 }, p: { value: 5 } },
    { why: 'what is no currency code', params: { currency: 'euro', value: 5 }, p: { value: 5 } },
  ])('keeps an amount as a property where there is $why', ({ params, p }) => {
    expect(readParams(params)).toEqual({ m: undefined, p });
  });

  it('leaves out a price that is no number, and keeps the item', () => {
    const { m } = readParams({ currency: 'EUR', items: [{ item_id: 'a', price: 'on request' }] });
    expect(m).toEqual({ c: 'EUR', l: [{ i: 'a' }] });
  });

  it('leaves out items without an id', () => {
    expect(readParams({ items: [{ item_id: '' }, { item_id: 'a' }] }).m).toEqual({ l: [{ i: 'a' }] });
  });

  it.each([
    { why: 'below the limit', given: ITEMS_KEPT_MAX - 1, kept: ITEMS_KEPT_MAX - 1 },
    { why: 'at the limit', given: ITEMS_KEPT_MAX, kept: ITEMS_KEPT_MAX },
    { why: 'above the limit', given: ITEMS_KEPT_MAX + 1, kept: ITEMS_KEPT_MAX },
  ])('keeps $kept of $given items, $why', ({ given, kept }) => {
    const items = Array.from({ length: given }, (_, index) => ({ item_id: `item-${index}` }));
    expect(readParams({ items }).m?.l).toHaveLength(kept);
  });

  it('cuts texts at the wire’s limit', () => {
    const { m, p } = readParams({ coupon: 'c'.repeat(301), note: 'n'.repeat(301) });
    expect(m?.k).toHaveLength(300);
    expect(p?.['note']).toHaveLength(300);
  });

  it('reads back every amount of cents that there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (cents) => {
        expect(readParams({ currency: 'EUR', value: cents / 100 }).m?.v === cents).toBe(true);
      }),
    );
  });

  it('S1: makes JSON of whatever it is given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withNullPrototype: true })), (given) => {
        expect(typeof JSON.stringify(readParams({ ...given, items: [] }))).toBe('string');
      }),
    );
  });
});
