// core/site-settings.test.ts: limits of a site's settings.
import { describe, expect, it } from 'vitest';
import { checkOrigins, checkSiteFloor, FLOOR_MAX, FLOOR_MIN, ORIGINS_MAX } from './site-settings.ts';

const origins = (count: number): string[] => Array.from({ length: count }, (_, nth) => `https://${nth}.example`);

describe('origins of a site', () => {
  it.each([
    { why: 'none', given: [], answer: 'no_origins' },
    { why: 'as many as may be', given: origins(ORIGINS_MAX), answer: undefined },
    { why: 'one more', given: origins(ORIGINS_MAX + 1), answer: 'too_many_origins' },
    { why: 'an address with a path', given: ['https://a.example/'], answer: 'malformed_origin' },
    { why: 'capital letters', given: ['https://A.example'], answer: 'malformed_origin' },
    { why: 'another scheme', given: ['ftp://a.example'], answer: 'malformed_origin' },
    { why: 'no address', given: ['a.example'], answer: 'malformed_origin' },
  ])('$why: $answer', ({ given, answer }) => {
    const checked = checkOrigins(given);
    expect(checked.ok ? undefined : checked.error).toBe(answer);
  });
  it('are kept once each', () => {
    expect(checkOrigins(['https://a.example', 'https://a.example'])).toEqual({
      ok: true,
      value: ['https://a.example'],
    });
  });
});

describe('P3: the floor of a site', () => {
  it.each([
    { floor: FLOOR_MIN - 1, isGood: false },
    { floor: FLOOR_MIN, isGood: true },
    { floor: FLOOR_MAX, isGood: true },
    { floor: FLOOR_MAX + 1, isGood: false },
    { floor: 50.5, isGood: false },
  ])('$floor: $isGood', ({ floor, isGood }) => {
    expect(checkSiteFloor(floor).ok).toBe(isGood);
  });
});
