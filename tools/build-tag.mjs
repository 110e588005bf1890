// tools/build-tag.mjs: builds the tag from what `tsc -b sdk` wrote, and fails when it is over its budget.
// dist/tag.js, dist/tag.full.js, dist/tag.shop.js: a script each. The package is tools/build-npm.mjs. `--docs` writes the sizes into docs/.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { rollup } from 'rollup';
import { minify } from 'terser';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, 'dist/server');
const out = join(root, 'dist');

/** The scripts, by entry file over the same modules, and the most that each may be, bytes after brotli 11. Never raised; nobody but a developer loads the one without. */
export const SCRIPTS = [
  { entry: 'tag.js', file: 'tag.js', bytesMax: 1_400 },
  { entry: 'tag-full.js', file: 'tag.full.js', bytesMax: 2_400 },
  { entry: 'tag-shop.js', file: 'tag.shop.js', bytesMax: 3_300 },
  { entry: 'tag-vitals.js', file: 'tag.vitals.js', bytesMax: 900 },
  { entry: 'tag-errors.js', file: 'tag.errors.js', bytesMax: 900 },
  { entry: 'tag-datalayer.js', file: 'tag.datalayer.js', bytesMax: 900 },
  { entry: 'tag-links.js', file: 'tag.links.js', bytesMax: 900 },
  { entry: 'tag-debug.js', file: 'tag.debug.js' },
];

/** What every browser with ES2020 can run; private names and comments go. */
const terserOptions = {
  ecma: 2020,
  module: true,
  toplevel: true,
  // Brotli finds a call shorter than the body it would be replaced by.
  // Unsafe are additions for templates, which differ for objects with ways of their own to become text: what is put into text here is text.
  compress: { passes: 5, ecma: 2020, inline: 1, unsafe: true, booleans: false },
  format: { comments: false },
};

// TypeScript wraps what `import()` is given, should it be the path of a file of ours. Here it is an address.
const withoutRewriting = {
  name: 'without-rewriting',
  transform: (code) =>
    code
      .replace(/^var __rewriteRelativeImportExtension\b[^]*?\n};\n/, '')
      .replaceAll('__rewriteRelativeImportExtension', ''),
};

const brotliBytes = (code) => brotliCompressSync(code).length;

/**
 * The script as a block, which keeps names to itself as a function does as long as nothing in it is declared past blocks;
 * as the function that it was where that is no longer.
 */
function asBlock(code, file) {
  const [, body] = /^!function\(\)\{(.*)\}\(\);$/s.exec(code) ?? [];
  if (body === undefined) throw new Error(`dist/${file} is no function that is called at once`);
  const isClosed = !/\bvar |\bfunction [\w$]/.test(body);
  return isClosed && brotliBytes(`{${body}}`) < brotliBytes(code) ? `{${body}}` : code;
}

/** A keyword the less for terser to keep apart: what was checked as constant need not be declared so. */
const withoutConst = (code) => code.replaceAll(/\bconst\b(?=[ {[])/g, 'let');

async function bundle(entry) {
  const input = join(compiled, 'sdk', entry);
  if (!existsSync(input)) throw new Error(`${relative(root, input)} is missing: run \`npx tsc -b sdk\` first`);
  // What can't be resolved would be left to the page to find: the tag has no dependency.
  const onwarn = (warning) => {
    throw new Error(`rollup: ${warning.message}`);
  };
  const bundled = await rollup({ input, treeshake: { preset: 'smallest' }, onwarn, plugins: [withoutRewriting] });
  const { output } = await bundled.generate({ format: 'iife' });
  await bundled.close();
  return output[0].code;
}

const thousands = (bytes) => bytes.toLocaleString('en-US');
/** The table of sizes that docs/tag.md prints. */
export const sizesTable = () =>
  [
    '| Script | bytes, brotli | at most |',
    '| --- | ---: | ---: |',
    ...SCRIPTS.map(
      ({ file, bytesMax }) =>
        `| \`${file}\` | ${thousands(brotliBytes(readFileSync(join(out, file))))} | ${bytesMax === undefined ? 'no budget' : thousands(bytesMax)} |`,
    ),
  ].join('\n');

/** The documents that state sizes, and each with those of this build put in. e2e/docs/sizes.test.ts compares. */
export const withSizes = () =>
  Object.entries({
    'docs/tag.md': (text) =>
      text.replace(
        /(<!-- table: sizes -->\n)[^]*?(<!-- \/table -->)/,
        (_, open, close) => `${open}${sizesTable()}\n${close}`,
      ),
    // Of the measured table the first column alone: the rest is what `npm run bench -- tag` found.
    'docs/tag-figures.md': (text) =>
      text.replaceAll(
        /^(\| hushtag, ([\w.]+) \| )[\d,]+/gm,
        (_, before, file) => `${before}${thousands(brotliBytes(readFileSync(join(out, file))))}`,
      ),
  }).map(([page, write]) => {
    const text = readFileSync(join(root, page), 'utf8');
    return { page, text, right: write(text) };
  });

function checkBudgets() {
  const over = [];
  for (const { file, bytesMax } of SCRIPTS) {
    const code = readFileSync(join(out, file));
    const brotli = brotliBytes(code);
    console.log(
      `dist/${file}: ${code.length} B raw, ${gzipSync(code, { level: 9 }).length} B gzip, ${brotli} B brotli (${bytesMax === undefined ? 'no budget' : `at most ${bytesMax}`})`,
    );
    if (bytesMax !== undefined && brotli > bytesMax)
      over.push(`dist/${file} is ${brotli} B after brotli, ${brotli - bytesMax} B over its budget of ${bytesMax} B`);
  }
  if (over.length > 0) throw new Error(over.join('\n'));
}

/** Builds the scripts; throws where something is missing or over its budget. */
export async function buildTag() {
  mkdirSync(out, { recursive: true });
  for (const { entry, file } of SCRIPTS) {
    const script = await minify(withoutConst(await bundle(entry)), terserOptions);
    writeFileSync(join(out, file), asBlock(script.code, file));
  }
  checkBudgets();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await buildTag();
    if (process.argv.includes('--docs'))
      for (const { page, right } of withSizes()) writeFileSync(join(root, page), right);
  } catch (fault) {
    console.error(fault instanceof Error ? fault.message : fault);
    process.exitCode = 1;
  }
}
