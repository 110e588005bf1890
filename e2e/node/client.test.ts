// e2e/node/client.test.ts: the client as a program gets it: packed, installed from its tarball, and run against a real edge.
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../../runtime/index.ts';
import { useEdge } from '../edge/use-edge.ts';
import type { Project } from '../npm/installed.ts';
import { installPackage } from '../npm/installed.ts';
import { readDocCode } from '../support/doc-code.ts';
import { collect, siteId, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import { startNodeEdge } from '../support/node-edge.ts';

const PACKAGE = join(projectFolder(), 'dist/client');
const { names, codeOf } = readDocCode('client.md', 'snippet');

describe('the client', () => {
  let origin = '';
  const edge = useEdge(async () => {
    const started = await startNodeEdge();
    ({ origin } = started);
    return started;
  });
  let project: Project;
  const ran = new Set<string>();
  beforeAll(() => {
    project = installPackage(PACKAGE);
    project.link('@types');
    project.link('undici-types');
  });
  afterAll(() => {
    project.remove();
    expect(ran).toEqual(new Set(names));
  });

  /** Runs a snippet of docs/client.md as it is printed, but for the server. @returns what it prints. */
  const run = async (name: string): Promise<string> => {
    ran.add(name);
    const scopes = ['segments:read', 'dead-letters:read', 'live:read', 'exports:write'] as const;
    const code = codeOf(name).replaceAll('https://tags.example.com', origin);
    const { code: js } = transformSync(code, { loader: 'ts', format: 'esm' });
    project.write(`${name}.mjs`, `process.env.HUSHTAG_TOKEN = '${await edge.token(siteId('shop'), scopes)}';\n${js}`);
    return (await project.start(process.execPath, `${name}.mjs`)).trim();
  };

  it('has nothing that publint minds', async () => {
    expect((await publint({ pkgDir: PACKAGE, strict: true })).messages).toEqual([]);
  });

  it('has types for every snippet of its page, and for nothing that is not there', () => {
    for (const name of names) project.write(`${name}.ts`, codeOf(name));
    const wrong = [
      "import { createClient, HushtagProblem } from '@hushtag/client';",
      "const api = createClient({ origin: 'https://a.example' });",
      '// @ts-expect-error there is no such route',
      "await api.get('/v1/nothing', {});",
      '// @ts-expect-error the route needs its site',
      "await api.get('/v1/sites/{site}/ledger', {});",
      '// @ts-expect-error a token has scopes of the closed list',
      "await api.post('/v1/sites/{site}/tokens', { path: { site: 'shop' }, body: { label: 'x', scopes: ['all'] } });",
      "const { data } = await api.get('/v1/sites/{site}/ledger', { path: { site: 'shop' } });",
      'export const events: number | undefined = data.entries[0]?.events;',
      '// @ts-expect-error there is no such problem',
      "export const isOdd = (fault: HushtagProblem): boolean => fault.problem === 'odd';",
    ];
    project.write('wrong.ts', wrong.join('\n'));
    const flags = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      'node',
      '--skipDefaultLibCheck',
    ];
    const files = [...names, 'wrong'].map((name) => `${name}.ts`);
    const tsc = join(projectFolder(), 'node_modules/typescript/bin/tsc');
    expect(project.run(process.execPath, tsc, ...flags, '--exactOptionalPropertyTypes', ...files)).toBe('');
  });

  it('reads segments, names a problem, and knows what is held already', async () => {
    expect(await run('first')).toBe('null 0');
    expect(await run('errors')).toBe('404 true');
    expect(await run('etag')).toBe('304');
  });

  it('goes through a list page by page, and reads a stream to its end', async () => {
    const bad = Array.from({ length: 5 }, () => ({ ...wireEvent(), n: '' }));
    await collect(edge, wireBatch({ e: [wireEvent(), ...bad] }));
    expect(await run('pages')).toBe('5');
    expect(await run('live')).toBe('end {}');
  });

  it('makes an export and reads it as a file', async () => {
    expect(await run('file')).toBe('1 true');
  });
});
