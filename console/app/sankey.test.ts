// console/app/sankey.test.ts: bands fill their columns, and no column is higher than the plane.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Move } from './sankey.ts';
import { layMoves, SANKEY } from './sankey.ts';

const page = fc.option(fc.constantFrom('/', '/a', '/b', '/c'), { nil: null });
const moveArb: fc.Arbitrary<Move> = fc.record({ from: page, to: page, moves: fc.integer({ min: 1, max: 1_000 }) });

describe('moves laid out as bands', () => {
  it('stay on the plane, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(moveArb, { maxLength: 60 }), (moves) => {
        const { nodes, bands } = layMoves(moves);
        for (const { top, height } of nodes) {
          expect(top).toBeGreaterThanOrEqual(0);
          expect(top + height).toBeLessThanOrEqual(SANKEY.height + 1e-6);
        }
        expect(bands.length).toBe(Math.min(moves.length, SANKEY.movesMax));
        expect(bands.some(({ path }) => path.includes('NaN'))).toBe(false);
      }),
    );
  });
});
