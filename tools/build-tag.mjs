// tools/build-tag.mjs: builds the tag from what `tsc -b sdk` wrote, and fails when it is over its budget.
// dist/tag.js: one script · dist/npm/: the package @hushtag/tag, with its types and a package.json of its own.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { rollup } from 'rollup';
import { minify } from 'terser';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, 'dist/server');
const out = join(root, 'dist');

/**
 * The most that may be sent, bytes after brotli 11. A ratchet: it is lowered whenever the tag gets smaller, towards
 * the goal, and never raised.
 */
const BUDGETS = [{ file: 'tag.js', bytesMax: 2_150, bytesGoal: 1_400 }];

// Names of properties that never leave the script: they may be shortened. None is the wire's, the page's or the DOM's.
const INTERNAL_NAMES = /^(channelData|preset|refused|unknown)$/;

/** What every browser with ES2020 can run; private names and comments go. */
const terserOptions = {
  ecma: 2020,
  module: true,
  toplevel: true,
  compress: { passes: 5, ecma: 2020 },
  mangle: { properties: { regex: INTERNAL_NAMES } },
  format: { comments: false },
};

async function bundle(entry, format) {
  const input = join(compiled, 'sdk', entry);
  if (!existsSync(input)) throw new Error(`${relative(root, input)} is missing: run \`npx tsc -b sdk\` first`);
  // What can't be resolved would be left to the page to find: the tag has no dependency.
  const onwarn = (warning) => {
    throw new Error(`rollup: ${warning.message}`);
  };
  const bundled = await rollup({ input, treeshake: { preset: 'smallest' }, onwarn });
  const { output } = await bundled.generate({ format });
  await bundled.close();
  return output[0].code;
}

/** Copies a declaration and those it imports, with the extensions a package needs. */
function copyTypes(file, seen = new Set()) {
  if (seen.has(file)) return;
  seen.add(file);
  const from = join(compiled, file);
  const text = readFileSync(from, 'utf8')
    .replace(/\n?\/\/# sourceMappingURL=.*\n?/, '\n')
    .replace(/(from '\.[^']*)\.ts'/g, "$1.js'");
  const to = join(out, 'npm/types', file);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
  for (const [, path] of text.matchAll(/from '(\.[^']*)\.js'/g)) {
    copyTypes(relative(compiled, join(dirname(from), `${path}.d.ts`)), seen);
  }
}

function writePackage(code) {
  const folder = join(out, 'npm');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), code);
  copyTypes('sdk/npm.d.ts');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const types = './types/sdk/npm.d.ts';
  const manifest = {
    name: '@hushtag/tag',
    version,
    description: 'The browser tag of hushtag: consent-aware, first-party, no dependency.',
    license: 'Apache-2.0',
    type: 'module',
    sideEffects: false,
    exports: { '.': { types, default: './index.js' } },
    types,
    files: ['index.js', 'types'],
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(root, 'sdk/README.md'), join(folder, 'README.md'));
  const license = join(root, 'LICENSE');
  if (existsSync(license)) copyFileSync(license, join(folder, 'LICENSE'));
}

function checkBudgets() {
  const over = [];
  for (const { file, bytesMax, bytesGoal } of BUDGETS) {
    const code = readFileSync(join(out, file));
    const brotli = brotliCompressSync(code).length;
    console.log(
      `dist/${file}: ${code.length} B raw, ${gzipSync(code, { level: 9 }).length} B gzip, ${brotli} B brotli (at most ${bytesMax}, goal ${bytesGoal})`,
    );
    if (brotli > bytesMax)
      over.push(`dist/${file} is ${brotli} B after brotli, ${brotli - bytesMax} B over its budget of ${bytesMax} B`);
  }
  if (over.length > 0) throw new Error(over.join('\n'));
}

/** Builds dist/tag.js and dist/npm/; throws where something is missing or over its budget. */
export async function buildTag() {
  mkdirSync(out, { recursive: true });
  const script = await minify(await bundle('tag.js', 'iife'), terserOptions);
  writeFileSync(join(out, 'tag.js'), script.code);
  // A bundler minifies the package with the site's own code: it stays readable.
  writePackage(await bundle('npm.js', 'es'));
  checkBudgets();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await buildTag();
  } catch (fault) {
    console.error(fault instanceof Error ? fault.message : fault);
    process.exitCode = 1;
  }
}
