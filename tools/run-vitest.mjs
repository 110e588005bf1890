// tools/run-vitest.mjs: runs vitest projects and counts what came of it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs the tests of these projects. A run that broke before any test counts as a failure of its own. */
export function runVitest(projects) {
  const folder = mkdtempSync(join(tmpdir(), 'hushtag-test-'));
  const report = join(folder, 'report.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync(
    join(root, 'node_modules/.bin/vitest'),
    [...args, ...projects.flatMap((project) => ['--project', project])],
    { cwd: root, stdio: 'inherit' },
  );
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    // A skipped test proves nothing, and a suite that could not start hides its tests: both count as failures here.
    let failed = numFailedTests + numPendingTests + numTodoTests;
    if (status !== 0 && numFailedTests === 0) failed += Math.max(1, numFailedTestSuites);
    if (numPassedTests === 0) failed += 1;
    return { passed: numPassedTests, failed };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
