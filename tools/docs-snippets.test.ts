// tools/docs-snippets.test.ts: every block of code in the documents is run by a test, or is on the list with the reason why none does.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Of each page and kind of block the test that takes the blocks from the page as they are printed. */
const RUN_BY: Readonly<Record<string, string>> = {
  'docs/api-reference.md ts': 'tools/api-reference.test.ts',
  'docs/client.md ts': 'e2e/node/client.test.ts',
  'docs/export.md sql': 'e2e/node/export.test.ts',
  'docs/install.md html': 'e2e/docs/snippets.test.ts',
  'docs/install.md liquid': 'e2e/docs/snippets.test.ts',
  'docs/install.md php': 'e2e/docs/snippets.test.ts',
  'docs/install.md ts': 'e2e/docs/snippets.test.ts',
  'docs/install.md tsx': 'e2e/docs/snippets.test.ts',
  'docs/install.md vue': 'e2e/docs/snippets.test.ts',
  'docs/consent-platforms.md js': 'e2e/consent-platforms/platforms.test.ts',
  'docs/consent-platforms.md jsx': 'e2e/consent-platforms/platforms.test.ts',
};

/** Blocks that no test runs, each with the reason. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'docs/api.md js': 'one call of fetch; e2e/edge/self-service-suite.ts makes the same request',
  'docs/export.md python': 'needs pandas; its SQL is what the blocks of DuckDB above it show',
  'docs/identity.md js': 'one call of the tag; e2e/tag/identify.test.ts makes it with these fields',
  'docs/ingest.md html': 'an image; e2e/edge/ingest-suite.ts asks for the same address',
  'docs/metrics.md yaml': 'the configuration of Prometheus, which is not installed here',
  'docs/segments.md js': 'a page of a shop; sdk and e2e/edge/own-segments-suite.ts hold both calls',
  'docs/tag.md html': 'script tags with an attribute each; e2e/tag/ loads the same files with them',
};

/**
 * Pages whose shell is run line by line. Of all others tools/docs.test.ts parses each block and cli/docs-commands.test.ts looks up what
 * calls `hushtag`: they need a domain, a cluster, a bucket or a database that is full.
 */
const SHELL_RUN = ['start-site-owner.md', 'start-privacy-officer.md', 'start-marketer.md'];

const kindsOf = (page: string): string[] => [
  ...new Set([...read(page).matchAll(/^```(\w+)\n[\s\S]*?^```/gm)].map(([, kind = '']) => kind)),
];

describe('every snippet of the documents', () => {
  const found = pages.flatMap((page) => kindsOf(page).map((kind) => ({ page, kind, name: `${page} ${kind}` })));
  // What a terminal prints is no snippet, JSON is parsed by tools/docs.test.ts.
  const code = found.filter(({ kind }) => !['text', 'json', 'sh'].includes(kind));

  it('is run by a test, or is listed with the reason why not', () => {
    expect(code.length).toBeGreaterThan(10);
    const listed = [...Object.keys(RUN_BY), ...Object.keys(NOT_RUN)];
    expect(code.map(({ name }) => name).toSorted()).toEqual(listed.toSorted());
  });

  it('is run by a test that is there and names the page', () => {
    for (const [name, test] of Object.entries(RUN_BY)) {
      const [page = ''] = name.split(' ');
      expect({ test, isThere: existsSync(join(root, test)) }).toEqual({ test, isThere: true });
      const beside = readdirSync(join(root, dirname(test))).map((file) => join(dirname(test), file));
      const texts = beside.filter((file) => file.endsWith('.ts')).map(read);
      expect({ name, isNamed: texts.some((text) => text.includes(page.replace('docs/', ''))) }).toEqual({
        name,
        isNamed: true,
      });
    }
  });

  it('in shell is run line by line, or parsed with its commands looked up', () => {
    const shell = found.filter(({ kind }) => kind === 'sh').map(({ page }) => page);
    expect(SHELL_RUN.filter((page) => !shell.includes(join('docs', page)))).toEqual([]);
    const quick = read('e2e/docs/quick-start.test.ts');
    expect(SHELL_RUN.filter((page) => !quick.includes(page))).toEqual([]);
  });
});
