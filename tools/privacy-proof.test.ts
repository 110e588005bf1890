// tools/privacy-proof.test.ts: docs/privacy-proof.md names tests that are there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../runtime/index.ts';

const root = projectFolder();
const page = readFileSync(join(root, 'docs', 'privacy-proof.md'), 'utf8');
const table = page.slice(page.indexOf('<!-- table: proofs -->'), page.indexOf('<!-- /table -->'));
const rows = [...table.matchAll(/^\| (.+?) \| `([^`]+)` \| (.+) \|$/gm)].map(
  ([, promise = '', file = '', test = '']) => ({
    promise,
    file,
    test,
  }),
);

describe('where each promise is tested', () => {
  it('names a test for every row of the table', () => {
    expect(rows.length).toBe(table.split('\n').filter((line) => line.startsWith('| ')).length - 2);
    expect(rows.length).toBeGreaterThan(50);
  });

  it.each(rows)('$file: $test', ({ file, test }) => {
    const source = readFileSync(join(root, file), 'utf8');
    // The first argument of a call: after its bracket, in quotes of its own.
    const isTitle = ["'", '"', '`'].some((quote) =>
      ['(', '(\n    ', '(\n      '].some((before) => source.includes(before + quote + test + quote)),
    );
    expect(isTitle).toBe(true);
  });
});
