import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hypergeometric, logAddExp, logBeta, logGamma, logistic, normalCdf, normalQuantile } from './special.ts';

const positive = fc.double({ min: 0.01, max: 50, noNaN: true });
function close(actual: number, expected: number, digits = 1e-11): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(digits * Math.max(1, Math.abs(expected)));
}

describe('special functions', () => {
  it('logGamma is the logarithm of factorials, of the root of pi at a half, and grows by ln x', () => {
    let factorial = 1;
    for (let n = 1; n < 20; n++) {
      close(logGamma(n), Math.log(factorial));
      factorial *= n;
    }
    close(logGamma(0.5), Math.log(Math.sqrt(Math.PI)));
    fc.assert(fc.property(positive, (x) => close(logGamma(x + 1), logGamma(x) + Math.log(x))));
  });

  it('logBeta is symmetric, and 1/a at b = 1', () => {
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        close(logBeta(a, b), logBeta(b, a));
        close(logBeta(a, 1), -Math.log(a));
      }),
    );
  });

  it('the hypergeometric function has its closed forms', () => {
    const argument = fc.double({ min: 0.001, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(positive, positive, argument, (a, b, z) => {
        close(Math.log(hypergeometric(a, b, b, z)), -a * Math.log(1 - z), 1e-9);
        close(hypergeometric(1, 1, 2, z), -Math.log(1 - z) / z);
      }),
    );
    expect(hypergeometric(3, 4, 5, 0)).toBe(1);
  });

  it('logAddExp and logistic neither overflow nor lose small numbers', () => {
    close(logAddExp(1_000, 1_000), 1_000 + Math.LN2);
    expect(logAddExp(-5, Number.NEGATIVE_INFINITY)).toBe(-5);
    expect(logistic(-800)).toBe(0);
    expect(logistic(800)).toBe(1);
    close(logistic(1.5) + logistic(-1.5), 1);
  });

  it('the normal distribution has its tabled quantiles, and quantile undoes distribution', () => {
    close(normalQuantile(0.975), 1.959963984540054, 1e-10);
    close(normalCdf(-1), 0.15865525393145707, 1e-12);
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), (p) => close(normalCdf(normalQuantile(p)), p)),
    );
  });
});
