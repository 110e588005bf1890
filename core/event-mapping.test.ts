// core/event-mapping.test.ts: cells become fields as the mapping says.
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { mappingSchema, mapRow } from './event-mapping.ts';

const mapping = v.parse(mappingSchema, {
  columns: { Order: 'id', When: 'time', Total: 'params.value', Note: 'title' },
  constants: { name: 'purchase', 'params.currency': 'GBP' },
});

describe('mapping a row', () => {
  it('puts cells and constants where they belong, and leaves empty cells and other columns out', () => {
    const row = { Order: ' 7 ', When: '2015-01-02T03:04:05Z', Total: '12.50', Note: '', Secret: 'x' };
    expect(mapRow(row, mapping)).toEqual({
      id: '7',
      name: 'purchase',
      time: '2015-01-02T03:04:05Z',
      params: { currency: 'GBP', value: '12.50' },
    });
  });
  it('reads a time of digits as milliseconds', () => {
    expect(mapRow({ When: '1420167845000' }, mapping)).toMatchObject({ time: 1_420_167_845_000 });
  });
  it.each([{ columns: { A: 'email' } }, { columns: { A: 'params.a.b' } }, { column: {} }, { columns: [] }])(
    'refuses %j',
    (given) => {
      expect(v.safeParse(mappingSchema, given).success).toBe(false);
    },
  );
});
