// contract/wire-decode-parts.test.ts: what the edge makes of event ids and addresses that a tag leaves half done.
import { describe, expect, it } from 'vitest';
import type { EpochMs } from './index.ts';
import { eventIdFrom } from './index.ts';
import { decodeBatch } from './wire-decode.ts';

const T0 = 1_795_694_400_000 as EpochMs;
const anEvent = (over: object): object => ({
  i: eventIdFrom(T0, new Uint8Array(10)),
  n: 'page_view',
  t: T0,
  ...over,
});
const aMessage = (over: object): string =>
  JSON.stringify({ v: 1, s: 'shop', t: T0, c: ['u', 0, 0], e: [anEvent({})], ...over });

describe('D1: a browser’s UUIDv4 comes to one UUIDv7', () => {
  const V4 = '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d';
  const idFor = (over: object): unknown => {
    const decoded = decodeBatch(aMessage({ e: [anEvent(over)] }));
    const [event] = decoded.ok ? decoded.value.events : [];
    return event?.ok === true ? event.value.id : event;
  };

  it('made of the event’s time and the UUIDv4’s random part, at every attempt', () => {
    expect(idFor({ i: V4 })).toBe('01a217ba-1200-7bad-9bdd-2b0d7b3dcb6d');
    expect(idFor({ i: V4 })).toBe(idFor({ i: V4 }));
  });

  it.each([
    { why: 'a year before 1971', t: 86_400_000, taken: true },
    { why: 'the last that 48 bits hold', t: 2 ** 48 - 1, taken: true },
    { why: 'the first that they do not', t: 2 ** 48, taken: false },
  ])('with $why as time: $taken', ({ t, taken }) => {
    expect(typeof idFor({ i: V4, t }) === 'string').toBe(taken);
  });

  it('is told with a refusal as well', () => {
    expect(idFor({ i: V4, u: 7 })).toMatchObject({ ok: false, id: '01a217ba-1200-7bad-9bdd-2b0d7b3dcb6d' });
  });
});

describe('D1: four random numbers of a tag come to one UUIDv7', () => {
  const idFor = (i: string): unknown => {
    const decoded = decodeBatch(aMessage({ e: [anEvent({ i })] }));
    const [event] = decoded.ok ? decoded.value.events : [];
    return event?.ok === true ? event.value.id : event?.error;
  };

  it.each([
    { why: 'small numbers', i: '1-2-3-4', id: '01a217ba-1200-7000-8000-010000000200' },
    { why: 'the largest numbers', i: '4294967295-4294967295-4294967295-4294967295', id: '01a217ba-1200-7fff-8fff-ffffffffffff' },
    { why: 'a number that 32 bits do not hold', i: '4294967296-2-3-4', id: 'malformed_event' },
    { why: 'three numbers', i: '1-2-3', id: 'malformed_event' },
    { why: 'five numbers', i: '1-2-3-4-5', id: 'malformed_event' },
    { why: 'no numbers', i: 'a-b-c-d', id: 'malformed_event' },
  ])('$why: $id', ({ i, id }) => {
    expect(idFor(i)).toBe(id);
    expect(idFor(i)).toBe(id);
  });
}); // biome-ignore format: a table

describe('a route in a fragment is read as the path that it stands for', () => {
  it.each([
    { why: 'a route', u: 'https://a.example/#/tea', url: 'https://a.example/tea' },
    { why: 'a route behind a file', u: 'https://a.example/index.html#/tea', url: 'https://a.example/index.html/tea' },
    { why: 'a campaign before the route', u: 'https://a.example/?utm_source=n#/tea', url: 'https://a.example/tea?utm_source=n' },
    { why: 'two queries', u: 'https://a.example/?a=1?b=2#/tea', url: 'https://a.example/tea?a=1?b=2' },
    { why: 'P1: an id that was lent to a route', u: 'https://a.example/#/tea&hushtag=1795694400000-1-2-3-4.1795694400001', url: 'https://a.example/tea' },
    { why: 'no address before it', u: '#/tea', url: '/tea' },
    { why: 'a place in the page, left for the scrubber to drop', u: 'https://a.example/tea#reviews', url: 'https://a.example/tea#reviews' },
    { why: 'no fragment', u: 'https://a.example/tea', url: 'https://a.example/tea' },
    { why: 'an empty address', u: '', url: '' },
  ])('$why', ({ u, url }) => {
    const decoded = decodeBatch(aMessage({ e: [anEvent({ u, r: u })] }));
    const [event] = decoded.ok ? decoded.value.events : [];
    expect(event?.ok === true && [event.value.url, event.value.referrer]).toEqual([url, url]);
  });
}); // biome-ignore format: a table
