// e2e/docs/quick-start.test.ts: the three quick starts run as they are printed, one after the other, in a folder that was empty.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programFile, projectFolder } from '../../runtime/index.ts';
import { collect, SHOP_ORIGIN, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import { send } from '../support/node-edge.ts';

const root = projectFolder();
const MAIN = programFile('main');
const PAGES = ['start-site-owner.md', 'start-privacy-officer.md', 'start-marketer.md'];

interface Block {
  readonly page: string;
  /** `run`, `run: serve`, `file: NAME` … as the comment above the block says. */
  readonly mark: string;
  readonly code: string;
}

const blocksOf = async (page: string): Promise<Block[]> => {
  const text = await readFile(join(root, 'docs', page), 'utf8');
  return [...text.matchAll(/<!-- ((?:run|file)[^>]*?) -->\n```\w+\n([\s\S]*?)```/g)].map(
    ([, mark = '', code = '']) => ({
      page,
      mark,
      code,
    }),
  );
};

/** Some twenty commands, each a process of its own. */
const RUN_MS_MAX = 600_000;

describe('the quick starts', { timeout: RUN_MS_MAX }, () => {
  let folder: string;
  let server: ChildProcess | undefined;
  let origin = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-start-'));
  });
  afterAll(async () => {
    if (server !== undefined) {
      const ended = once(server, 'close');
      server.kill('SIGTERM');
      await ended;
    }
    await rm(folder, { recursive: true });
  });

  const env = { PATH: process.env['PATH'], PORT: '0' };
  /** Runs a block in bash, where `npx hushtag` is the built command and the port is the server's; TOKEN lives on. */
  const run = async (code: string): Promise<{ readonly status: number | null; readonly out: string }> => {
    const own = code.replaceAll('http://127.0.0.1:8787', origin);
    const script = `set -euo pipefail\nnpx() { shift; node ${MAIN} "$@"; }\ncurl() { command curl --fail-with-body "$@"; echo; }\nif [ -f .shell ]; then . ./.shell; fi\n${own}\ndeclare -p TOKEN > .shell 2> /dev/null || true`;
    const child = spawn('bash', ['--norc', '-c', script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        out += chunk.toString();
      });
    await once(child, 'close');
    return { status: child.exitCode, out };
  };
  const serve = async (): Promise<void> => {
    server = spawn(process.execPath, [MAIN, 'serve'], { cwd: folder, env });
    const starting = server;
    const said = await new Promise<string>((resolve, reject) => {
      let text = '';
      starting.stderr?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('listens on') && text.includes('/console/')) resolve(text);
      });
      starting.once('close', () => reject(new Error(`it did not start: ${text}`)));
    });
    origin = /listens on (\S+)/.exec(said)?.[1] ?? '';
  };

  it('D1: end with a page view in the ledger, documents of an officer, and a segment of a marketer', async () => {
    const blocks = (await Promise.all(PAGES.map(blocksOf))).flat();
    const outputs: string[] = [];
    for (const { page, mark, code } of blocks) {
      if (mark === 'run: serve') {
        expect(code.trim()).toBe('npx hushtag serve');
        await serve();
      } else if (mark.startsWith('file: ')) {
        await writeFile(join(folder, mark.slice('file: '.length)), code);
      } else {
        if (mark === 'run: after a page view') {
          const edge = { fetch: (path: string, init?: RequestInit) => send(origin, path, init) };
          expect((await collect(edge, wireBatch({ e: [wireEvent()] }), { origin: SHOP_ORIGIN })).status).toBe(202);
        }
        const { status, out } = await run(code);
        expect({ page, code, status, out: status === 0 ? '' : out }).toEqual({ page, code, status: 0, out: '' });
        outputs.push(out);
      }
    }
    expect(outputs.length).toBeGreaterThan(8);
    const all = outputs.join('\n');
    expect(all).toContain('data-site="shop"');
    expect(all).toMatch(/"outcome":"stored","reason":"","events":1/);
    expect(all).toContain('big-baskets');
    expect(await readdir(folder)).toEqual(
      expect.arrayContaining(['data', 'data-keys', 'data-backups', 'audit.txt', 'hushtag.env']),
    );
  });

  it('every curl line of every page asks for what the API describes', async () => {
    const described = (await (await send(origin, '/openapi.json')).json()) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    const patterns = Object.entries(described.paths).map(([path, methods]) => ({
      methods,
      pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
    }));
    const names = [
      'README.md',
      ...(await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
    ];
    const wrong: string[] = [];
    let seen = 0;
    for (const name of names) {
      const text = await readFile(join(root, name), 'utf8');
      for (const [, block = ''] of text.matchAll(/^```sh\n([\s\S]*?)^```/gm))
        for (const [line, path = ''] of block
          .replaceAll('\\\n', ' ')
          .matchAll(/curl [^\n]*?(?:\$EDGE|127\.0\.0\.1:8787)(\/v1\/[^\s"'?]*)[^\n]*/g)) {
          seen += 1;
          const given = /-X ([A-Z]+)/.exec(line)?.[1];
          const method = (given ?? (/ --data/.test(line) ? 'POST' : 'GET')).toLowerCase();
          if (!patterns.some(({ pattern, methods }) => pattern.test(path) && methods[method] !== undefined))
            wrong.push(`${name}: ${method} ${path}`);
        }
    }
    expect(seen).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });
});
