// cli/replay/shop-server.test.ts
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleFile } from './example-file.ts';
import type { Shop } from './shop-server.ts';
import { serveShop } from './shop-server.ts';

const COLLECTOR = new URL('http://127.0.0.1:8787/');

/** Asks for a path exactly as written; `fetch` would tidy it up first. */
const ask = (shop: Shop, path: string, method = 'GET') =>
  new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const { hostname, port } = new URL(shop.origin);
      request({ hostname, port, path, method }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      })
        .on('error', reject)
        .end();
    },
  );

describe('the example shop', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await serveShop({ port: 0, collector: COLLECTOR });
  });
  afterAll(() => shop.close());

  it.each([
    { path: '/', type: 'text/html; charset=utf-8' },
    { path: '/basket', type: 'text/html; charset=utf-8' },
    { path: '/product/85123A', type: 'text/html; charset=utf-8' },
    { path: '/?utm_source=mail', type: 'text/html; charset=utf-8' },
    { path: '/shop.css', type: 'text/css; charset=utf-8' },
    { path: '/shop.js', type: 'text/javascript; charset=utf-8' },
    { path: '/products.json', type: 'application/json; charset=utf-8' },
    { path: '/art/85123A.svg', type: 'image/svg+xml; charset=utf-8' },
  ])('serves $path as $type', async ({ path, type }) => {
    const { status, headers } = await ask(shop, path);
    expect([status, headers['content-type'], headers['x-content-type-options']]).toEqual([200, type, 'nosniff']);
  });

  it('carries the tag of its collector, by one script tag', async () => {
    const { body } = await ask(shop, '/');
    expect(body).toContain('<script async src="http://127.0.0.1:8787/tag.full.js" data-site="shop"></script>');
    expect(body).not.toContain('__COLLECTOR__');
  });

  it('allows scripts and requests to itself and the collector, and nothing inline', async () => {
    const { headers } = await ask(shop, '/');
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self' http://127.0.0.1:8787",
      "connect-src 'self' http://127.0.0.1:8787",
      "img-src 'self'",
      "style-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it.each([
    { why: 'climbs out of the folder', path: '/../data/README.md' },
    { why: 'climbs out, encoded', path: '/%2e%2e/data/README.md' },
    { why: 'climbs out with the other slash', path: '/..\\data\\README.md' },
    { why: 'climbs within a path', path: '/art/../../data/README.md' },
    { why: 'is absolute', path: '//etc/hostname.json' },
    { why: 'holds a null byte', path: '/shop.js%00.svg' },
    { why: 'is a kind of file that is not served', path: '/README.md' },
    { why: 'is the document without its collector', path: '/index.html' },
    { why: 'is not there', path: '/art/missing.svg' },
    { why: 'is a folder', path: '/art' },
    { why: 'is below a file', path: '/shop.js/shop.js' },
    { why: 'is longer than any page', path: `/${'a'.repeat(3_000)}.js` },
  ])('answers 404 for a path that $why', async ({ path }) => {
    expect((await ask(shop, path)).status).toBe(404);
  });

  it('follows no link out of its folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shop-'));
    await writeFile(join(folder, 'index.html'), 'a page of __COLLECTOR__');
    await symlink(exampleFile('shop/products.json'), join(folder, 'linked.json'));
    const other = await serveShop({ port: 0, collector: COLLECTOR, folder });
    expect((await ask(other, '/linked.json')).status).toBe(404);
    await other.close();
    await rm(folder, { recursive: true });
  });

  it('takes nothing but GET and HEAD', async () => {
    expect(await ask(shop, '/', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    expect(await ask(shop, '/', 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  it('says so where its port is taken', async () => {
    const port = Number(new URL(shop.origin).port);
    await expect(serveShop({ port, collector: COLLECTOR })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('keeps an address from becoming markup', async () => {
    const other = await serveShop({ port: 0, collector: new URL('http://127.0.0.1:1/"><script>&') });
    const { body } = await ask(other, '/');
    await other.close();
    expect(body).not.toContain('"><script>&');
    expect(body).toContain('src="http://127.0.0.1:1/');
  });
});
