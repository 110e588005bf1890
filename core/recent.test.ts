// core/recent.test.ts: a bounded memory forgets the oldest, and never answers wrongly.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecent } from './recent.ts';

describe('a bounded memory', () => {
  it('answers what was set last or nothing, and remembers the last half of what was asked for', () => {
    const step = fc.record({ key: fc.nat({ max: 30 }), write: fc.boolean(), clear: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.array(step, { maxLength: 300 }), (entriesMax, steps) => {
        const memory = createRecent<number, number>(entriesMax);
        const truth = new Map<number, number>();
        let latest: number[] = [];
        steps.forEach(({ key, write, clear }, nth) => {
          if (clear && key === 0) {
            memory.clear();
            truth.clear();
            latest = [];
          } else if (write) {
            memory.set(key, nth);
            truth.set(key, nth);
            latest = [key, ...latest.filter((one) => one !== key)];
          } else {
            const seen = memory.get(key);
            if (latest.slice(0, Math.floor(entriesMax / 2)).includes(key)) expect(seen).toBe(truth.get(key));
            else expect([undefined, truth.get(key)]).toContain(seen);
            if (seen !== undefined) latest = [key, ...latest.filter((one) => one !== key)];
          }
        });
      }),
    );
  });

  it('holds no more than it may', () => {
    const memory = createRecent<number, number>(10);
    for (let key = 0; key < 1_000; key += 1) memory.set(key, key);
    expect(
      Array.from({ length: 1_000 }, (_, key) => memory.get(key)).filter((value) => value !== undefined).length,
    ).toBeLessThanOrEqual(10);
  });
});
