// tools/build-console.mjs: builds the console to dist/console/ and dist/public/console/, and fails when its first view is over its budget.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist/console');

/** What a first view may be, bytes after brotli 11: the page, its styles, its scripts and the biggest page it opens. Never raised. */
export const FIRST_VIEW_BYTES_MAX = 120_000;

const brotli = (file) => brotliCompressSync(readFileSync(join(out, file))).length;

/** Files that a chunk needs before it runs, itself included. */
function neededBy(manifest, name, seen = new Set()) {
  const chunk = manifest[name];
  if (chunk === undefined || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const style of chunk.css ?? []) seen.add(style);
  for (const other of chunk.imports ?? []) neededBy(manifest, other, seen);
  return seen;
}

/** Bytes of a first view: what the entry loads, and the heaviest of the pages that it may open on. */
function firstView(manifest) {
  const entry = 'index.html';
  const first = neededBy(manifest, entry);
  const pages = Object.keys(manifest).filter((name) => manifest[name].isDynamicEntry);
  const sizeOf = (files) => [...files].reduce((sum, file) => sum + brotli(file), 0);
  const shell = sizeOf(first) + brotli('index.html');
  const extra = pages.map((name) => ({
    name,
    bytes: sizeOf([...neededBy(manifest, name)].filter((file) => !first.has(file))),
  }));
  const heaviest = extra.sort((a, b) => b.bytes - a.bytes)[0] ?? { name: 'none', bytes: 0 };
  return { shell, heaviest, bytes: shell + heaviest.bytes };
}

/** Builds; throws where the first view is over its budget. */
export async function buildConsole() {
  await build({
    root: join(root, 'console'),
    base: '/console/',
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: out,
      target: 'es2022',
      emptyOutDir: true,
      manifest: 'manifest.json',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  const manifestFile = join(out, 'manifest.json');
  const { shell, heaviest, bytes } = firstView(JSON.parse(readFileSync(manifestFile, 'utf8')));
  rmSync(manifestFile);
  console.log(
    `dist/console: first view ${bytes} B brotli (at most ${FIRST_VIEW_BYTES_MAX}): ${shell} B shell, ${heaviest.bytes} B ${heaviest.name}`,
  );
  if (bytes > FIRST_VIEW_BYTES_MAX) {
    throw new Error(`The console's first view is ${bytes - FIRST_VIEW_BYTES_MAX} B over its budget`);
  }
  await publishForWorkers();
  pack();
}

/** Packs every file once, here, so that no server does it for each request. */
function pack() {
  for (const name of readdirSync(out, { recursive: true })) {
    const path = join(out, name);
    if (!statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(bytes));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

/** Workers serves the files as static assets; their headers stand in a file beside them. */
async function publishForWorkers() {
  const to = join(root, 'dist/public/console');
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(out)) cpSync(join(out, name), join(to, name), { recursive: true });
  const { CONSOLE_HEADERS } = await import('../dist/server/edge/http/console-server.js');
  const lines = Object.entries(CONSOLE_HEADERS).map(([name, value]) => `  ${name}: ${value}`);
  writeFileSync(join(root, 'dist/public/_headers'), `/console/*\n${lines.join('\n')}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await buildConsole();
  } catch (fault) {
    console.error(fault instanceof Error ? fault.message : fault);
    process.exitCode = 1;
  }
}
