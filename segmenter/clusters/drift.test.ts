import { describe, expect, it } from 'vitest';
import type { TraitTable } from '../features/trait-table.ts';
import { TRAITS } from '../profiles/traits.ts';
import { driftOf, LABELS_CHANGED_MAX, PSI_MAX, spreadsOf, stabilityIndex } from './drift.ts';

const tableOf = (views: readonly number[]): TraitTable => ({
  visitors: Float64Array.from(views, (_, row) => row + 1),
  columns: TRAITS.map(({ id }) => Float64Array.from(views, (value) => (id === 'views' ? value : Number.NaN))),
});
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const segmentsWith = (changed: number) => ({
  now: upTo(100).map((nth) => (nth < changed ? 'b' : 'a')),
  before: upTo(100).map(() => 'a'),
});
const still = segmentsWith(0);

describe('the drift alarm', () => {
  it('is silent where nothing changed', () => {
    const table = tableOf(upTo(200));
    expect(driftOf(spreadsOf(table), table, still)).toEqual({
      labelsChanged: 0,
      stabilityIndex: 0,
      trait: 'views',
      alarm: false,
    });
  });

  it('rings where a trait is spread otherwise, and names it', () => {
    const drift = driftOf(spreadsOf(tableOf(upTo(200))), tableOf(upTo(200).map((value) => value / 2)), still);
    expect(drift).toMatchObject({ trait: 'views', alarm: true });
    expect(drift?.stabilityIndex).toBeGreaterThan(PSI_MAX);
  });

  it('rings where a trait is lacked by many who had it', () => {
    const some = upTo(200).map((value) => (value % 2 === 0 ? Number.NaN : value));
    expect(driftOf(spreadsOf(tableOf(upTo(200))), tableOf(some), still)?.alarm).toBe(true);
  });

  it.each([
    { why: 'at the limit', changed: LABELS_CHANGED_MAX * 100, alarm: false },
    { why: 'one above', changed: LABELS_CHANGED_MAX * 100 + 1, alarm: true },
  ])('rings by visitors with another segment $why: $alarm', ({ changed, alarm }) => {
    const table = tableOf(upTo(200));
    expect(driftOf(spreadsOf(table), table, segmentsWith(changed))?.alarm).toBe(alarm);
  });

  it('has nothing to say of a first version', () => {
    expect(driftOf([], tableOf(upTo(20)), { now: [], before: [] })).toBeUndefined();
  });

  it('computes the index of a worked example', () => {
    // (0.6 - 0.5) ln(0.6 / 0.5) + (0.4 - 0.5) ln(0.4 / 0.5)
    expect(stabilityIndex([0.5, 0.5], [0.6, 0.4])).toBeCloseTo(0.040_546_5, 6);
  });
});
