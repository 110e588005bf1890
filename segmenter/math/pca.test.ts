import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covarianceOf, principalComponents, project } from './pca.ts';
import type { Points } from './points.ts';
import { deviationOf, meanOf, quantileOf } from './statistics.ts';

const centredArb: fc.Arbitrary<Points> = fc
  .array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }), { minLength: 4, maxLength: 20 })
  .map((rows) => {
    const means = [0, 1, 2].map((d) => rows.reduce((sum, row) => sum + (row[d] ?? 0), 0) / rows.length);
    const values = rows.flatMap((row) => row.map((value, d) => value - (means[d] ?? 0)));
    return { count: rows.length, width: 3, values: Float64Array.from(values) };
  });

describe('principal components', () => {
  it('are orthonormal, uncorrelated, ordered, and keep the variance they claim', () => {
    const law = fc.property(centredArb, fc.constantFrom(0.5, 0.9, 1), (points, share) => {
      const covariance = covarianceOf(points);
      const total = covariance.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
      fc.pre(total > 0);
      const components = principalComponents(points, share);
      const scores = covarianceOf(project(points, components));
      components.axes.forEach((a, i) => {
        components.axes.forEach((b, j) => {
          const dot = a.reduce((sum, weight, d) => sum + weight * (b[d] ?? 0), 0);
          expect(dot).toBeCloseTo(Number(i === j), 8);
          expect(scores[i]?.[j]).toBeCloseTo(i === j ? (components.variances[i] ?? 0) : 0, 6);
        });
      });
      expect(components.variances).toEqual([...components.variances].sort((a, b) => b - a));
      expect(components.explained).toBeGreaterThanOrEqual(share - 1e-9);
      const kept = components.variances.reduce((sum, variance) => sum + variance, 0);
      expect(kept / total).toBeCloseTo(components.explained, 8);
    });
    fc.assert(law);
  });

  it('keep no more than needed', () => {
    const points: Points = { count: 4, width: 2, values: Float64Array.from([3, 0.1, -3, -0.1, 3, -0.1, -3, 0.1]) };
    expect(principalComponents(points, 0.9).axes).toHaveLength(1);
  });

  it('M1: point where their largest weight is positive', () => {
    const law = fc.property(centredArb, (points) => {
      for (const axis of principalComponents(points, 1).axes) {
        expect(Math.max(...axis)).toBeGreaterThanOrEqual(Math.max(...axis.map((weight) => -weight)) - 1e-9);
      }
    });
    fc.assert(law);
  });
});

describe('statistics', () => {
  it.each([
    [0, 1],
    [0.25, 2],
    [0.5, 3],
    [0.9, 4.6],
    [1, 5],
  ])('the quantile %d of 1 to 5 is %d', (probability, expected) => {
    expect(quantileOf(Float64Array.from([1, 2, 3, 4, 5]), probability)).toBeCloseTo(expected, 12);
  });

  it('has a mean and a population deviation', () => {
    const values = Float64Array.from([2, 4, 4, 4, 5, 5, 7, 9]);
    expect([meanOf(values), deviationOf(values, 5)]).toEqual([5, 2]);
    expect(meanOf(new Float64Array(0))).toBe(0);
  });
});
