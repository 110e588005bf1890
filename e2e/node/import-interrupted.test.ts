// e2e/node/import-interrupted.test.ts: a server is killed in the middle of an import; the next one says so, and the import goes on.
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programFile } from '../../runtime/index.ts';
import { until } from '../support/edge-under-test.ts';
import { send } from '../support/node-edge.ts';

/** Sent before the kill: how far it is is noted after each 5,000. */
const NOTED_LINES = 5_000;
const LINES = 5_600;

interface Import {
  readonly id: string;
  readonly status: string;
  readonly lines: number;
  readonly accepted: number;
  readonly nextLine: number;
  readonly todo: string | null;
}

describe('D1: an import whose server is killed', () => {
  let folder: string;
  let server: ChildProcess | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-interrupted-'));
  });
  afterEach(async () => {
    server?.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  const env = () => ({
    PATH: process.env['PATH'],
    HUSHTAG_DATA_DIR: join(folder, 'data'),
    HUSHTAG_KEY_DIR: join(folder, 'keys'),
    HUSHTAG_SEGMENT_MINUTES: '0',
    PORT: '0',
  });
  const run = (...args: string[]): string =>
    spawnSync(process.execPath, [programFile('main'), ...args], { cwd: folder, env: env(), encoding: 'utf8' }).stdout;
  const serve = async (): Promise<string> => {
    const child = spawn(process.execPath, [programFile('main'), 'serve'], { cwd: folder, env: env() });
    server = child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await until(
      async () => said,
      (text) => text.includes('listens on') || child.exitCode !== null,
    );
    return /listens on (\S+)/.exec(said)?.[1] ?? said;
  };
  const lines = Array.from({ length: LINES }, (_, nth) =>
    JSON.stringify({ name: 'imported', time: Date.UTC(2020, 0, 1) + nth * 60_000 }),
  );

  it('is said to be interrupted by the next one, with the line to go on with, and each line counts once', async () => {
    run('site', 'add', 'shop', '--origin', 'https://shop.example');
    const { token } = JSON.parse(run('token', '--site', 'shop', '--scope', 'imports:read,imports:write', '--json')) as {
      readonly token: string;
    };
    const headers = { authorization: `Bearer ${token}` };
    const at = '/v1/sites/shop/imports';
    const newest = async (origin: string): Promise<Import | undefined> =>
      ((await (await send(origin, at, { headers })).json()) as { readonly imports: readonly Import[] }).imports[0];
    const first = await serve();
    const outgoing = request(new URL(at, first), { method: 'POST', headers });
    outgoing.on('error', () => undefined);
    outgoing.write(`${lines.slice(0, NOTED_LINES + 100).join('\n')}\n`);
    const running = await until(
      () => newest(first),
      (one) => one?.lines === NOTED_LINES,
    );
    expect(running).toMatchObject({ status: 'running', todo: null });
    server?.kill('SIGKILL');
    await once(server ?? outgoing, 'exit');
    outgoing.destroy();
    const second = await serve();
    const found = await newest(second);
    expect(found).toMatchObject({ id: running?.id, status: 'interrupted', stopped: null, nextLine: NOTED_LINES + 1 });
    expect(found?.todo).toContain(`?line=${NOTED_LINES + 1}`);
    // More than has to be sent: what is kept counts once.
    const again = await send(second, `${at}?line=4001`, {
      method: 'POST',
      headers,
      body: lines.slice(4_000).join('\n'),
    });
    expect(await again.json()).toMatchObject({ status: 'done', nextLine: LINES + 1 });
    const exported = JSON.parse(run('export', '--site', 'shop', '--out', 'out', '--format', 'csv', '--json')) as object;
    expect(exported).toMatchObject({ events: LINES });
  });
});
