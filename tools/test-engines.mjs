// tools/test-engines.mjs: the tag's suite in Firefox and WebKit, and its package in Next, all of which it installs where it may. Ends with `N passed, N failed`.
import { build } from './build.mjs';
import { ensureFirefox, ensureWebkit } from './ensure-engines.mjs';
import { ensureNext } from './ensure-next.mjs';
import { runVitest } from './run-vitest.mjs';

let passed = 0;
let failed = 0;

const step = async (name, run) => {
  try {
    await run();
    passed += 1;
    console.log(`passed  ${name}`);
  } catch (fault) {
    failed += 1;
    console.error(`FAILED  ${name}`, fault instanceof Error ? fault.message : fault);
  }
};

await step('Firefox is here', ensureFirefox);
await step('WebKit is here, with its driver and a screen', ensureWebkit);
await step('Next is here', ensureNext);
await step('build', build);
// Without an engine its suites can't start; the other's are worth running all the same.
const counts = runVitest(['engines']);
passed += counts.passed;
failed += counts.failed;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
