import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../contract/index.ts';
import { TRAITS } from '../profiles/traits.ts';
import { anEvent, stateOf, T0, traitsOf } from '../testing.ts';
import { cleanTraits, MISSING_SHARE_MAX } from './clean.ts';
import type { TraitTable } from './trait-table.ts';
import { sortedTable } from './trait-table.ts';

const NAN = Number.NaN;
/** A table with some columns given and the others missing. */
const tableOf = (columns: Readonly<Record<string, readonly number[]>>): TraitTable => {
  const rows = Object.values(columns)[0]?.length ?? 0;
  return {
    visitors: Float64Array.from({ length: rows }, (_, i) => i + 1),
    columns: TRAITS.map(({ id }) => Float64Array.from(columns[id] ?? new Array<number>(rows).fill(NAN))),
  };
};
const reportOf = (table: TraitTable, id: string) => cleanTraits(table).report.traits.find((trait) => trait.id === id);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('cleaning', () => {
  it('gives features of mean 0 and deviation 1', () => {
    const { points, traits } = cleanTraits(
      tableOf({ recency_days: upTo(50), frequency: upTo(50).map((i) => (i * 7) % 11) }),
    );
    expect(traits.map(({ id }) => id)).toEqual(['recency_days', 'frequency']);
    for (let column = 0; column < points.width; column++) {
      const values = upTo(50).map((row) => points.values[row * points.width + column] ?? NAN);
      const mean = values.reduce((sum, value) => sum + value, 0) / 50;
      expect(mean).toBeCloseTo(0, 10);
      expect(values.reduce((sum, value) => sum + value * value, 0) / 50).toBeCloseTo(1, 10);
    }
  });

  it('limits outliers to the 1 % and 99 % quantiles and counts them', () => {
    const report = reportOf(tableOf({ tenure_days: [...upTo(100), 1e9] }), 'tenure_days');
    expect(report).toMatchObject({ status: 'kept', limited: 2, limits: [1, 99] });
  });

  it.each([
    { why: 'at the most gaps', gaps: MISSING_SHARE_MAX * 10, status: 'kept' },
    { why: 'with one gap more', gaps: MISSING_SHARE_MAX * 10 + 1, status: 'mostly_missing' },
  ])('calls a trait $why $status', ({ gaps, status }) => {
    const values = upTo(10).map((i) => (i < gaps ? NAN : i));
    expect(reportOf(tableOf({ average_order_minor: values }), 'average_order_minor')).toMatchObject({
      status,
      missing: gaps,
    });
  });

  it('fills gaps with the median', () => {
    const table = tableOf({ tenure_days: [NAN, 10, 20, 30, 40, 50] });
    const { report } = cleanTraits(table);
    const index = TRAITS.findIndex(({ id }) => id === 'tenure_days');
    expect(report.traits[index]?.filledWith).toBe(30);
  });

  it('drops what never varies, and the later of two that say the same', () => {
    const table = tableOf({
      recency_days: upTo(50),
      views: new Array<number>(50).fill(3),
      purchase_recency_days: upTo(50),
    });
    expect(reportOf(table, 'views')?.status).toBe('constant');
    expect(reportOf(table, 'purchase_recency_days')).toMatchObject({
      status: 'collinear',
      collinearWith: 'recency_days',
    });
  });

  it('has nothing to say of nobody', () => {
    expect(cleanTraits(tableOf({})).traits).toEqual([]);
  });
});

describe('M1: a table does not depend on the order of visitors', () => {
  it('sorts rows by traits alone', () => {
    const numbers = fc.array(fc.oneof(fc.constant(NAN), fc.integer({ min: 0, max: 3 })), {
      minLength: 2,
      maxLength: 20,
    });
    const law = fc.property(numbers, (values) => {
      const forward = sortedTable(tableOf({ recency_days: values, frequency: values.map((_, i) => i % 2) }));
      const backward = sortedTable(
        tableOf({ recency_days: [...values].reverse(), frequency: values.map((_, i) => i % 2).reverse() }),
      );
      expect(backward.columns).toEqual(forward.columns);
    });
    fc.assert(law);
  });

  it('computes every trait of every visitor', () => {
    const states = [stateOf([anEvent()]), stateOf([anEvent(), anEvent({ at: T0 + DAY_MS })])];
    const { table } = traitsOf(states, T0 + 5 * DAY_MS);
    const recency = TRAITS.findIndex(({ id }) => id === 'recency_days');
    expect([...(table.columns[recency] ?? [])]).toEqual([4, 5]);
    expect([...table.visitors]).toEqual([2, 1]);
  });
});
