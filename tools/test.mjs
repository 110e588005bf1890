// tools/test.mjs: the whole suite, or with `--only check` what needs no server and no browser.
// Every check counts as one test; the last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './ensure-chromium.mjs';
import { runVitest } from './run-vitest.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const onlyCheck = process.argv.includes('--only') && process.argv.includes('check');

const TYPES = { name: 'types and walls (tsc -b)', command: bin('tsc'), args: ['-b'] };
const CHECKS = [
  { name: 'lint (oxlint, type-aware)', command: bin('oxlint'), args: ['--type-aware'] },
  { name: 'format (biome)', command: bin('biome'), args: ['format', '.'] },
  { name: 'unused code and dependencies (knip)', command: bin('knip'), args: [] },
];
const BUILD = {
  name: 'build (server, tag, worker bundle, size budgets)',
  command: process.execPath,
  args: ['tools/build.mjs', '--worker'],
};

let passed = 0;
let failed = 0;

const count = (name, good, began) => {
  if (good) passed += 1;
  else failed += 1;
  console.log(`${good ? 'passed' : 'FAILED'}  ${name}  (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  return good;
};

/** Runs a command and says what it said once it has ended: two of them may run beside each other. */
async function step({ name, command, args }) {
  const began = Date.now();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const good = await once(child, 'close').then(
    ([status]) => status === 0,
    (fault) => {
      said.push(Buffer.from(`${fault.message}\n`));
      return false;
    },
  );
  process.stdout.write(Buffer.concat(said));
  return count(name, good, began);
}

async function check() {
  for (const one of CHECKS) await step(one);
}

function hasChromium() {
  const began = Date.now();
  try {
    ensureChromium();
    return count('Chromium is here', true, began);
  } catch (fault) {
    console.error(fault.message);
    return count('Chromium is here', false, began);
  }
}

const addVitest = (projects) => {
  const counts = runVitest(projects);
  passed += counts.passed;
  failed += counts.failed;
};

await step(TYPES);
if (onlyCheck) {
  await check();
  addVitest(['walls']);
} else {
  // Lint and the build keep a core busy each; both read what tsc has written.
  const [built] = await Promise.all([step(BUILD), check()]);
  const browser = hasChromium();
  if (built && browser) addVitest(['walls', 'unit', 'node', 'workerd', 'browser']);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
