import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binFeature } from './bins.ts';
import { boost, boostedOdds } from './boost.ts';
import { logLoss } from './measures.ts';
import { normals, uniforms } from './testing.ts';
import { growTree } from './tree.ts';

const options = { leavesMax: 2, depthMax: 3, leafRowsMin: 1, ridge: 1 };

/** The largest gain of one split, by trying every threshold of every feature. */
function bestGainByTrying(features: readonly Float64Array[], slope: Float64Array): number {
  const score = (rows: readonly number[]): number =>
    rows.reduce((sum, row) => sum + (slope[row] ?? 0), 0) ** 2 / (rows.length + options.ridge);
  const all = [...slope.keys()];
  let best = 0;
  for (const values of features) {
    for (const threshold of values) {
      const left = all.filter((row) => (values[row] ?? 0) <= threshold);
      const right = all.filter((row) => (values[row] ?? 0) > threshold);
      if (right.length > 0) best = Math.max(best, score(left) + score(right) - score(all));
    }
  }
  return best;
}

describe('bins', () => {
  it('keep the order of values, hold missing ones apart and are at most as many as allowed', () => {
    const value = fc.oneof(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.integer({ min: 0, max: 3 }),
      fc.constant(Number.NaN),
    );
    const law = fc.property(
      fc.array(value, { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 4, max: 20 }),
      (list, binsMax) => {
        const { bins, edges } = binFeature(Float64Array.from(list), 1, binsMax);
        expect(edges.length + 2).toBeLessThanOrEqual(binsMax);
        list.forEach((a, i) => {
          if (Number.isNaN(a)) return expect(bins[i]).toBe(0);
          expect(bins[i]).toBe(1 + edges.filter((edge) => edge < a).length);
        });
      },
    );
    fc.assert(law);
  });
});

describe('a tree', () => {
  it('makes the split that trying every threshold finds best', () => {
    const small = fc.integer({ min: 0, max: 6 });
    const rows = fc.array(fc.tuple(small, small, fc.integer({ min: -3, max: 3 })), { minLength: 2, maxLength: 14 });
    const law = fc.property(rows, (list) => {
      const features = [0, 1].map((f) => Float64Array.from(list, (row) => row[f] ?? 0));
      const slope = Float64Array.from(list, (row) => row[2]);
      const curvature = new Float64Array(list.length).fill(1);
      let held = 0;
      const order = Uint32Array.from(list, (_, i) => i);
      growTree(
        features.map((values) => binFeature(values, 1)),
        { slope, curvature },
        order,
        options,
        1,
        (leaf) => {
          held += leaf.reduce((sum, row) => sum + (slope[row] ?? 0), 0) ** 2 / (leaf.length + options.ridge);
        },
      );
      const whole = slope.reduce((sum, s) => sum + s, 0) ** 2 / (list.length + options.ridge);
      expect(held - whole).toBeCloseTo(bestGainByTrying(features, slope), 9);
      expect([...order].sort((a, b) => a - b)).toEqual([...list.keys()]);
    });
    fc.assert(law);
  });
});

describe('boosted trees', () => {
  const rows = 600;
  const [normal, uniform] = [normals(5), uniforms(6)];
  const a = Float64Array.from({ length: rows }, normal);
  const b = Float64Array.from({ length: rows }, normal);
  // Exclusive or: no single feature says anything.
  const labels = Uint8Array.from(a, (value, i) => Number((value > 0 !== (b[i] ?? 0) > 0) !== uniform() < 0.1));
  const part = (from: number, to: number) => ({
    features: [a.slice(from, to), b.slice(from, to)],
    labels: labels.slice(from, to),
  });

  it('learn what no line can, and stop once the held-out loss rises', () => {
    const [train, heldOut] = [part(0, 400), part(400, rows)];
    const model = boost(train, heldOut, { roundsMax: 300 });
    expect(model.trees.length).toBeGreaterThan(0);
    expect(model.trees.length).toBeLessThan(300);
    expect(logLoss(boostedOdds(model, heldOut.features), heldOut.labels)).toBeLessThan(0.45);
  });

  it('M1: come out the same for the same seed, and after being stored', () => {
    const over = { roundsMax: 20, featureShare: 0.5 };
    const model = boost(part(0, rows), undefined, over);
    expect(boost(part(0, rows), undefined, over)).toEqual(model);
    const stored = JSON.parse(JSON.stringify(model)) as typeof model;
    expect(boostedOdds(stored, [a, b])).toEqual(boostedOdds(model, [a, b]));
  });

  it('fit their own rows better with each round', () => {
    const losses = [1, 5, 20, 60].map((roundsMax) =>
      logLoss(boostedOdds(boost(part(0, rows), undefined, { roundsMax }), [a, b]), labels),
    );
    expect(losses).toEqual([...losses].sort((x, y) => y - x));
  });

  it('learn from a value being missing', () => {
    const gaps = Float64Array.from(labels, (label, i) => (label === 1 ? Number.NaN : (a[i] ?? 0)));
    const model = boost({ features: [gaps], labels }, undefined, { roundsMax: 100 });
    const odds = boostedOdds(model, [Float64Array.from([Number.NaN, 0])]);
    expect(odds[0]).toBeGreaterThan(2);
    expect(odds[1]).toBeLessThan(-2);
  });
});
