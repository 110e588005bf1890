// contract/ga4-params.test.ts
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readParams } from './ga4-params.ts';
import { ITEMS_MAX, PROPERTY_VALUE_CHARS_MAX, TEXT_CHARS_MAX } from './limits.ts';

describe('GA4 parameters become commerce, money in minor units', () => {
  it.each([
    { why: 'two digits', currency: 'EUR', value: 19.99, minor: 1999 },
    { why: 'no digits', currency: 'JPY', value: 1980, minor: 1980 },
    { why: 'three digits', currency: 'KWD', value: 1.234, minor: 1234 },
    { why: 'lower case', currency: 'eur', value: 1, minor: 100 },
    { why: 'an amount as text', currency: 'EUR', value: '19.99', minor: 1999 },
    { why: 'a product that binary fractions get wrong', currency: 'EUR', value: 4.35, minor: 435 },
    { why: 'money given back', currency: 'EUR', value: -5.5, minor: -550 },
    { why: 'half a cent that binary fractions get wrong', currency: 'EUR', value: 1.005, minor: 101 },
    { why: 'nothing to pay', currency: 'EUR', value: 0, minor: 0 },
  ])('reads an amount with $why', ({ currency, value, minor }) => {
    expect(readParams({ currency, value }).m).toEqual({ c: currency.toUpperCase(), v: minor });
  });

  it.each([
    { why: 'no currency', params: { value: 5 }, p: { value: 5 } },
    { why: 'what is no currency code', params: { currency: 'euro', value: 5 }, p: { value: 5 } },
    { why: 'a currency of no text', params: { currency: { code: 'EUR' }, value: 5 }, p: { value: 5 } },
  ])('keeps an amount as a property where there is $why', ({ params, p }) => {
    expect(readParams(params)).toEqual({ p });
  });

  it('leaves out a price that is no number, and keeps the item', () => {
    const { m } = readParams({ currency: 'EUR', items: [{ item_id: 'a', price: 'on request' }] });
    expect(m).toEqual({ c: 'EUR', l: [{ i: 'a' }] });
  });

  it.each([{ value: '' }, { value: true }, { value: 'free' }])('takes $value for no amount', (given) => {
    expect(readParams({ currency: 'EUR', ...given })).toEqual({ m: { c: 'EUR' }, p: given });
  });

  it('leaves out items without an id, and what is no item', () => {
    const items = [{ item_id: '' }, null, 7, 'b', { item_id: 'a', nested: {} }];
    expect(readParams({ items }).m).toEqual({ l: [{ i: 'a' }] });
  });

  it('reads everything that the wire has a field for, and keeps the rest as properties', () => {
    const item = {
      item_id: 84997, item_name: 'Candle', item_category: 'Home', item_brand: 'Regency', item_variant: 'red',
      price: '1.10', quantity: 0.5, discount: 0.1,
    }; // biome-ignore format: fields read better in rows
    expect(readParams({
      transaction_id: 7, currency: 'GBP', value: 5.95, tax: 1.19, shipping: 3.5, discount: 0.5, coupon: 'AUTUMN',
      items: [item], payment_type: 'card', is_gift: false, nested: { mail: 'x' }, nothing: null,
    })).toEqual({
      m: {
        o: '7', c: 'GBP', v: 595, x: 119, h: 350, d: 50, k: 'AUTUMN',
        l: [{ i: '84997', n: 'Candle', c: 'Home', b: 'Regency', v: 'red', p: 110, q: 0.5, d: 10 }],
      },
      p: { payment_type: 'card', is_gift: false },
    }); // biome-ignore format: fields read better in rows
  });

  it.each([
    { why: 'below the limit', given: ITEMS_MAX - 1, kept: ITEMS_MAX - 1 },
    { why: 'at the limit', given: ITEMS_MAX, kept: ITEMS_MAX },
    { why: 'above the limit', given: ITEMS_MAX + 1, kept: ITEMS_MAX },
  ])('keeps $kept of $given items, $why', ({ given, kept }) => {
    const items = Array.from({ length: given }, (_, index) => ({ item_id: `item-${index}` }));
    expect(readParams({ items }).m?.l).toHaveLength(kept);
  });

  it('cuts texts at the wire’s limit', () => {
    const { m, p } = readParams({ coupon: 'c'.repeat(501), note: 'n'.repeat(501) });
    expect(m?.k).toHaveLength(TEXT_CHARS_MAX);
    expect(p?.['note']).toHaveLength(PROPERTY_VALUE_CHARS_MAX);
  });

  it('reads back every amount of cents that there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (cents) => {
        expect(readParams({ currency: 'EUR', value: cents / 100 }).m?.v === cents).toBe(true);
      }),
    );
  });

  it('answers whatever JSON can hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (given) => {
        expect(typeof readParams(given)).toBe('object');
      }),
    );
  });
});
