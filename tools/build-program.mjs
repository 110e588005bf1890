// tools/build-program.mjs: bundles dist/program/: the `hushtag` command, the demo and the server's threads, from what tsc compiled.
// A call of the command from single modules reads some 750 files; bundled it starts in a third of the time (docs/adr/0054).
import { build as bundle } from 'esbuild';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, 'dist/server');
const folder = join(root, 'dist/program');

const ENTRIES = {
  main: 'cli/main.js',
  demo: 'cli/demo.js',
  'writer-thread': 'runtime/writer-thread.js',
  'schedule-thread': 'runtime/schedule-thread.js',
  'fold-thread': 'runtime/fold-thread.js',
  'live-thread': 'runtime/live-thread.js',
};

// What holds native code, and what few commands need and load when they do.
const LEFT_OUT = ['libsql', '@duckdb/*', 'openid-client', '@modelcontextprotocol/*', '@clack/*', 'playwright-core'];

// Packages of the CommonJS kind ask for Node's own modules by `require`, which an ES module does not have.
const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);";

/** Bundles the program; parts that a command loads only when it runs stay files of their own. */
export async function buildProgram() {
  rmSync(folder, { recursive: true, force: true });
  await bundle({
    entryPoints: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(compiled, file)])),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: LEFT_OUT,
    banner: { js: REQUIRE },
    legalComments: 'eof',
    logLevel: 'warning',
  });
  chmodSync(join(folder, 'main.js'), 0o755);
}
