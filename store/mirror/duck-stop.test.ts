// store/mirror/duck-stop.test.ts: a thread that is told to stop ends its statements, and the process outlives it.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// As it is built: a thread of its own needs a file that Node runs.
const DUCK = new URL('../../dist/server/store/mirror/duck.js', import.meta.url).href;
/** More than any machine counts while a test runs. */
const ENDLESS = 'SELECT count(*) FROM range(100000000) AS a, range(100000000) AS b WHERE hash(a.range + b.range) = 1';

/** A process whose thread has a statement under way, stops it and then ends. */
const PROGRAM = `
  import { isMainThread, parentPort, Worker } from 'node:worker_threads';
  import { fileURLToPath } from 'node:url';
  import { onDuckStop, stopDuck, withDuck } from ${JSON.stringify(DUCK)};
  if (isMainThread) {
    const thread = new Worker(fileURLToPath(import.meta.url));
    thread.on('message', (message) => message === 'begun' ? thread.postMessage('stop') : console.log(message));
    thread.on('exit', () => process.exit(0));
  } else {
    parentPort.on('message', stopDuck).unref();
    onDuckStop(() => parentPort.postMessage('told'));
    const use = async (duck) => {
      const running = duck.run(${JSON.stringify(ENDLESS)});
      parentPort.postMessage('begun');
      await running;
    };
    await withDuck({ threads: 1 }, use).catch((fault) => parentPort.postMessage(/interrupt/i.test(fault.message) ? 'interrupted' : fault.message));
    await withDuck({}, async () => undefined).catch((fault) => parentPort.postMessage(fault.code));
  }`;

test('a statement under way is broken off, none begins after it, and the process ends as it wants to', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-duck-stop-'));
  await writeFile(join(folder, 'program.mjs'), PROGRAM);
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'program.mjs')], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  await rm(folder, { recursive: true });
  expect(stderr).toBe('');
  expect([status, signal]).toEqual([0, null]);
  expect(stdout.trim().split('\n')).toEqual(['told', 'interrupted', 'duck_stopped']);
});
