// contract/wire-decode.test.ts
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch, Commerce, Consent, EpochMs, Item, TrackEvent, WireBatch } from './index.ts';
import {
  AMOUNT_MAX, BATCH_EVENTS_MAX, CONSENT_SOURCES, encodeBatch, eventIdFrom, ITEMS_MAX, PROPERTIES_MAX,
  PROPERTY_NAME_CHARS_MAX, PROPERTY_VALUE_CHARS_MAX, PURPOSE_BITS_ALL, QUANTITY_MAX, TEXT_CHARS_MAX, URL_CHARS_MAX,
} from './index.ts'; // biome-ignore format: a list
import { decodeBatch } from './wire-decode.ts';

interface Invalid {
  readonly about: string;
  readonly body: string;
  readonly refusal: string;
  readonly pointer?: string;
}
const readAll = (folder: string): readonly (readonly [file: string, fixture: unknown])[] => {
  const url = new URL(folder, import.meta.url);
  const files = readdirSync(url)
    .filter((file) => file.endsWith('.json'))
    .toSorted();
  return files.map((file) => [file, JSON.parse(readFileSync(new URL(file, url), 'utf8')) as unknown]);
};
const GOLDEN = readAll('./fixtures/v1/') as readonly (readonly [
  file: string,
  golden: { readonly message: WireBatch },
])[];
const INVALID = readAll('./fixtures/v1/invalid/') as readonly (readonly [file: string, invalid: Invalid])[];

const T0 = 1_795_694_400_000 as EpochMs;
const anEvent = (over: object = {}): object => ({
  i: eventIdFrom(T0, new Uint8Array(10)),
  n: 'page_view',
  t: T0,
  ...over,
});
const aMessage = (over: object = {}): string =>
  JSON.stringify({ v: 1, s: 'shop', t: T0, c: ['u', 0, 0], e: [anEvent()], ...over });
const isTaken = (body: string): boolean => {
  const decoded = decodeBatch(body);
  return decoded.ok && decoded.value.events.every((event) => event.ok);
};

describe('E-wire: every golden message is read whole', () => {
  it.each(GOLDEN)('%s', (_file, { message }) => {
    const decoded = decodeBatch(JSON.stringify(message));
    expect(decoded.ok && decoded.value.events.filter((event) => event.ok)).toHaveLength(message.e.length);
  });

  it.each(GOLDEN)('%s, written as an importer would, is read the same', (_file, { message }) => {
    const decoded = decodeBatch(JSON.stringify(message));
    if (!decoded.ok) throw new Error(decoded.error);
    const events = decoded.value.events.flatMap((event) => (event.ok ? [event.value] : []));
    const again = decodeBatch(JSON.stringify(encodeBatch({ ...decoded.value, events })));
    // As they came, the two differ.
    expect(again.ok && { ...again.value, raw: [] }).toEqual({ ...decoded.value, raw: [] });
  });
});

