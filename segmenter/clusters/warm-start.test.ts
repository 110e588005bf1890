import { describe, expect, it } from 'vitest';
import { cleanTraits } from '../features/clean.ts';
import { partition } from '../math/kmeans.ts';
import { principalComponents, project } from '../math/pca.ts';
import { shopRows, stateOf, T0, traitsOf } from '../testing.ts';
import { findClusters } from './find.ts';
import { keepOrSwitch } from './warm-start.ts';

const rows = shopRows(120);
const byVisitor = new Map<string, typeof rows>();
for (const row of rows) byVisitor.set(row.visitor ?? '', [...(byVisitor.get(row.visitor ?? '') ?? []), row]);
const states = [...byVisitor.values()].map((list) =>
  stateOf(
    list.map(({ id, at, name, purposes, value, currency, orderKey }) => ({
      id,
      at,
      name,
      purposes,
      ...(value === undefined ? {} : { value }),
      ...(currency === undefined ? {} : { currency }),
      ...(orderKey === undefined ? {} : { orderKey }),
    })),
  ),
);
const features = cleanTraits(traitsOf(states, T0 + 40 * 86_400_000).table);
const components = principalComponents(features.points, 0.9);
const scores = project(features.points, components);
const options = { k: 3, seed: 42 };

describe('M1: the last clusters', () => {
  it('are found again from themselves, whatever the seed', () => {
    const last = findClusters(features, options, [])?.clusters ?? [];
    for (const seed of [1, 2, 3]) {
      const next = findClusters(features, { ...options, seed }, last)?.clusters ?? [];
      expect(next.map(({ id, rows: of }) => [id, of])).toEqual(last.map(({ id, rows: of }) => [id, of]));
    }
  });

  it('give way to a better partition', () => {
    const fresh = partition(scores, 3, 42);
    // Three starts at one place: two of them end empty, or the optimum is poor.
    const poor = [1, 2, 3].map((number) => ({ number, size: 1, means: {} }));
    expect(keepOrSwitch(fresh, poor, features, components, scores)).toBe(fresh);
  });

  it('are no start for another number of clusters', () => {
    const last = findClusters(features, options, [])?.clusters ?? [];
    const fresh = partition(scores, 4, 42);
    expect(keepOrSwitch(fresh, last, features, components, scores)).toBe(fresh);
  });
});
