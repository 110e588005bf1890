import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normals, someExamples, uniforms } from './testing.ts';
import { differenceInMeans, predictUplift, qiniCoefficient, trainUplift } from './uplift.ts';

describe('the difference of two arms', () => {
  it('is what a pocket calculator finds, with a normal interval', () => {
    const effect = differenceInMeans(Float64Array.from([1, 2, 3, 4]), Float64Array.from([0, 1, 2]));
    // Variances 5/3 and 1, so the error is the root of 5/12 + 1/3.
    expect(effect?.difference).toBeCloseTo(1.5, 12);
    expect((effect?.high ?? 0) - 1.5).toBeCloseTo(1.959963985 * Math.sqrt(0.75), 8);
    expect(1.5 - (effect?.low ?? 0)).toBeCloseTo(1.959963985 * Math.sqrt(0.75), 8);
  });

  it('lies in its interval about as often as it says', () => {
    const normal = normals(11);
    let held = 0;
    for (let run = 0; run < 500; run++) {
      const draw = (count: number, mean: number, spread: number): Float64Array =>
        Float64Array.from({ length: count }, () => mean + spread * normal());
      const effect = differenceInMeans(draw(40, 1, 3), draw(120, 0, 1));
      held += Number(effect !== undefined && effect.low <= 1 && effect.high >= 1);
    }
    // 475 expected, deviation 5: four of them.
    expect(Math.abs(held - 475)).toBeLessThan(20);
  });

  it.each([
    { why: 'below', treated: 1, isThere: false },
    { why: 'at', treated: 2, isThere: true },
    { why: 'above', treated: 3, isThere: true },
  ])('needs two in an arm: $why', ({ treated, isThere }) => {
    expect(differenceInMeans(new Float64Array(treated), new Float64Array(5)) !== undefined).toBe(isThere);
  });
});

describe('an uplift', () => {
  const count = 4_000;
  const base = someExamples(count, 21);
  const uniform = uniforms(22);
  const treated = Uint8Array.from({ length: count }, () => Number(uniform() < 0.5));
  const [first] = base.columns;
  const strong = first?.kind === 'number' ? first.values : new Float64Array(count);
  // The treatment wins over a third of those below 0 and nobody else.
  const labels = base.labels.map((label, i) =>
    label === 1 || (treated[i] === 1 && (strong[i] ?? 0) < 0 && uniform() < 0.35) ? 1 : 0,
  );

  it('is found where it was put, and ranks better than chance', () => {
    const uplift = trainUplift({ ...base, labels }, treated, { method: 'logistic', seed: 1 });
    if (!uplift.ok) throw new Error(uplift.error);
    const scores = predictUplift(uplift.value, base.columns);
    const meanWhere = (claim: (value: number) => boolean): number => {
      const held = scores.filter((_, i) => claim(strong[i] ?? 0));
      return held.reduce((sum, score) => sum + score, 0) / held.length;
    };
    expect(meanWhere((value) => value < -0.5)).toBeGreaterThan(meanWhere((value) => value > 0.5) + 0.15);
    expect(qiniCoefficient({ scores, treated, outcomes: Float64Array.from(labels) })).toBeGreaterThan(0.02);
  });

  it('is refused where an arm is too small', () => {
    const few = treated.map((_, i) => Number(i < 50));
    expect(trainUplift({ ...base, labels }, few, { method: 'logistic', seed: 1 })).toEqual({
      ok: false,
      error: 'too_few_examples',
    });
  });
});

describe('the Qini coefficient', () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat(1), fc.nat(1));

  it('is 0 where all scores are equal, whatever happened', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), (rows) => {
        fc.pre(rows.some(([, arm]) => arm === 1) && rows.some(([, arm]) => arm === 0));
        const treated = Uint8Array.from(rows, ([, arm]) => arm);
        const outcomes = Float64Array.from(rows, ([, , outcome]) => outcome);
        expect(qiniCoefficient({ scores: new Float64Array(rows.length), treated, outcomes })).toBeCloseTo(0, 12);
      }),
    );
  });

  it('is the area over the straight line of a worked example', () => {
    // One pair gains 1, the other nothing: the curve is 0, 1/2, 1/2 at 0, 1/2, 1, so the area is 3/8 less 1/4.
    const experiment = {
      scores: Float64Array.from([2, 2, 1, 1]),
      treated: Uint8Array.from([1, 0, 1, 0]),
      outcomes: Float64Array.from([1, 0, 0, 0]),
    };
    expect(qiniCoefficient(experiment)).toBeCloseTo(0.125, 12);
    expect(qiniCoefficient({ ...experiment, treated: new Uint8Array(4) })).toBeNaN();
  });
});
