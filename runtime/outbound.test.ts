// runtime/outbound.test.ts: what this server calls by itself is the public internet and what an operator named, on both platforms.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FetchOut } from '../edge/index.ts';
import { OUTBOUND_ANSWER_BYTES_MAX } from '../edge/index.ts';
import { createFetchOut, isPublicAddress } from './outbound.node.ts';
import { createFetchOut as createWebFetchOut } from './outbound.web.ts';

const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  if (request.url === '/away') response.writeHead(302, { location: '/other' }).end();
  else if (request.url === '/much') response.end(Buffer.alloc(OUTBOUND_ANSWER_BYTES_MAX + 1));
  else if (request.url === '/whole') response.end(Buffer.alloc(OUTBOUND_ANSWER_BYTES_MAX));
  else if (request.url === '/never') response.write('begun');
  else response.setHeader('x-seen', 'yes').end('here');
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const codeOf = (call: Promise<Response>): Promise<unknown> =>
  call.then(
    () => 'answered',
    (fault: unknown) => (fault as { readonly code?: unknown }).code,
  );
const GET = { method: 'GET', headers: {} } as const;

const PLATFORMS: readonly (readonly [string, (origins: readonly string[]) => FetchOut])[] = [
  ['Node', (origins) => createFetchOut({ innerOrigins: new Set(origins) })],
  ['Workers', (origins) => createWebFetchOut(new Set(origins))],
];

describe.each(PLATFORMS)('P6: calls out of %s', (_name, make) => {
  // biome-ignore format: a list reads better in rows
  it.each([
    'http://93.184.215.14/', 'https://127.0.0.1/', 'https://[::1]/', 'https://[::ffff:10.0.0.1]/', 'https://localhost/',
    'https://169.254.169.254/latest/meta-data/', 'https://metadata.google.internal/', 'https://2130706433/',
    'https://0x7f.1/', 'http://crm.example.com/', 'https://u:p@crm.example.com/', 'file:///etc/passwd', 'https://crm/',
  ])('do not go to %s', async (url) => {
    expect(await codeOf(make([])(url, GET))).toBe('outbound_refused');
  });

  it('go to an origin that the operator named, and to no other port or scheme of it', async () => {
    const answered = await make([origin])(`${origin}/here`, { method: 'POST', headers: {}, body: 'x' });
    expect([answered.status, answered.headers.get('x-seen'), await answered.text()]).toEqual([200, 'yes', 'here']);
    expect(asked.at(-1)).toBe('POST /here');
    const before = asked.length;
    expect(await codeOf(make([origin])(origin.replace('http:', 'https:'), GET))).toBe('outbound_refused');
    expect(await codeOf(make([`${origin}0`])(origin, GET))).toBe('outbound_refused');
    expect(asked.length).toBe(before);
  });

  it('follow no redirect', async () => {
    const before = asked.length;
    expect((await make([origin])(`${origin}/away`, GET)).status).toBe(302);
    expect(asked.length).toBe(before + 1);
  });

  it.each([
    { path: '/whole', outcome: 'answered' },
    { path: '/much', outcome: 'outbound_too_large' },
  ])('read so much and no more: $path', async ({ path, outcome }) => {
    expect(await codeOf(make([origin])(`${origin}${path}`, GET))).toBe(outcome);
  });

  it('end where the answer does not', async () => {
    expect(await codeOf(make([origin])(`${origin}/never`, { ...GET, msMax: 200 }))).toBe('outbound_failed');
  });
});

describe('P6: a name that leads home', () => {
  it('is not connected to: the look-up that is connected by refuses', async () => {
    const before = asked.length;
    // Every name passes here, as if the list of names had a hole: the address alone stops it.
    const guarded = createFetchOut({ wayOf: () => 'public' });
    expect(await codeOf(guarded(`http://localhost:${new URL(origin).port}/`, GET))).toBe('outbound_failed');
    expect(asked.length).toBe(before);
    const unguarded = createFetchOut({ wayOf: () => 'inner' });
    expect(await codeOf(unguarded(`http://localhost:${new URL(origin).port}/`, GET))).toBe('answered');
  });

  it.each([
    ['93.184.215.14', true],
    ['9.255.255.255', true],
    ['10.0.0.0', false],
    ['10.255.255.255', false],
    ['11.0.0.0', true],
    ['100.63.255.255', true],
    ['100.64.0.0', false],
    ['127.0.0.1', false],
    ['169.254.169.254', false],
    ['172.15.255.255', true],
    ['172.16.0.0', false],
    ['172.31.255.255', false],
    ['172.32.0.0', true],
    ['192.168.0.1', false],
    ['223.255.255.255', true],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', true],
    ['::1', false],
    ['::ffff:10.0.0.1', false],
    ['64:ff9b::a00:1', false],
    ['2002:a00:1::', false],
    ['fd00::1', false],
    ['fe80::1', false],
    ['not an address', false],
  ])('%s is of the public internet: %s', (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });
});