describe('a page’s parameters and an importer’s commerce come to the same event', () => {
  const readOne = (over: object): unknown => {
    const decoded = decodeBatch(aMessage({ e: [anEvent(over)] }));
    return decoded.ok ? decoded.value.events[0] : decoded;
  };

  it('reads both forms of a purchase', () => {
    const items = [{ item_id: 'a', price: 9.9, quantity: 2 }, { item_id: 7 }];
    const params = { transaction_id: 'T-1', currency: 'EUR', value: 19.8, coupon: 'X', items, payment_type: 'card' };
    const m = { o: 'T-1', c: 'EUR', v: 1980, k: 'X', l: [{ i: 'a', p: 990, q: 2 }, { i: '7' }] };
    expect(readOne({ p: params })).toEqual(readOne({ m, p: { payment_type: 'card' } }));
    expect(readOne({ p: params })).toMatchObject({ ok: true, value: { commerce: { value: 1980, currency: 'EUR' } } });
  });

  it('takes properties for what they are where `m` stands, also those with names of GA4’s', () => {
    expect(readOne({ m: {}, p: { value: 3, currency: 'EUR' } })).toMatchObject({
      value: { properties: { value: 3, currency: 'EUR' } },
    });
    expect(readOne({ m: {}, p: { value: 3 } })).not.toHaveProperty('value.commerce');
  });

  it.each([
    { why: 'an amount over the limit', p: { currency: 'JPY', tax: AMOUNT_MAX + 1 }, pointer: '/p/tax' },
    { why: 'a price over the limit', p: { currency: 'EUR', items: [{ item_id: 'a', price: AMOUNT_MAX }] }, pointer: '/p/items/*/price' },
    { why: 'fewer than no pieces', p: { items: [{ item_id: 'a', quantity: -1 }] }, pointer: '/p/items/*/quantity' },
    { why: 'a name that is too long', p: { ['n'.repeat(PROPERTY_NAME_CHARS_MAX + 1)]: 1 }, pointer: '/p/*' },
    { why: 'no object', p: 'x', pointer: '/p' },
  ])('points into the parameters at $why', ({ p, pointer }) => {
    expect(readOne({ p })).toMatchObject({ ok: false, error: 'malformed_event', pointer });
  }); // biome-ignore format: a table

  it('takes parameters that a page passes as null for none: `identify(null)` is a logout like `identify({})`', () => {
    expect(readOne({ n: 'identify', p: null })).toEqual(readOne({ n: 'identify' }));
    expect(readOne({ n: 'identify', p: null })).toMatchObject({ ok: true });
  });
});

describe('consent may be told in words', () => {
  const consentOf = (c: readonly unknown[]): unknown => {
    const decoded = decodeBatch(aMessage({ c }));
    return decoded.ok ? decoded.value.consent : decoded.error;
  };

  it.each([
    { words: 'grant', purposes: 15 },
    { words: 'measure', purposes: 1 },
    { words: 'measure profile', purposes: 3 },
    { words: 'share,measure', purposes: 9 },
    { words: 'measure,cross_border', purposes: 17 },
    { words: 'grant limited', purposes: 1 },
    { words: 'measure,profile limited', purposes: 1 },
    { words: ' measure,\n profile ', purposes: 3 },
  ])('reads “$words” as $purposes', ({ words, purposes }) => {
    expect(consentOf(['g', words, 1])).toEqual({ state: 'granted', source: 'site', purposes });
  });

  it.each([
    { words: 'refuse' },
    { words: '' },
    { words: 'profile limited' },
    { words: 'grants' },
    { words: 'Measure' },
    { words: 'not grant' },
    { words: 'measure=false' },
    { words: '{"measure":true}' },
    { words: 'measure,analytics' },
    { words: 'limited' },
    { words: 'grant limited-edition' },
  ])('reads “$words” as a refusal', ({ words }) => {
    expect(consentOf(['g', words, 1])).toEqual({ state: 'refused', source: 'site' });
  });

  it('refuses more words than there are', () => {
    expect(consentOf(['g', 'x'.repeat(100), 1])).toEqual({ state: 'refused', source: 'site' });
    expect(consentOf(['g', 'x'.repeat(101), 1])).toBe('malformed_batch');
  });
});

describe('every invalid message is refused for its reason, and says where', () => {
  it.each(INVALID)('%s', (_file, { body, refusal, pointer }) => {
    const decoded = decodeBatch(body);
    if (!decoded.ok) {
      expect([decoded.error, undefined]).toEqual([refusal, pointer]);
      return;
    }
    const [event] = decoded.value.events;
    expect(event).toMatchObject({ ok: false, error: refusal, pointer });
  });
});

const text = fc.string({ maxLength: TEXT_CHARS_MAX });
const amount = fc.integer({ min: -AMOUNT_MAX, max: AMOUNT_MAX });
const instant = fc.integer({ min: 0, max: 8.64e15 }).map((at) => at as EpochMs);
const eventInstant = fc.integer({ min: 0, max: 2 ** 48 - 1 }).map((at) => at as EpochMs);
const optional = { requiredKeys: [] as [] };
const item: fc.Arbitrary<Item> = fc
  .tuple(
    fc.string({ minLength: 1, maxLength: TEXT_CHARS_MAX }),
    fc.record(
      {
        name: text,
        category: text,
        brand: text,
        variant: text,
        price: amount,
        quantity: fc.nat(QUANTITY_MAX),
        discount: amount,
      },
      optional,
    ),
  )
  .map(([id, rest]) => ({ id, ...rest }));
