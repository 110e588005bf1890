// contract/wire-plain.test.ts: what is read without the schema is what the schema reads; the schema says what is right.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TEXT_CHARS_MAX, URL_CHARS_MAX } from './limits.ts';
import { decodeEvent, decodeEventBySchema, envelopeBySchema } from './wire-decode.ts';
import { plainEnvelope, plainEvent } from './wire-plain.ts';

const V7 = '0199a000-0000-7000-8000-000000000000';
const V4 = '550e8400-e29b-41d4-a716-446655440000';
/** Right values, those beside every limit, and what no client should send. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(
    null, true, '', 'page_view', 'Page', 'x'.repeat(41), V7, V7.toUpperCase(), V4, 'shop', 'shop!', 0, 1, -1, 1.5, 15, 16, 8.64e15,
    8.64e15 + 1, 1_795_694_400_000, [], {}, 'u', 'g', 'a'.repeat(22), 'a'.repeat(65), 'measure', 7, 8,
    'x'.repeat(URL_CHARS_MAX), 'x'.repeat(URL_CHARS_MAX + 1), 'x'.repeat(TEXT_CHARS_MAX + 1), ['u', 0, 0], ['g', 15, 7, 1], ['g', 'measure', 1],
    ['u', 0], ['g', 3, 1, 5, 6], ['u', 0, 0, null], [1],
  ), // biome-ignore format: a list
  // JSON leaves it out.
  fc.constant(undefined),
  fc.jsonValue({ maxDepth: 2 }),
);
/** An object of these fields: each right for the most part, wrong or absent now and then. */
const objectOf = (right: Readonly<Record<string, unknown>>, others: readonly string[]) =>
  fc
    .record(
      {
        ...Object.fromEntries(
          Object.entries(right).map(([name, value]) => [
            name,
            fc.oneof({ weight: 30, arbitrary: fc.constant(value) }, anything),
          ]),
        ),
        ...Object.fromEntries(others.map((name) => [name, anything])),
      },
      { requiredKeys: Object.keys(right) },
    )
    // As it comes from the network.
    .map((fields) => JSON.parse(JSON.stringify(fields)) as Record<string, unknown>);

const eventArb = objectOf(
  { i: V7, n: 'page_view', t: 1_795_694_400_000, u: 'https://shop.example/', r: 'https://a.example/', h: 'A title' },
  [],
);
const envelopeArb = objectOf({ v: 1, s: 'shop', t: 1_795_694_400_000, c: ['u', 0, 0], e: [1] }, ['i', 'w']);

describe('plain messages', () => {
  it('have the events that the schema reads', () => {
    let plain = 0;
    fc.assert(
      fc.property(eventArb, (raw) => {
        const event = plainEvent(raw);
        if (event !== undefined) plain += 1;
        expect(decodeEvent(raw)).toEqual(decodeEventBySchema(raw));
      }),
      { numRuns: 3_000 },
    );
    expect(plain).toBeGreaterThan(100);
  });

  it('have the envelope that the schema reads, and no other', () => {
    let plain = 0;
    fc.assert(
      fc.property(envelopeArb, (raw) => {
        const envelope = plainEnvelope(raw);
        if (envelope === undefined) return;
        plain += 1;
        expect(envelope).toEqual(envelopeBySchema(raw));
      }),
      { numRuns: 3_000 },
    );
    expect(plain).toBeGreaterThan(100);
  });

  it.each(['p', 'm', 'x', '__proto__'])('leave an event with the field %s to the schema', (field) => {
    const raw = JSON.parse(`{"i":"${V7}","n":"page_view","t":1,"${field}":{}}`) as Record<string, unknown>;
    expect(plainEvent(raw)).toBeUndefined();
  });
});
