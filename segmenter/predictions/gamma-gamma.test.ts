import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Spends } from './gamma-gamma.ts';
import { expectedValue, fitGammaGamma, SPENDERS_MIN } from './gamma-gamma.ts';
import { gammaOf, uniforms } from './testing.ts';

/** Spends of a known model: p = 6, q = 4, gamma = 15. */
function simulated(buyers: number, seed: number): Spends {
  const uniform = uniforms(seed);
  const rows = Array.from({ length: buyers }, (_, i) => {
    const purchases = 1 + (i % 5);
    const rate = gammaOf(uniform, 4) / 15;
    return { purchases, mean: gammaOf(uniform, 6 * purchases) / rate / purchases };
  });
  return {
    purchases: Float64Array.from(rows, ({ purchases }) => purchases),
    mean: Float64Array.from(rows, ({ mean }) => mean),
  };
}

describe('the gamma-gamma model', () => {
  it('is found again in spends drawn from it', () => {
    const fitted = fitGammaGamma(simulated(5_000, 3));
    if (!fitted.ok) throw new Error(fitted.error);
    expect(fitted.value.p / 6).toBeCloseTo(1, 0);
    expect(fitted.value.q / 4).toBeCloseTo(1, 0);
    const { p, q, gamma } = fitted.value;
    expect((p * gamma) / (q - 1)).toBeGreaterThan(29);
    expect((p * gamma) / (q - 1)).toBeLessThan(31);
  });

  it('M1: comes out the same again, and in cents as in dollars', () => {
    const spends = simulated(500, 4);
    const [dollars, again] = [fitGammaGamma(spends), fitGammaGamma(spends)];
    expect(again).toEqual(dollars);
    const cents = fitGammaGamma({ ...spends, mean: spends.mean.map((value) => value * 100) });
    if (!dollars.ok || !cents.ok) throw new Error('not fitted');
    expect(cents.value.gamma / dollars.value.gamma).toBeCloseTo(100, 2);
    expect(cents.value.p / dollars.value.p).toBeCloseTo(1, 4);
  });

  it("expects a value between a buyer's own mean and everybody's, nearer to the own the more was bought", () => {
    const model = { p: 6, q: 4, gamma: 15 };
    const everybody = 30;
    const law = fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 1, max: 500, noNaN: true }), (x, own) => {
      const value = expectedValue(model, x, own) ?? Number.NaN;
      expect(value).toBeGreaterThanOrEqual(Math.min(own, everybody) - 1e-9);
      expect(value).toBeLessThanOrEqual(Math.max(own, everybody) + 1e-9);
      const more = expectedValue(model, x + 1, own) ?? Number.NaN;
      expect(Math.abs(more - own)).toBeLessThanOrEqual(Math.abs(value - own) + 1e-9);
    });
    fc.assert(law);
    expect(expectedValue(model, 0, 0)).toBeCloseTo(everybody, 12);
    expect(expectedValue({ ...model, q: 0.9 }, 0, 0)).toBeUndefined();
  });

  it.each([
    { why: 'below', buyers: SPENDERS_MIN - 1, isRefused: true },
    { why: 'at', buyers: SPENDERS_MIN, isRefused: false },
    { why: 'above', buyers: SPENDERS_MIN + 1, isRefused: false },
  ])('needs buyers: $why the limit', ({ buyers, isRefused }) => {
    const result = fitGammaGamma(simulated(buyers, 5));
    expect(!result.ok && result.error === 'too_few_buyers').toBe(isRefused);
  });
});
