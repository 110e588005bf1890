// contract/listed-params.test.ts
import { describe, expect, it } from 'vitest';
import { namedParams } from './listed-params.ts';
import { decodeEvent } from './wire-decode.ts';

describe('parameters by place', () => {
  it.each([
    { event: 'user_engagement', list: [4_000, 0.746], named: { engagement_time_msec: 4_000, percent_scrolled: 75 } },
    { event: 'click', list: ['https://maker.example/'], named: { link_url: 'https://maker.example/', outbound: true } },
    { event: 'file_download', list: ['https://shop.example/a.pdf', 'pdf'], named: { link_url: 'https://shop.example/a.pdf', file_extension: 'pdf' } },
    { event: 'file_download', list: ['https://shop.example/old.name/menu.PDF'], named: { link_url: 'https://shop.example/old.name/menu.PDF', file_extension: 'PDF' } },
    { event: 'file_download', list: [7], named: { link_url: 7, file_extension: undefined } },
    { event: 'form_submit', list: ['newsletter'], named: { form_id: 'newsletter' } },
  ])('of $event get GA4’s names', ({ event, list, named }) => {
    expect(namedParams(event, list)).toEqual(named);
    const decoded = decodeEvent({ i: '1-2-3-4', n: event, t: 1_795_694_400_000, u: 'https://shop.example/', p: list });
    expect(decoded.ok && decoded.value.properties).toEqual(named);
  }); // biome-ignore format: a table

  it.each([
    { why: 'a form without an id', event: 'form_submit', list: [null], properties: undefined },
    { why: 'a page without a height', event: 'user_engagement', list: [1_000, null], properties: { engagement_time_msec: 1_000 } },
    { why: 'what goes without saying, though it is said', event: 'click', list: ['https://maker.example/', false], properties: { link_url: 'https://maker.example/', outbound: false } },
    { why: 'more than there are names', event: 'form_submit', list: ['a', 'b'], properties: { form_id: 'a' } },
  ])('leave out what there is no place for: $why', ({ event, list, properties }) => {
    const decoded = decodeEvent({ i: '1-2-3-4', n: event, t: 1_795_694_400_000, p: list });
    expect(decoded.ok && decoded.value.properties).toEqual(properties);
  }); // biome-ignore format: a table

  it.each(['purchase', 'constructor', '__proto__', undefined, { toString: null }])('have no names for any other event: %j', (event) => {
    expect(namedParams(event, ['x'])).toBeUndefined();
  }); // biome-ignore format: a list
});
