// tools/build.mjs: builds everything: types and server (tsc), the tag (rollup) and what the Worker serves.
// `--worker` bundles the Worker too; `--if-needed` leaves a finished build alone where no source is newer.
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', '.built');
const SOURCES = [
  'contract',
  'core',
  'store',
  'sdk',
  'console',
  'edge',
  'segmenter',
  'runtime',
  'cli',
  'bench',
  'tools',
  'migrations',
];

// Workers serves the tag itself: pages of other origins need what edge/http/tag-server.ts says on Node, for integrity and for `data-debug`.
const ASSET_HEADERS = `/tag*
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
`;

const newest = (path) => {
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
};

const isFresh = () => existsSync(stamp) && SOURCES.every((name) => newest(join(root, name)) <= statSync(stamp).mtimeMs);

/** Builds; throws where a step fails. */
export async function build() {
  const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (tsc.status !== 0) throw new Error('tsc -b failed: see the errors above');
  const { buildProgram } = await import('./build-program.mjs');
  await buildProgram();
  const { buildTag, SCRIPTS } = await import('./build-tag.mjs');
  await buildTag();
  const { buildNpm } = await import('./build-npm.mjs');
  await buildNpm();
  const { buildClient } = await import('./build-client.mjs');
  await buildClient();
  mkdirSync(join(root, 'dist/public'), { recursive: true });
  for (const { file } of SCRIPTS) cpSync(join(root, 'dist', file), join(root, 'dist/public', file));
  const { buildConsole } = await import('./build-console.mjs');
  await buildConsole();
  // After the console has begun the file with headers of its own.
  appendFileSync(join(root, 'dist/public/_headers'), ASSET_HEADERS);
  writeFileSync(stamp, '');
}

/** Bundles the Worker as a deployment would, without deploying. */
function bundleWorker() {
  const wrangler = join(root, 'node_modules/.bin/wrangler');
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' };
  const run = spawnSync(wrangler, ['deploy', '--dry-run', '--outdir', 'dist/worker'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`wrangler could not bundle the Worker:\n${run.stdout}\n${run.stderr}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!(process.argv.includes('--if-needed') && isFresh())) {
    try {
      await build();
      if (process.argv.includes('--worker')) bundleWorker();
    } catch (fault) {
      console.error(fault instanceof Error ? fault.message : fault);
      process.exitCode = 1;
    }
  }
}
