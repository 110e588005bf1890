// tools/docs-site.test.ts: the site of `npm run docs`: every link and picture on every page is there, and pages load nothing from elsewhere.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildDocs, pagesOf } from './docs-site.mjs';

const folder = mkdtempSync(join(tmpdir(), 'hushtag-docs-'));
const built = buildDocs(folder);
afterAll(() => rmSync(folder, { recursive: true }));

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));
const htmlOf = new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
/** The page without what is printed as code. */
const withoutCode = (html: string): string => html.replaceAll(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>/g, '');
const all = (html: string, pattern: RegExp): string[] => [...html.matchAll(pattern)].map((match) => match[1] ?? '');

const leadsNowhere = (page: string, href: string): boolean => {
  const [path = '', anchor] = href.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(folder, target))) return true;
  return anchor !== undefined && !(htmlOf.get(target) ?? '').includes(` id="${decodeURIComponent(anchor)}"`);
};

describe('the site of documents', () => {
  it('has a page for each document', () => {
    expect(built.pages).toBe(pagesOf().length);
    expect(files).toHaveLength(built.pages);
    expect(files).toContain('index.html');
  });

  it.each(files)('every link and picture of %s is there, anchors too', (page) => {
    const html = withoutCode(htmlOf.get(page) ?? '');
    const inside = [...all(html, /<a [^>]*href="([^"]+)"/g), ...all(html, /<img [^>]*src="([^"]*)"/g)].filter(
      (href) => !/^[a-z]+:/.test(href),
    );
    expect(inside.length).toBeGreaterThan(10);
    expect(inside.filter((href) => leadsNowhere(page, href))).toEqual([]);
  });

  it('loads nothing from another host and runs no script', () => {
    const loading = files.filter((page) =>
      /<script|<link[^>]+href="http|<img[^>]+src="http/.test(withoutCode(htmlOf.get(page) ?? '')),
    );
    expect(loading).toEqual([]);
  });
});
