// tools/test.mjs: the whole suite, or with `--only check` what needs no server and no browser.
// Every check counts as one test; the last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './ensure-chromium.mjs';
import { runVitest } from './run-vitest.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const onlyCheck = process.argv.includes('--only') && process.argv.includes('check');

const CHECKS = [
  { name: 'types and walls (tsc -b)', command: bin('tsc'), args: ['-b'] },
  { name: 'lint (oxlint, type-aware)', command: bin('oxlint'), args: ['--type-aware'] },
  { name: 'format (biome)', command: bin('biome'), args: ['format', '.'] },
  { name: 'unused code and dependencies (knip)', command: bin('knip'), args: [] },
];

let passed = 0;
let failed = 0;

const step = (name, run) => {
  const began = Date.now();
  const good = run();
  if (good) passed += 1;
  else failed += 1;
  console.log(`${good ? 'passed' : 'FAILED'}  ${name}  (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  return good;
};

const runCommand = ({ command, args }) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;

const addVitest = (projects) => {
  const counts = runVitest(projects);
  passed += counts.passed;
  failed += counts.failed;
};

for (const check of CHECKS) step(check.name, () => runCommand(check));
if (onlyCheck) addVitest(['walls']);
else {
  const built = step('build (server, tag, worker bundle, size budgets)', () =>
    runCommand({ command: process.execPath, args: ['tools/build.mjs', '--worker'] }),
  );
  const browser = step('Chromium is here', () => {
    try {
      ensureChromium();
      return true;
    } catch (fault) {
      console.error(fault.message);
      return false;
    }
  });
  if (built && browser) addVitest(['walls', 'unit', 'node', 'workerd', 'browser']);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
