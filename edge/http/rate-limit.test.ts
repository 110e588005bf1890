// edge/http/rate-limit.test.ts: no key goes faster than its rate, and no other key pays for it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../contract/index.ts';
import { BUCKETS_MAX, createRateLimit } from './rate-limit.ts';

const at = (ms: number): EpochMs => ms as EpochMs;

describe('D1: rate limits', () => {
  it.each([
    { why: 'one below the burst', before: 8, wait: 0 },
    { why: 'the last of the burst', before: 9, wait: 0 },
    { why: 'one past the burst', before: 10, wait: 500 },
  ])('lets $why wait $wait ms', ({ before, wait }) => {
    const limit = createRateLimit({ perSecond: 2, burst: 10 });
    for (let taken = 0; taken < before; taken += 1) limit(1, 1, at(0));
    expect(limit(1, 1, at(0))).toBe(wait);
  });

  it('lets through after exactly the wait it named, and not a millisecond before', () => {
    const limit = createRateLimit({ perSecond: 2, burst: 10 });
    limit(1, 10, at(0));
    const wait = limit(1, 3, at(0));
    expect(wait).toBe(1_500);
    expect(limit(1, 3, at(wait - 1))).toBeGreaterThan(0);
    expect(limit(1, 3, at(wait))).toBe(0);
  });

  it('slows a message larger than the burst, and never bars it', () => {
    const limit = createRateLimit({ perSecond: 1, burst: 5 });
    expect(limit(1, 500, at(0))).toBe(0);
    expect(limit(1, 500, at(1_000))).toBe(4_000);
    expect(limit(1, 500, at(5_000))).toBe(0);
  });

  it('gives no key more than burst and rate allow, whatever the clock does, and keeps keys apart', () => {
    const step = fc.record({
      key: fc.constantFrom(1, 2),
      cost: fc.integer({ min: 1, max: 4 }),
      pass: fc.integer({ min: -500, max: 2_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const limit = createRateLimit({ perSecond: 3, burst: 6 });
        const alone = createRateLimit({ perSecond: 3, burst: 6 });
        let now = 1_000_000;
        let forward = 0;
        const taken = { 1: 0, 2: 0 };
        for (const { key, cost, pass } of steps) {
          now += pass;
          forward += Math.max(0, pass);
          const wait = limit(key, cost, at(now));
          if (key === 1) expect(alone(1, cost, at(now))).toBe(wait);
          if (wait === 0) taken[key] += cost;
          expect(taken[key]).toBeLessThanOrEqual(6 + (forward / 1_000) * 3 + 1e-6);
        }
      }),
    );
  });

  it('bars nobody for longer than a bucket takes to fill, though the clock goes back a day', () => {
    const limit = createRateLimit({ perSecond: 1, burst: 2 });
    const ahead = 86_400_000;
    expect(limit(1, 2, at(ahead))).toBe(0);
    expect(limit(1, 1, at(0))).toBe(1_000);
    expect(limit(1, 1, at(1_000))).toBe(0);
  });

  it('remembers the keys asked for last, however many others there were, and forgets no key before half of them', () => {
    const limit = createRateLimit({ perSecond: 1, burst: 2 });
    limit(0, 2, at(0));
    for (let key = 1; key < BUCKETS_MAX / 2; key += 1) limit(key, 1, at(0));
    expect(limit(0, 1, at(0))).toBe(1_000);
    for (let key = BUCKETS_MAX; key < 2 * BUCKETS_MAX; key += 1) {
      limit(key, 1, at(0));
      if (key % 10_000 === 0) expect(limit(0, 1, at(0))).toBe(1_000);
    }
  });
});
