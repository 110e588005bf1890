import { describe, expect, it } from 'vitest';
import { featureEffects } from './effects.ts';
import type { Examples } from './examples.ts';
import { encode, learnEncoding, stratifiedFolds } from './examples.ts';
import { fitLogistic, logisticOdds } from './logistic.ts';
import { areaUnderCurve, brierScore } from './measures.ts';
import type { Predictor, PredictorOptions } from './predictor.ts';
import { EXAMPLES_MIN, OUTCOME_EXAMPLES_MIN, predictChances, trainPredictor } from './predictor.ts';
import { someExamples } from './testing.ts';

function trained(examples: Examples, options: PredictorOptions): Predictor {
  const result = trainPredictor(examples, options);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe('logistic regression', () => {
  it('is where the penalised likelihood is flat', () => {
    const { columns, labels } = someExamples(300, 1);
    const rows = [...labels.keys()];
    const features = encode(columns, learnEncoding(columns, rows), rows).map(({ values }) => values);
    const model = fitLogistic(features, labels);
    const odds = logisticOdds(model, features);
    const residuals = odds.map((o, i) => 1 / (1 + Math.exp(-o)) - (labels[i] ?? 0));
    expect(residuals.reduce((sum, r) => sum + r, 0)).toBeCloseTo(0, 5);
    features.forEach((values, f) => {
      const { mean = 0, deviation = 1 } = model.scales[f] ?? {};
      const slope = residuals.reduce((sum, r, i) => {
        const value = values[i] ?? 0;
        return sum + r * ((Math.sign(value) * Math.log1p(Math.abs(value)) - mean) / deviation);
      }, 0);
      expect(slope + (model.weights[f] ?? 0)).toBeCloseTo(0, 5);
    });
  });

  it('stays finite where a feature separates the outcomes, and gives a constant one no weight', () => {
    const labels = Uint8Array.from({ length: 100 }, (_, i) => Number(i >= 50));
    const model = fitLogistic([Float64Array.from(labels), new Float64Array(100).fill(3)], labels);
    expect(model.weights[0]).toBeGreaterThan(1);
    expect(Number.isFinite(model.weights[0])).toBe(true);
    expect(model.weights[1]).toBe(0);
  });
});

describe.each(['logistic', 'trees'] as const)('a prediction by %s', (method) => {
  const options: PredictorOptions = { method, seed: 42 };
  const predictor = trained(someExamples(2_000, 2), options);
  const fresh = someExamples(2_000, 3);
  const chances = predictChances(predictor, fresh.columns);

  it('ranks and is true on examples it has not seen, as its metrics said', () => {
    expect(areaUnderCurve(chances, fresh.labels)).toBeGreaterThan(0.84);
    expect(Math.abs(areaUnderCurve(chances, fresh.labels) - predictor.metrics.auc)).toBeLessThan(0.03);
    expect(Math.abs(brierScore(chances, fresh.labels) - predictor.metrics.brier)).toBeLessThan(0.02);
    expect(predictor.metrics.brier).toBeLessThan(predictor.metrics.brierOfRate);
    const mean = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0) / fresh.labels.length;
    expect(Math.abs(mean(chances) - mean(fresh.labels))).toBeLessThan(0.04);
  });

  it('M1: comes out the same for the same seed, after being stored, and with columns in another order', () => {
    expect(trained(someExamples(400, 2), options)).toEqual(trained(someExamples(400, 2), options));
    const stored = JSON.parse(JSON.stringify(predictor)) as Predictor;
    expect(predictChances(stored, [...fresh.columns].reverse())).toEqual(chances);
  });

  it('tells what it hangs on and in which direction', () => {
    const effects = featureEffects(predictor, fresh, 1);
    expect(effects.slice(0, 2).map(({ column }) => column)).toEqual(['strong', 'hidden']);
    const of = (name: string) => effects.find(({ column }) => column === name);
    expect(of('strong')?.change).toBeGreaterThan(0.3);
    expect(of('hidden')?.change).toBeLessThan(-0.2);
    expect(of('colour')?.category).toBe('red');
    expect(Math.abs(of('noise')?.aucLost ?? 1)).toBeLessThan(0.01);
  });

  it('takes isotonic calibration, too', () => {
    const isotonic = trained(someExamples(2_000, 2), { ...options, calibration: 'isotonic' });
    expect(brierScore(predictChances(isotonic, fresh.columns), fresh.labels)).toBeLessThan(
      predictor.metrics.brierOfRate,
    );
  });
});

describe('a prediction is refused with the reason', () => {
  const cut = (count: number, positives: number): Examples => ({
    columns: [{ name: 'x', kind: 'number', values: Float64Array.from({ length: count }, (_, i) => i % 17) }],
    labels: Uint8Array.from({ length: count }, (_, i) => Number(i < positives)),
  });
  it.each([
    { why: 'an example short', examples: cut(EXAMPLES_MIN - 1, 50), error: 'too_few_examples' },
    { why: 'a positive short', examples: cut(EXAMPLES_MIN, OUTCOME_EXAMPLES_MIN - 1), error: 'too_few_of_an_outcome' },
    {
      why: 'a negative short',
      examples: cut(EXAMPLES_MIN, EXAMPLES_MIN - OUTCOME_EXAMPLES_MIN + 1),
      error: 'too_few_of_an_outcome',
    },
    { why: 'no column', examples: { ...cut(EXAMPLES_MIN, 50), columns: [] }, error: 'no_features' },
    {
      why: 'more features than it may have',
      examples: {
        ...cut(EXAMPLES_MIN, 50),
        columns: Array.from({ length: 501 }, () => cut(EXAMPLES_MIN, 50).columns).flat(),
      },
      error: 'too_many_features',
    },
  ])('$why: $error', ({ examples, error }) => {
    expect(trainPredictor(examples, { method: 'logistic', seed: 1 })).toEqual({ ok: false, error });
  });

  it('and given at the limits', () => {
    expect(trainPredictor(cut(EXAMPLES_MIN, OUTCOME_EXAMPLES_MIN), { method: 'logistic', seed: 1 }).ok).toBe(true);
  });
});

describe('folds', () => {
  it('have the same share of both outcomes', () => {
    const labels = Uint8Array.from({ length: 103 }, (_, i) => Number(i % 5 === 0));
    const folds = stratifiedFolds(labels, 4, 9);
    const counts = [0, 1, 2, 3].map((fold) => labels.filter((label, i) => label === 1 && folds[i] === fold).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });
});
