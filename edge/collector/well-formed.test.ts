// edge/collector/well-formed.test.ts: no half character reaches the database, and no whole one is lost (D1).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mendSurrogates } from './well-formed.ts';

const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;

describe('D1: half characters', () => {
  it.each([
    ['"a\\ud800b"', 'a\ufffdb'],
    ['"\\udc00\\ud800"', '\ufffd\ufffd'],
    ['"\\ud83d\\ude00"', '😀'],
    ['"\\ud83d\\ud83d\\ude00"', '\ufffd😀'],
    ['"\\\\ud800"', '\\ud800'],
    ['"\\uD800"', '\ufffd'],
  ])('%s is read as %j', (json, text) => {
    expect(JSON.parse(mendSurrogates(json))).toBe(text);
  });

  it('reads any text as what it is, its half characters mended', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.integer({ min: 0xd800, max: 0xdfff }), { maxLength: 4 }),
        (text, halves) => {
          const mixed = `${String.fromCharCode(...halves)}${text}`;
          // Encoding to UTF-8 and back is the reference: it mends in the same way (WHATWG Encoding §4.3).
          const reference = new TextDecoder().decode(new TextEncoder().encode(mixed));
          expect(JSON.parse(mendSurrogates(escaped(mixed)))).toBe(reference.startsWith('\ufeff') ? mixed : reference);
        },
      ),
    );
  });
});
