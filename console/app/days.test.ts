// console/app/days.test.ts: an address names days, or gets the last 28.
import { describe, expect, it } from 'vitest';
import { countDays, listDays, readDays } from './days.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const LAST = { from: '2026-10-28', to: '2026-11-24' };

describe('the days of an address', () => {
  it.each([
    { why: 'names none', query: '', days: LAST },
    { why: 'names one day', query: 'from=2026-11-01&to=2026-11-01', days: { from: '2026-11-01', to: '2026-11-01' } },
    { why: 'names them the wrong way round', query: 'from=2026-11-02&to=2026-11-01', days: LAST },
    { why: 'names no day', query: 'from=yesterday&to=2026-11-01', days: LAST },
    { why: 'names a day there is not', query: 'from=2026-13-01&to=2026-13-02', days: LAST },
    { why: 'spans 400 days', query: 'from=2025-01-01&to=2026-02-04', days: { from: '2025-01-01', to: '2026-02-04' } },
    { why: 'spans 401 days', query: 'from=2025-01-01&to=2026-02-05', days: LAST },
  ])('are read where it $why', ({ query, days }) => {
    expect(readDays(new URLSearchParams(query), NOW)).toEqual(days);
  });

  it('are listed one by one, across a month', () => {
    const days = { from: '2026-10-30', to: '2026-11-02' };
    expect(listDays(days)).toEqual(['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02']);
    expect(countDays(days)).toBe(4);
  });
});
