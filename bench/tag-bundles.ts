// bench/tag-bundles.ts: what a page loads of us and of each rival: our files as built, theirs bundled from npm.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** One of our scripts, as `npm run build` left it. */
export const ownScript = (file: 'tag.js' | 'tag.full.js'): string =>
  readFileSync(join(process.cwd(), 'dist', file), 'utf8');

/** Bundles a module for a page, minified, as a site's own build would. */
export async function bundleForPage(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: process.cwd(), loader: 'js' },
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2020',
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles[0]?.text ?? '';
}