const commerce: fc.Arbitrary<Commerce> = fc
  .record(
    {
      currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
      value: amount,
      tax: amount,
      shipping: amount,
      discount: amount,
      coupon: text,
      transactionId: text,
      items: fc.array(item, { maxLength: 3 }),
    },
    optional,
  )
  .filter((made) => Object.keys(made).length > 0); // An empty one says nothing, and is read as none.
// Names that JavaScript gives a meaning to are refused, see below.
const propertyName = fc
  .stringMatching(/^[a-z]{2,40}$/)
  .filter((name) => name !== 'constructor' && name !== 'prototype');
const properties = fc.dictionary(propertyName, fc.oneof(text, fc.boolean(), fc.integer()), {
  maxKeys: 5,
});
// A route behind # is made a path when it is read, which tests of its own hold.
const address = text.filter((made) => !made.includes('#/'));
const event: fc.Arbitrary<TrackEvent> = fc
  .tuple(
    eventInstant,
    fc.uint8Array({ minLength: 10, maxLength: 10 }),
    fc.stringMatching(/^[a-z][a-z0-9_]{0,39}$/),
    fc.record({ url: address, referrer: address, title: text, properties, commerce }, optional),
  )
  .map(([at, random, name, rest]) => ({ id: eventIdFrom(at, random), name, at, ...rest }));
const source = fc.constantFrom(...CONSENT_SOURCES);
const consent: fc.Arbitrary<Consent> = fc.oneof(
  fc.constant({ state: 'unasked' } as const),
  fc.record({ state: fc.constant('refused' as const), source }),
  fc.record({ state: fc.constant('granted' as const), source, purposes: fc.nat(PURPOSE_BITS_ALL), at: instant }),
);
const batch: fc.Arbitrary<Batch> = fc
  .tuple(
    fc.record({
      site: fc.constant('shop'),
      sentAt: instant,
      consent,
      automated: fc.boolean(),
      events: fc.array(event, { minLength: 1, maxLength: 5 }),
    }),
    fc.option(fc.stringMatching(/^[A-Za-z0-9_-]{22,64}$/), { nil: undefined }),
  )
  .map(([made, firstPartyId]) => ({ ...made, ...(firstPartyId === undefined ? {} : { firstPartyId }) }));

describe('encoding and decoding are inverse', () => {
  it('reads back every batch that can be written', () => {
    fc.assert(
      fc.property(batch, (written) => {
        const decoded = decodeBatch(JSON.stringify(encodeBatch(written)));
        expect(decoded).toMatchObject({
          ok: true,
          value: { ...written, overLimit: 0, events: written.events.map((value) => ({ ok: true, value })) },
        });
      }),
    );
  });

  it('answers anything, and throws at nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(typeof decodeBatch(body).ok).toBe('boolean');
      }),
    );
  });
});

