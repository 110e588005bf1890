// edge/collector/site-cache.test.ts: a site is asked for once a moment, and a database that is away loses no page view.
import { describe, expect, it } from 'vitest';
import type { EpochMs, SiteId } from '../../contract/index.ts';
import { presetPolicy } from '../../core/index.ts';
import type { Site } from '../../store/index.ts';
import { cacheSites, SITE_CACHE_MS } from './site-cache.ts';

const SHOP = 'shop' as SiteId;
const site = (version: number): Site => ({
  row: 1,
  id: SHOP,
  origins: [],
  policy: presetPolicy('standard'),
  policyVersion: version,
  floor: 50,
  botRules: [],
});

describe('D1: remembered sites', () => {
  it.each([
    { why: 'a millisecond before it is stale', later: SITE_CACHE_MS - 1, asked: 1 },
    { why: 'when it is stale', later: SITE_CACHE_MS, asked: 2 },
  ])('has asked $asked times $why', async ({ later, asked }) => {
    let now = 0;
    let looks = 0;
    const find = cacheSites(
      async () => site((looks += 1)),
      () => now as EpochMs,
    );
    await find(SHOP);
    now = later;
    expect((await find(SHOP))?.policyVersion).toBe(asked);
  });

  it('goes on serving what it knew while the database is away, and asks again later', async () => {
    let now = 0;
    let away = false;
    let looks = 0;
    const find = cacheSites(
      () => (away ? Promise.reject(new Error('away')) : Promise.resolve(site((looks += 1)))),
      () => now as EpochMs,
    );
    await find(SHOP);
    away = true;
    now = SITE_CACHE_MS;
    expect((await find(SHOP))?.policyVersion).toBe(1);
    away = false;
    now = 2 * SITE_CACHE_MS;
    expect((await find(SHOP))?.policyVersion).toBe(2);
  });

  it('remembers no failure of a site it never knew', async () => {
    let away = true;
    const find = cacheSites(
      () => (away ? Promise.reject(new Error('away')) : Promise.resolve(site(1))),
      () => 0 as EpochMs,
    );
    await expect(find(SHOP)).rejects.toThrow('away');
    away = false;
    expect((await find(SHOP))?.policyVersion).toBe(1);
  });
});
