// console/app/file-lines.test.ts: a file is cut at the line it is asked from.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromLine } from './file-lines.ts';

it('D1: a file from a line on has that line and all behind it, whatever stands in them', async () => {
  const texts = fc.array(
    fc.string().map((text) => text.replaceAll('\n', ' ')),
    { minLength: 1, maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 25 }), async (lines, line) => {
      const cut = await fromLine(new Blob([lines.join('\n')]), line);
      expect(await cut.text()).toBe(
        new TextDecoder().decode(new TextEncoder().encode(lines.slice(line - 1).join('\n'))),
      );
    }),
    { numRuns: 50 },
  );
});
