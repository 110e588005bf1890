// tools/bench.mjs: `npm run bench -- NAME` and `npm run quality`: builds, then runs one benchmark; a JSON line a figure.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folderAt = process.argv.indexOf('--folder');
const quality = folderAt !== -1;
const [name = quality ? 'quality' : '', ...rest] = process.argv
  .slice(2)
  .filter((_, index, all) => all[index] !== '--folder' && all[index - 1] !== '--folder');
const entries = () =>
  readdirSync(join(root, 'bench'), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.bench.ts'))
    .map((entry) => entry.name.replace('.bench.ts', ''));

if (!/^[a-z-]+$/.test(name) || !existsSync(join(root, 'bench', `${name}.bench.ts`))) {
  console.error(`Name a benchmark: ${entries().join(', ')}`);
  process.exit(2);
}
// What the build prints goes to standard error, so that standard output holds figures alone.
const built = spawnSync(process.execPath, [join(root, 'tools/build.mjs'), '--if-needed'], {
  cwd: root,
  stdio: ['ignore', 2, 2],
});
if (built.status !== 0) process.exit(1);
const run = spawnSync(process.execPath, [join(root, 'dist/server/bench', `${name}.bench.js`), ...rest], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exitCode = run.status ?? 1;
