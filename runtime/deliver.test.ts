// runtime/deliver.test.ts: messages reach the public internet alone, signed, and a refusal is an answer.
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EpochMs, SiteId } from '../contract/index.ts';
import type { Deliver } from '../edge/index.ts';
import { destinationSecret, rightsNeeds } from '../edge/index.ts';
import { addSite, findSite, setDestination } from '../store/index.ts';
import { openTestDatabase } from '../store/testing.ts';
import { createDeliver } from './deliver.ts';
import { memoryKeys } from './key-provider.memory.ts';
import { createFetchOut } from './outbound.node.ts';

const NOW = 1_772_409_600_000 as EpochMs;
const got: { headers: IncomingHttpHeaders; body: string }[] = [];
let status = 204;
const server = createServer((incoming, answer) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    got.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString() });
    answer.writeHead(status, { location: '/elsewhere' }).end('no one reads this');
  });
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

// To a server of the test's own, which the operator of the test named.
const nearby: Deliver = (message) => createDeliver(createFetchOut({ innerOrigins: new Set([origin]) }))(message);
const message = (url: string) => ({ url, headers: { 'content-type': 'application/json' }, body: '{}' });

describe('a message', () => {
  it.each([
    { status: 200, told: true },
    { status: 299, told: true },
    { status: 300, told: false },
    { status: 404, told: false },
  ])('answered by $status is taken: $told, and no redirect is followed', async (row) => {
    status = row.status;
    const before = got.length;
    expect(await nearby(message(origin))).toBe(row.told);
    expect(got.length).toBe(before + 1);
  });

  it('to nobody is not taken', async () => {
    const deliver = createDeliver(createFetchOut({ innerOrigins: new Set(['http://127.0.0.1:1']) }));
    expect(await deliver(message('http://127.0.0.1:1/'))).toBe(false);
  });

  it.each(['https://127.0.0.1/', 'https://localhost/', 'https://[::1]/', 'https://crm.internal/'])(
    'is not sent to %s',
    async (url) => {
      expect(await createDeliver(createFetchOut())(message(url))).toBe(false);
    },
  );
});

describe('P4: a destination', () => {
  it('is told under a signature it can check, with the key it was given', async () => {
    status = 200;
    const database = await openTestDatabase();
    const site = { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: NOW } as const;
    await addSite(database.db, site);
    const found = await findSite(database.db, site.id);
    if (found === undefined) throw new Error('the site was added');
    const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    const needs = rightsNeeds({
      db: database.db,
      keys: memoryKeys(),
      now: () => NOW,
      randomBytes,
      deliver: nearby,
      explainProfile: () => [],
      keepApart: undefined,
    });
    await setDestination(database.db, found, { name: 'crm', url: `${origin}/erasures`, purpose: 'mail' }, NOW);
    const [crm] = await needs.destinationsOf(found);
    expect(await crm?.forget({ receipt: 'ab'.repeat(16), visitors: ['cd'.repeat(32)] })).toBe(true);
    const { headers, body } = got.at(-1) ?? { headers: {}, body: '' };
    const secret = Buffer.from((await destinationSecret(needs, 'shop', 'crm')).replace('whsec_', ''), 'base64');
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
    expect(JSON.parse(body)).toEqual({
      type: 'visitor.erased',
      site: 'shop',
      receipt: 'ab'.repeat(16),
      visitors: ['cd'.repeat(32)],
    });
    await database.close();
  });
});
