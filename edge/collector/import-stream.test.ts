// edge/collector/import-stream.test.ts: lines are the same however a stream is cut, and none is held without bound (D2).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_BYTES_MAX, linesOf, LongStreamError } from './import-stream.ts';

const NO_LIMITS = { linesMax: Infinity, bytesMax: Infinity };
async function read(parts: readonly Uint8Array[], first = 1, limits = NO_LIMITS) {
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const part of parts) if (part.length > 0) controller.enqueue(part);
      controller.close();
    },
  });
  const lines = [];
  for await (const line of linesOf(stream.getReader(), first, limits)) lines.push(line);
  return lines;
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('D2: lines of an import', () => {
  it('are those of the text, wherever it is cut, characters of several bytes too', async () => {
    const text = fc
      .array(fc.constantFrom('a', 'é', '😀', '\n', '\r\n', ' '), { maxLength: 40 })
      .map((all) => all.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(60), { maxLength: 6 }), async (whole, cuts) => {
        const all = bytes(whole);
        const at = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length];
        const parts = at.slice(1).map((end, nth) => all.slice(at[nth], end));
        const expected = whole
          .split('\n')
          .map((line, nth) => ({ line: nth + 1, text: line.trim() }))
          .filter((line) => line.text !== '');
        expect(await read(parts)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    { why: 'at the limit', length: LINE_BYTES_MAX, held: true },
    { why: 'a byte above', length: LINE_BYTES_MAX + 1, held: false },
  ])('of a length $why are held: $held, and the next is read', async ({ length, held }) => {
    const [long, next] = await read([bytes(`${'x'.repeat(length)}\nnext`)], 7);
    expect(long).toMatchObject({ line: 7 });
    expect(long?.text?.length).toBe(held ? length : undefined);
    expect(next).toEqual({ line: 8, text: 'next' });
  });

  it.each([
    { why: 'one line below', lines: 4, over: false },
    { why: 'at the limit', lines: 5, over: false },
    { why: 'one above', lines: 6, over: true },
  ])('end $why, empty ones counted too: $over', async ({ lines, over }) => {
    const reading = read([bytes('\n'.repeat(lines))], 11, { ...NO_LIMITS, linesMax: 5 });
    if (over) await expect(reading).rejects.toMatchObject({ code: 'stream_long', nextLine: 16 });
    else expect(await reading).toEqual([]);
  });

  it.each([
    { why: 'at the limit', length: 10, over: false },
    { why: 'a byte above', length: 11, over: true },
  ])('end where the bytes are $why: $over', async ({ length, over }) => {
    const reading = read([bytes('x\n'), bytes(' '.repeat(length - 2))], 1, { ...NO_LIMITS, bytesMax: 10 });
    if (over) await expect(reading).rejects.toBeInstanceOf(LongStreamError);
    else expect(await reading).toEqual([{ line: 1, text: 'x' }]);
  });
});
