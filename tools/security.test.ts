// tools/security.test.ts: every threat that docs/security.md claims to be handled names tests that are there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Claim {
  readonly threat: string;
  readonly file: string;
  readonly titles: readonly string[];
}

/** The claims of a page: rows of its table, whose last cell names files, each with titles of tests in it. */
function claimsOf(page: string): Claim[] {
  const table = /<!-- table: threats -->\n([\s\S]*?)<!-- \/table -->/.exec(page)?.[1] ?? '';
  return table
    .split('\n')
    .slice(2)
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => {
      const [threat = '', , tests = ''] = line.slice(2, -2).split(' | ');
      return tests.split(' · ').map((one) => ({
        threat,
        file: /^`([^`]+)`/.exec(one)?.[1] ?? '',
        titles: [...one.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
      }));
    });
}

/** Claims whose file, or whose test by that title, is not there. A title is a text of the file, in its quotes. */
const unheld = (claims: readonly Claim[]): string[] =>
  claims.flatMap(({ threat, file, titles }) => {
    if (file === '' || titles.length === 0) return [`${threat}: names no test`];
    if (!existsSync(join(root, file))) return [`${threat}: ${file} is not there`];
    const text = read(file);
    return titles
      .filter((title) => !text.split('\n').some((line) => line.includes(title) && /['`]/.test(line)))
      .map((title) => `${threat}: ${file} has no test "${title}"`);
  });

describe('P6: docs/security.md', () => {
  const claims = claimsOf(read('docs/security.md'));

  it('names a test for each threat that it claims to be handled', () => {
    expect(claims.length).toBeGreaterThan(20);
    expect(unheld(claims)).toEqual([]);
  });

  it('would not pass with a claim whose test is gone, nor with one that names none', () => {
    const row = (tests: string) =>
      `<!-- table: threats -->\n| a | b | c |\n| - | - | - |\n| x | y | ${tests} |\n<!-- /table -->`;
    expect(unheld(claimsOf(row('`tools/docs.test.ts` "of no such title"')))).toHaveLength(1);
    expect(unheld(claimsOf(row('`tools/gone.test.ts` "x"')))).toHaveLength(1);
    expect(unheld(claimsOf(row('nothing')))).toHaveLength(1);
  });
});
