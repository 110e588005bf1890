// contract/consent-sources.test.ts
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  GCM_SIGNALS, GPP_SIGNALS, purposesBy, SHOPIFY_SIGNALS, TCF_SIGNALS, WP_SIGNALS,
} from './consent-sources.ts'; // biome-ignore format: a list
import { bitsOf, COMMON_PURPOSES, PURPOSE_BITS_ALL, PURPOSES } from './purposes.ts';

describe('C2: a platform’s signals become purposes, the absent ones none', () => {
  it.each([
    { why: 'TCF: all', signals: TCF_SIGNALS, given: '1 2 3 4 5 6 7 8 9 10 11', purposes: 'measure,profile,personalise' },
    { why: 'TCF: measuring alone', signals: TCF_SIGNALS, given: '1 8', purposes: 'measure' },
    { why: 'TCF: all but storage', signals: TCF_SIGNALS, given: '2 3 4 5 6 7 8 9', purposes: '' },
    { why: 'TCF: half a profile', signals: TCF_SIGNALS, given: '1 3 8', purposes: 'measure' },
    { why: 'GPP: no opt-out', signals: GPP_SIGNALS, given: 'OptOut', purposes: 'measure,profile,personalise,share' },
    { why: 'GPP: opted out of anything', signals: GPP_SIGNALS, given: '', purposes: 'measure' },
    { why: 'Consent Mode: all', signals: GCM_SIGNALS, given: 'ad_storage ad_user_data ad_personalization analytics_storage', purposes: 'measure,profile,personalise,share' },
    { why: 'Consent Mode: storage for ads alone', signals: GCM_SIGNALS, given: 'ad_storage', purposes: '' },
    { why: 'Shopify: analytics and preferences', signals: SHOPIFY_SIGNALS, given: 'analytics preferences', purposes: 'measure,personalise' },
    { why: 'WordPress: all', signals: WP_SIGNALS, given: 'functional preferences statistics statistics-anonymous marketing', purposes: 'measure,profile,personalise' },
    { why: 'WordPress: anonymous statistics', signals: WP_SIGNALS, given: 'functional statistics-anonymous', purposes: '' },
  ])('$why → “$purposes”', ({ signals, given, purposes }) => {
    expect(purposesBy(signals, (signal) => given.split(' ').includes(signal))).toBe(purposes);
  });

  it.each([{ signals: TCF_SIGNALS }, { signals: GCM_SIGNALS }, { signals: SHOPIFY_SIGNALS }, { signals: WP_SIGNALS }])(
    'nothing given is a refusal: $signals',
    ({ signals }) => {
      expect(purposesBy(signals, () => false)).toBe('');
    },
  );

  it('is about the first of all purposes', () => {
    expect(bitsOf(PURPOSES.slice(0, COMMON_PURPOSES))).toBe(PURPOSE_BITS_ALL);
  });

  it('docs/tag.md prints this table', () => {
    const page = readFileSync(new URL('../docs/tag.md', import.meta.url), 'utf8');
    const printed = /<!-- table: consent sources -->\n([\s\S]*?)<!-- \/table -->/.exec(page)?.[1] ?? '';
    const sources = { TCF: TCF_SIGNALS, GPP: GPP_SIGNALS, 'Google Consent Mode': GCM_SIGNALS, Shopify: SHOPIFY_SIGNALS, WordPress: WP_SIGNALS };
    const rows = Object.entries(sources).map(
      ([name, signals]) => `| ${[name, ...PURPOSES.slice(0, COMMON_PURPOSES).map((_, index) => signals[index] ?? 'never')].map((cell) => cell || 'always').join(' | ')} |`,
    );
    expect(printed.trim().split('\n').slice(2)).toEqual(rows);
  });
}); // biome-ignore format: a table
