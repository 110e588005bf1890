// core/csv-line.test.ts: no cell becomes a formula, and every cell comes back as it was but for the mark.
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCell, csvLine } from './csv-line.ts';

describe('cells of an export', () => {
  it.each([
    { given: '=HYPERLINK("https://evil.example")', cell: `"'=HYPERLINK(""https://evil.example"")"` },
    { given: '+1', cell: `"'+1"` },
    { given: '-1', cell: `"'-1"` },
    { given: '@SUM(A1)', cell: `"'@SUM(A1)"` },
    { given: '\t=1', cell: `"'\t=1"` },
    { given: '＝1', cell: `"'＝1"` },
    { given: -1, cell: '-1' },
    { given: 'tea, green', cell: '"tea, green"' },
    { given: 'tea', cell: 'tea' },
    { given: null, cell: '' },
    { given: { a: '=1' }, cell: '"{""a"":""=1""}"' },
  ])('$given is written as $cell', ({ given, cell }) => {
    expect(csvCell(given)).toBe(cell);
  });

  it('any text comes back from a CSV reader as itself, or as itself behind an apostrophe where it began like a formula', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('=1', '-', '\r\n', '"'))),
        (texts) => {
          const [row = []] = parse(csvLine(['first', ...texts]));
          expect(row.slice(1)).toEqual(texts.map((text) => (/^[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${text}` : text)));
        },
      ),
    );
  });
});
