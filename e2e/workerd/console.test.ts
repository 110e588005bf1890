// e2e/workerd/console.test.ts: the console on Workers: files and deep links, with the headers that keep everything foreign out.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSOLE_HEADERS } from '../../edge/http/console-server.ts';
import { projectFolder } from '../../runtime/index.ts';
import { MASTER } from '../support/workerd-edge.ts';

const DIST = join(projectFolder(), 'dist');
const PUBLIC = join(DIST, 'public');
const BUNDLE = join(DIST, 'worker', 'worker.js');

describe('the console on Workers', () => {
  let worker: Miniflare;
  const get = (path: string) => worker.dispatchFetch(`http://edge.test${path}`, { redirect: 'manual' });
  beforeAll(async () => {
    if (!existsSync(join(PUBLIC, '_headers'))) throw new Error('dist/public is missing: run `npm run build` first');
    worker = new Miniflare({
      modules: [{ type: 'ESModule', path: BUNDLE }],
      compatibilityDate: '2026-04-20',
      bindings: {
        HUSHTAG_DATABASE_URL: 'http://database.test',
        HUSHTAG_MASTER_KEY: Buffer.from(MASTER).toString('base64'),
      },
      queueProducers: { HUSHTAG_EVENTS: 'hushtag-events' },
      // As wrangler.toml binds them; headers come from the file `_headers` in it, as in a deployment.
      assets: {
        directory: PUBLIC,
        binding: 'ASSETS',
        routerConfig: { has_user_worker: true },
      },
    });
    await worker.ready;
  });
  afterAll(() => worker.dispose());

  it.each(['/console/', '/console/shop/segments/cluster-1?from=2026-01-01', '/console/shop/audit'])(
    'answers %s with the page',
    async (path) => {
      const answered = await get(path);
      expect(answered.status).toBe(200);
      expect(await answered.text()).toContain('<div id="console">');
      for (const [name, value] of Object.entries(CONSOLE_HEADERS)) expect(answered.headers.get(name), name).toBe(value);
    },
  );

  it('serves the files that the page names, for good, with the same headers', async () => {
    const page = await (await get('/console/')).text();
    const files = [...page.matchAll(/(?:src|href)="(\/console\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(files.length).toBeGreaterThan(1);
    for (const path of files) {
      const file = await get(path);
      expect(file.status, path).toBe(200);
      expect(file.headers.get('content-security-policy')).toBe(CONSOLE_HEADERS['content-security-policy']);
      expect(file.headers.get('x-content-type-options')).toBe('nosniff');
      await file.arrayBuffer();
    }
  });

  it('has no file but those of the build', async () => {
    expect((await get('/console/assets/nothing.js')).status).toBe(404);
  });
});
