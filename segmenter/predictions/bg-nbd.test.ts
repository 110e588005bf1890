import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logBeta, logGamma } from '../math/special.ts';
import type { BgNbd, PurchaseHistories, PurchaseHistory } from './bg-nbd.ts';
import {
  BUYERS_MIN,
  expectedPurchases,
  fitBgNbd,
  logLikelihoodOf,
  probabilityAlive,
  REPEAT_BUYERS_MIN,
} from './bg-nbd.ts';
import { gammaOf, uniforms } from './testing.ts';

const MODEL: BgNbd = { r: 1.6, alpha: 2, a: 1.7, b: 2.5 };
const column = (histories: readonly PurchaseHistory[]): PurchaseHistories => ({
  repeats: Float64Array.from(histories, ({ repeats }) => repeats),
  lastAt: Float64Array.from(histories, ({ lastAt }) => lastAt),
  observed: Float64Array.from(histories, ({ observed }) => observed),
});

/** Integrates over the buyer's rate and chance to drop out: the weight of a history, of it being alive, and what follows. */
function integrate(model: BgNbd, { repeats: x, lastAt, observed }: PurchaseHistory, horizon: number) {
  const steps = 400;
  let [all, alive, later] = [0, 0, 0];
  for (let i = 0; i < steps; i++) {
    const u = (i + 0.5) / steps;
    const rate = u / (1 - u);
    const logRate = model.r * Math.log(model.alpha) + (model.r - 1) * Math.log(rate) - model.alpha * rate;
    const weightOfRate = Math.exp(logRate - logGamma(model.r)) / (1 - u) ** 2 / steps;
    for (let j = 0; j < steps; j++) {
      const p = (j + 0.5) / steps;
      const logP = (model.a - 1) * Math.log(p) + (model.b - 1) * Math.log(1 - p) - logBeta(model.a, model.b);
      const weight = weightOfRate * (Math.exp(logP) / steps) * rate ** x;
      const stays = weight * (1 - p) ** x * Math.exp(-rate * observed);
      all += stays + (x === 0 ? 0 : weight * p * (1 - p) ** (x - 1) * Math.exp(-rate * lastAt));
      alive += stays;
      later += (stays * (1 - Math.exp(-rate * p * horizon))) / p;
    }
  }
  return { likelihood: all, alive: alive / all, later: later / all };
}

/** Buyers of a known model: r = 1, alpha = 2, a = 1, b = 2, observed for 20 to 40 units of time. */
function simulated(buyers: number, seed: number): PurchaseHistory[] {
  const uniform = uniforms(seed);
  return Array.from({ length: buyers }, () => {
    const rate = gammaOf(uniform, 1) / 2;
    const dropOut = 1 - Math.sqrt(uniform());
    const observed = 20 + 20 * uniform();
    let [repeats, lastAt] = [0, 0];
    for (let at = gammaOf(uniform, 1) / rate; at < observed; at += gammaOf(uniform, 1) / rate) {
      repeats += 1;
      lastAt = at;
      if (uniform() < dropOut) break;
    }
    return { repeats, lastAt, observed };
  });
}

describe('the BG/NBD model', () => {
  const histories: readonly PurchaseHistory[] = [
    { repeats: 0, lastAt: 0, observed: 6 },
    { repeats: 1, lastAt: 2, observed: 6 },
    { repeats: 4, lastAt: 5.5, observed: 6 },
    { repeats: 4, lastAt: 1.5, observed: 6 },
  ];

  it.each(histories)('agrees with integrating over all buyers: $repeats repeats, the last at $lastAt', (history) => {
    const { likelihood, alive, later } = integrate(MODEL, history, 5);
    expect(logLikelihoodOf(MODEL, column([history]))).toBeCloseTo(Math.log(likelihood), 3);
    expect(probabilityAlive(MODEL, history)).toBeCloseTo(alive, 3);
    expect(expectedPurchases(MODEL, history, 5)).toBeCloseTo(later, 2);
  });

  it('expects more in a longer time, nothing in none, and is continuous at a = 1', () => {
    const time = fc.double({ min: 0.1, max: 100, noNaN: true });
    const law = fc.property(fc.nat(20), time, time, time, (repeats, lastAt, silence, horizon) => {
      const history = { repeats, lastAt: repeats === 0 ? 0 : lastAt, observed: lastAt + silence };
      const expected = expectedPurchases(MODEL, history, horizon);
      expect(expected).toBeGreaterThanOrEqual(0);
      expect(expectedPurchases(MODEL, history, horizon * 1.5)).toBeGreaterThanOrEqual(expected - 1e-9);
      expect(expectedPurchases(MODEL, history, 0)).toBe(0);
      const [at, beside] = [1, 1.001].map((a) => expectedPurchases({ ...MODEL, a }, history, horizon));
      expect(Math.abs((at ?? 0) - (beside ?? 0))).toBeLessThan(0.01 * (1 + (at ?? 0)));
    });
    fc.assert(law);
  });

  it('is found again in purchases drawn from it, with a likelihood not below its own', () => {
    const drawn = column(simulated(4_000, 7));
    const truth: BgNbd = { r: 1, alpha: 2, a: 1, b: 2 };
    const fitted = fitBgNbd(drawn);
    if (!fitted.ok) throw new Error(fitted.error);
    expect(fitted.value.logLikelihood).toBeGreaterThanOrEqual(logLikelihoodOf(truth, drawn));
    expect(fitted.value.model.r).toBeCloseTo(1, 0);
    expect(fitted.value.model.alpha / 2).toBeCloseTo(1, 0);
    expect(fitted.value.model.a / fitted.value.model.b).toBeCloseTo(0.5, 1);
  });

  it('M1: comes out the same again, and in days as in weeks', () => {
    const drawn = column(simulated(500, 8));
    const inDays = {
      repeats: drawn.repeats,
      lastAt: drawn.lastAt.map((t) => t * 7),
      observed: drawn.observed.map((t) => t * 7),
    };
    const [weeks, again, days] = [fitBgNbd(drawn), fitBgNbd(drawn), fitBgNbd(inDays)];
    expect(again).toEqual(weeks);
    if (!weeks.ok || !days.ok) throw new Error('not fitted');
    expect(days.value.model.alpha / weeks.value.model.alpha).toBeCloseTo(7, 3);
    expect(days.value.model.b / weeks.value.model.b).toBeCloseTo(1, 3);
  });

  const buyers = (all: number, repeating: number): PurchaseHistories =>
    column(
      Array.from({ length: all }, (_, i) => ({
        repeats: i < repeating ? 1 + (i % 3) : 0,
        lastAt: i < repeating ? 1 + (i % 7) : 0,
        observed: 10 + (i % 5),
      })),
    );
  it.each([
    { why: 'a buyer short', all: BUYERS_MIN - 1, repeating: 50, error: 'too_few_buyers' },
    { why: 'a repeat buyer short', all: BUYERS_MIN, repeating: REPEAT_BUYERS_MIN - 1, error: 'too_few_repeat_buyers' },
  ])('is refused with the reason: $why', ({ all, repeating, error }) => {
    expect(fitBgNbd(buyers(all, repeating))).toEqual({ ok: false, error });
  });

  it('is not refused for want of buyers at the limits', () => {
    const result = fitBgNbd(buyers(BUYERS_MIN, REPEAT_BUYERS_MIN));
    expect(result.ok ? 'fitted' : result.error).not.toMatch(/too_few/);
  });
});
