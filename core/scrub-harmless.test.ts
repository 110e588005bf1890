// core/scrub-harmless.test.ts: a text that is called harmless is one that the full search finds nothing in (P1).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHarmless, MASKED_EVENT_NAME, scrubEventName, scrubSuspicious, scrubText } from './scrub.ts';

const piece = fc.constantFrom(
  '1', '23', '4567', '123456', '.', '1.2', '.3.4', '-', '_', '/', ' ', 'a', 'Zebra', 'deadbeef', 'abcdefghij', '@', 'a@b.example', ':',
  '::1', 'fe80', '%', '%40', '&', '&#64;', '&commat;', '+', '~', '=', '(', ')', 'é', '\u0661', '\u2010', '\u200b', '\uff20', 'Product 12',
  '550e8400e29b41d4a716446655440000', 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa',
); // biome-ignore format: a vocabulary reads better in rows
const textArb = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

describe('P1: harmless texts', () => {
  it('hold nothing that the full search would mask', () => {
    fc.assert(
      fc.property(textArb, (text) => {
        if (isHarmless(text)) expect(scrubSuspicious(text)).toBe(text);
        expect(scrubText(text)).toBe(scrubSuspicious(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('are most of what pages are called', () => {
    for (const text of ['Product 12 | Example shop', '/products/12', 'search.example', 'page_view']) {
      expect(isHarmless(text)).toBe(true);
    }
  });

  it('as event names keep a number, a UUID or a token out all the same', () => {
    expect(scrubEventName('order_1234567')).toBe(MASKED_EVENT_NAME);
    expect(scrubEventName('step_12_3')).toBe('step_12_3');
  });
});
