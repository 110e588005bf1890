// edge/api/read-json.test.ts: pages of a list that is in memory: together they are the list, whatever comes and goes meanwhile.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PageOf } from './read-json.ts';
import { pageOf, sortable } from './read-json.ts';

const PAGES_MAX = 100;
/** Goes through all pages; between them `change` may take entries away. */
function walk(
  all: readonly number[],
  limit: number,
  change: (all: readonly number[], page: number) => readonly number[],
) {
  let [held, cursor, seen]: [readonly number[], string | undefined, number[]] = [all, undefined, []];
  for (let nth = 0; nth < PAGES_MAX; nth += 1) {
    const { page, next }: PageOf<number> = pageOf(held, cursor === undefined ? { limit } : { limit, cursor }, sortable);
    seen = [...seen, ...page];
    if (next === null) return seen;
    cursor = next;
    held = change(held, nth);
  }
  throw new Error('the pages do not end');
}
const numbers = fc.uniqueArray(fc.nat(), { maxLength: 60 }).map((all) => all.sort((a, b) => a - b));

describe('pages of a list', () => {
  it('are the list, each entry once', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 70 }), (all, limit) => {
        expect(walk(all, limit, (held) => held)).toEqual(all);
      }),
    );
  });

  it('miss nothing that stays, though the entry goes that the cursor names', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 9 }), fc.nat(), (all, limit, seed) => {
        const gone = new Set<number>();
        const seen = walk(all, limit, (held, nth) => {
          const lost = held[(seed + nth * limit) % held.length];
          if (lost !== undefined) gone.add(lost);
          return held.filter((one) => one !== lost);
        });
        expect(seen.filter((one) => !gone.has(one))).toEqual(all.filter((one) => !gone.has(one)));
        expect(new Set(seen).size).toBe(seen.length);
      }),
    );
  });
});
