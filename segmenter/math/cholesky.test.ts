import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solvePositive } from './cholesky.ts';

describe('a positive definite system', () => {
  it('is solved: the matrix times the solution is the right side', () => {
    const number = fc.integer({ min: -9, max: 9 });
    const law = fc.property(
      fc.array(number, { minLength: 16, maxLength: 16 }),
      fc.array(number, { minLength: 4, maxLength: 4 }),
      (cells, right) => {
        const at = (row: number, column: number): number => cells[row * 4 + column] ?? 0;
        // A Gram matrix plus the identity is positive definite.
        const matrix = Float64Array.from({ length: 16 }, (_, cell) => {
          const [i, j] = [Math.floor(cell / 4), cell % 4];
          return [0, 1, 2, 3].reduce((sum, k) => sum + at(i, k) * at(j, k), Number(i === j));
        });
        const solution = solvePositive(matrix, Float64Array.from(right)) ?? new Float64Array(4);
        right.forEach((value, row) => {
          const product = solution.reduce((sum, x, column) => sum + x * (matrix[row * 4 + column] ?? 0), 0);
          expect(product).toBeCloseTo(value, 6);
        });
      },
    );
    fc.assert(law);
  });

  it('is not made up where the matrix is not positive definite', () => {
    expect(solvePositive(Float64Array.from([1, 2, 2, 1]), Float64Array.from([1, 1]))).toBeUndefined();
  });
});
