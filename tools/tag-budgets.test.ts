// tools/tag-budgets.test.ts: the documents state the budgets that the build enforces.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const budgets = [...read('tools/build-tag.mjs').matchAll(/file: '([\w.]+)', bytesMax: ([\d_]+)/g)].map(
  ([, file = '', bytes = '']) => ({ file, bytes: Number(bytes.replaceAll('_', '')).toLocaleString('en-US') }),
);

it('there are seven scripts with a budget', () => expect(budgets).toHaveLength(7));

it.each(budgets)('docs/tag.md and sdk/README.md state the budget of $file: $bytes', ({ file, bytes }) => {
  for (const page of ['docs/tag.md', 'sdk/README.md']) {
    const text = read(page);
    expect(text).toContain(`\`${file}\``);
    expect(text).toMatch(new RegExp(`[Aa]t\\s+most ${bytes}\\b`));
  }
});
