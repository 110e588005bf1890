import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate, fitIsotonic, fitPlatt } from './calibrate.ts';
import { areaUnderCurve, brierScore, liftCurve, logLoss } from './measures.ts';

const scored = fc
  .array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.nat(1)), { minLength: 2, maxLength: 40 })
  .map((pairs) => ({
    scores: Float64Array.from(pairs, ([score]) => score),
    labels: Uint8Array.from(pairs, ([, label]) => label),
  }))
  .filter(({ labels }) => labels.includes(0) && labels.includes(1));

/** The AUC by comparing every positive with every negative. */
function aucByPairs(scores: Float64Array, labels: Uint8Array): number {
  let [won, all] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    for (let j = 0; j < labels.length; j++) {
      if (labels[i] !== 1 || labels[j] !== 0) continue;
      all += 1;
      won += Number((scores[i] ?? 0) > (scores[j] ?? 0)) + Number(scores[i] === scores[j]) / 2;
    }
  }
  return won / all;
}

describe('how good chances are', () => {
  it('AUC is the share of pairs in the right order', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        expect(areaUnderCurve(scores, labels)).toBeCloseTo(aucByPairs(scores, labels), 12);
      }),
    );
  });

  it('the lift curve rises to all positives at lift 1', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const curve = liftCurve(scores, labels);
        curve.forEach(({ captured }, i) => expect(captured).toBeGreaterThanOrEqual(curve[i - 1]?.captured ?? 0));
        expect(curve.at(-1)).toEqual({ share: 1, captured: 1, lift: 1 });
      }),
    );
  });

  it('Brier score and log loss of a fair coin are a quarter and ln 2', () => {
    const labels = Uint8Array.from([0, 1, 1]);
    expect(brierScore(Float64Array.from([0.5, 0.5, 0.5]), labels)).toBe(0.25);
    expect(logLoss(new Float64Array(3), labels)).toBeCloseTo(Math.LN2, 12);
  });
});

describe('calibrated chances', () => {
  it('Platt: have the mean of the outcomes and keep the order of scores', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        // Without a score out of order the best curve is a step, whose slope is infinite.
        fc.pre(areaUnderCurve(scores, labels) > 0.5 && areaUnderCurve(scores, labels) < 0.9);
        const chances = calibrate(fitPlatt(scores, labels), scores);
        const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);
        expect(sum(chances) / labels.length).toBeCloseTo(sum(labels) / labels.length, 2);
        expect(areaUnderCurve(chances, labels)).toBeCloseTo(areaUnderCurve(scores, labels), 10);
      }),
    );
  });

  it('isotonic: never fall, and no rising steps are nearer to the outcomes', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const calibration = fitIsotonic(scores, labels);
        const chances = calibrate(calibration, scores);
        const order = [...scores.keys()].sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
        order.forEach((row, i) => expect(chances[row]).toBeGreaterThanOrEqual(chances[order[i - 1] ?? row] ?? 0));
        // The min-max formula of isotonic regression (Barlow et al. 1972), by brute force.
        const levels = [...new Set(scores)].sort((a, b) => a - b);
        const meanOf = (low: number, high: number): number => {
          const held = labels.filter((_, i) => (scores[i] ?? 0) >= low && (scores[i] ?? 0) <= high);
          return held.reduce((sum, label) => sum + label, 0) / held.length;
        };
        for (const level of levels) {
          const below = levels.filter((other) => other <= level);
          const above = levels.filter((other) => other >= level);
          const best = Math.max(...below.map((low) => Math.min(...above.map((high) => meanOf(low, high)))));
          expect(chances[scores.indexOf(level)]).toBeCloseTo(best, 10);
        }
      }),
    );
  });
});