describe('limits: below, at, above', () => {
  const properties = (count: number, name = 'p', value: unknown = 1): object => ({
    p: Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, value])),
  });
  it.each([
    { what: 'characters of a URL', max: URL_CHARS_MAX, event: (size: number) => ({ u: 'u'.repeat(size) }) },
    { what: 'characters of a referrer', max: URL_CHARS_MAX, event: (size: number) => ({ r: 'r'.repeat(size) }) },
    {
      what: 'characters of an item’s name',
      max: TEXT_CHARS_MAX,
      event: (size: number) => ({ m: { l: [{ i: 'a', n: 'n'.repeat(size) }] } }),
    },
    { what: 'characters of an event’s name', max: 40, event: (size: number) => ({ n: 'n'.repeat(size) }) },
    { what: 'properties', max: PROPERTIES_MAX, event: (size: number) => properties(size) },
    {
      what: 'characters of a property’s name',
      max: PROPERTY_NAME_CHARS_MAX,
      event: (size: number) => properties(1, 'n'.repeat(size - 1)),
    },
    {
      what: 'characters of a property’s value',
      max: PROPERTY_VALUE_CHARS_MAX,
      event: (size: number) => ({ m: {}, ...properties(1, 'p', 'v'.repeat(size)) }),
    },
    {
      what: 'items',
      max: ITEMS_MAX,
      event: (size: number) => ({ m: { l: Array.from({ length: size }, () => ({ i: 'a' })) } }),
    },
    { what: 'minor units of an amount', max: AMOUNT_MAX, event: (size: number) => ({ m: { c: 'EUR', v: size } }) },
    { what: 'minor units given back', max: AMOUNT_MAX, event: (size: number) => ({ m: { c: 'EUR', v: -size } }) },
    { what: 'pieces of an item', max: QUANTITY_MAX, event: (size: number) => ({ m: { l: [{ i: 'a', q: size }] } }) },
  ])('$what: $max', ({ max, event: over }) => {
    const taken = [max - 1, max, max + 1].map((size) => isTaken(aMessage({ e: [anEvent(over(size))] })));
    expect(taken).toEqual([true, true, false]);
  });

  it.each([
    { why: 'below', size: TEXT_CHARS_MAX - 1, kept: TEXT_CHARS_MAX - 1 },
    { why: 'at', size: TEXT_CHARS_MAX, kept: TEXT_CHARS_MAX },
    { why: 'above', size: TEXT_CHARS_MAX + 1, kept: TEXT_CHARS_MAX },
  ])('cuts a title $why the limit to $kept characters', ({ size, kept }) => {
    const decoded = decodeBatch(aMessage({ e: [anEvent({ h: 'h'.repeat(size) })] }));
    expect(decoded.ok && decoded.value.events).toMatchObject([{ ok: true, value: { title: 'h'.repeat(kept) } }]);
  });

  it.each([
    { events: BATCH_EVENTS_MAX - 1, read: BATCH_EVENTS_MAX - 1, overLimit: 0 },
    { events: BATCH_EVENTS_MAX, read: BATCH_EVENTS_MAX, overLimit: 0 },
    { events: BATCH_EVENTS_MAX + 1, read: BATCH_EVENTS_MAX, overLimit: 1 },
  ])('of $events events reads $read', ({ events, read, overLimit }) => {
    const decoded = decodeBatch(aMessage({ e: Array.from({ length: events }, () => anEvent()) }));
    expect(decoded).toMatchObject({ ok: true, value: { overLimit } });
    expect(decoded.ok && decoded.value.events).toHaveLength(read);
  });
});

describe('one bad event never drops its batch', () => {
  it('refuses the bad one by itself, with its id', () => {
    const bad = anEvent({ u: 7 });
    const decoded = decodeBatch(aMessage({ e: [anEvent(), bad, anEvent()] }));
    expect(decoded.ok && decoded.value.events.map((event) => event.ok)).toEqual([true, false, true]);
    expect(decoded.ok && decoded.value.events[1]).toMatchObject({ id: (bad as { readonly i: string }).i });
  });

  it.each(['__proto__', 'constructor', 'prototype'])(
    'refuses an event with a property of the name %s instead of dropping it unseen',
    (name) => {
      const body = aMessage({ e: [anEvent({ p: { kept: 1 } })] }).replace('"kept":1', `"kept":1,"${name}":{"x":1}`);
      const decoded = decodeBatch(body);
      expect(decoded.ok && decoded.value.events).toMatchObject([
        { ok: false, error: 'malformed_event', pointer: '/p' },
      ]);
    },
  );

  it('P1: repeats no name a visitor may have chosen', () => {
    const decoded = decodeBatch(aMessage({ e: [anEvent({ p: { 'me@example.org': {} } })] }));
    // But for the events as they came, which are kept aside sealed.
    expect(JSON.stringify(decoded.ok && { ...decoded.value, raw: [] })).not.toContain('example.org');
  });
});
