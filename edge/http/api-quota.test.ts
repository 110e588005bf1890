// edge/http/api-quota.test.ts: a quota is whole again after its window, and one caller's is nobody else's.
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../contract/index.ts';
import { apiQuota, QUOTA } from './api-quota.ts';

describe('P6: the quota of the API', () => {
  let now = Date.UTC(2026, 10, 24) as EpochMs;
  const app = new Hono();
  app.use(apiQuota({ now: () => now, randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) }));
  app.get('/', (context) => context.text('ok'));
  const ask = async (authorization?: string) =>
    app.request('/', authorization === undefined ? {} : { headers: { authorization } });

  it('refuses the request past it, says how long to wait, and takes it then', async () => {
    for (let nth = 0; nth < QUOTA; nth += 1) expect((await ask('a')).status).toBe(200);
    const refused = await ask('a');
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('ratelimit')]).toEqual([
      429,
      '1',
      '"api";r=0;t=60',
    ]);
    expect((await ask('b')).status).toBe(200);
    now = (now + 99) as EpochMs;
    expect((await ask('a')).status).toBe(429);
    now = (now + 1) as EpochMs;
    expect((await ask('a')).status).toBe(200);
    now = (now + 60_000) as EpochMs;
    expect((await ask('a')).headers.get('ratelimit')).toBe(`"api";r=${QUOTA - 1};t=1`);
  });

  it('counts nobody who shows nothing', async () => {
    expect((await ask()).headers.get('ratelimit')).toBeNull();
  });
});
