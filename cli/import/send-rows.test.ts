// cli/import/send-rows.test.ts: every line keeps its number, whatever lies between, and goes on where it stopped.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PIECE_LINES, sendRows } from './send-rows.ts';

const NOTHING = { nextLine: 1, lines: 0, accepted: 0, refused: {} };

describe('D1: rows of an import', () => {
  it('are sent once, each under its own number, in pieces of at most a thousand lines, from any line on', async () => {
    const gaps = fc.array(fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(PIECE_LINES + 7)), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(gaps, fc.nat({ max: 5_000 }), async (steps, from) => {
        let line = 0;
        const rows = steps.map((step, nth) => {
          line += step;
          return { line, text: nth % 5 === 4 ? '' : `event ${line}` };
        });
        const sent = new Map<number, string>();
        const tally = await sendRows(
          (async function* () {
            yield* rows;
          })(),
          { ...NOTHING, nextLine: from + 1 },
          (first, lines) => {
            expect(lines.length).toBeLessThanOrEqual(PIECE_LINES);
            lines.forEach((text, nth) => text !== '' && sent.set(first + nth, text));
            return Promise.resolve({ accepted: lines.filter((text) => text !== '').length, refused: { odd: 1 } });
          },
          () => Promise.resolve(),
        );
        const wanted = rows.filter((row) => row.line > from && row.text !== '');
        expect([...sent]).toEqual(wanted.map((row) => [row.line, row.text]));
        expect(tally.accepted).toBe(wanted.length);
      }),
    );
  });
});
