// core/site-policy.test.ts: a policy is never looser than its preset, and reads back as it was written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POLICIES, PURPOSE_BITS_ALL } from '../contract/index.ts';
import type { SitePolicy } from './site-policy.ts';
import {
  allowedProperties,
  checkSitePolicy,
  parseSitePolicy,
  personalPart,
  POLICY_ENTRY_CHARS_MAX,
  POLICY_LIST_MAX,
  presetPolicy,
  SCRUB_RULES,
  sitePolicyText,
} from './site-policy.ts';

const standard = presetPolicy('standard');
const names = (count: number): string[] => Array.from({ length: count }, (_, nth) => `p${nth}`);

describe('C2: a site policy', () => {
  it.each<[string, Partial<SitePolicy>, string | undefined]>([
    ['stricter with refusals', { refused: 'drop' }, undefined],
    ['stricter with the unknown', { unknown: 'count' }, undefined],
    ['looser with refusals', { refused: 'day' }, 'looser_than_preset'],
    ['looser than strict', { ...POLICIES.strict, unknown: 'day' }, 'looser_than_preset'],
    ['exempt with profiles', { ...POLICIES.exempt, purposes: 3 }, 'looser_than_preset'],
    ['exempt with channel data', { ...POLICIES.exempt, channelData: true }, 'looser_than_preset'],
    ['that asks for separate consents', { asks: 112 }, undefined],
    ['that asks for measure separately', { asks: 1 }, 'unknown_value'],
    ['without channel data', { channelData: false }, undefined],
    ['with another word', { unknown: 'keep' as never }, 'unknown_value'],
    ['with another rule', { titles: 'hide' as never }, 'unknown_value'],
    ['with a calling code', { callingCode: '44' }, undefined],
    ['with a country instead', { callingCode: 'UK' }, 'malformed_calling_code'],
    ['with a list at its limit', { query: names(POLICY_LIST_MAX) }, undefined],
    ['with a list past it', { query: names(POLICY_LIST_MAX + 1) }, 'too_many_entries'],
    ['with an entry at its limit', { allowedTitles: ['x'.repeat(POLICY_ENTRY_CHARS_MAX)] }, undefined],
    ['with one past it', { allowedTitles: ['x'.repeat(POLICY_ENTRY_CHARS_MAX + 1)] }, 'malformed_entry'],
    ['with an empty entry', { allowedProperties: [''] }, 'malformed_entry'],
    ['with a query name of other characters', { query: ['a&b'] }, 'malformed_entry'],
    ['with a click id', { query: ['gclid'] }, 'personal_query'],
    ['with another click id', { query: ['wbraid'] }, 'personal_query'],
    ['with a parameter for a person', { query: ['user_email'] }, 'personal_query'],
  ])('%s: %j comes to %s', (_, over, refusal) => {
    const checked = checkSitePolicy({ ...standard, ...over });
    expect(checked.ok ? undefined : checked.error).toBe(refusal);
  });

  it('reads back as it was written, or not at all', () => {
    const policy = fc.record({
      preset: fc.constantFrom(...Object.values(POLICIES)),
      unknown: fc.constantFrom('day' as const, 'count' as const, 'drop' as const),
      refused: fc.constantFrom('day' as const, 'count' as const, 'drop' as const),
      purposes: fc.integer({ min: 0, max: PURPOSE_BITS_ALL }),
      asks: fc.constantFrom(0, 16, 48, 112),
      titles: fc.constantFrom(...SCRUB_RULES),
      allowedTitles: fc.array(fc.string({ minLength: 1, maxLength: 9 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(policy, ({ preset, ...over }) => {
        const made = { ...standard, ...preset, ...over };
        const checked = checkSitePolicy(made);
        expect(parseSitePolicy(sitePolicyText(made))).toEqual(checked.ok ? checked.value : undefined);
      }),
    );
  });

  it.each(['{"preset":"lax","purposes":[]}', '{"preset":"strict"}'])('%s is no policy', (text) => {
    expect(parseSitePolicy(text)).toBeUndefined();
  });
});

describe('P1: what a policy refuses or leaves out', () => {
  const rejecting = { ...standard, properties: 'reject', titles: 'reject' } as const;
  it.each([
    [{ name: 'a', properties: { colour: 'red' }, title: 'Tea' }, undefined],
    [{ name: 'a', properties: { email: 'x' } }, 'p'],
    [{ name: 'a', properties: { note: 'write to jo@mail.example' } }, 'p'],
    [{ name: 'a', properties: { note: 1_234_567 } }, 'p'],
    [{ name: 'a', title: 'Welcome jo@mail.example' }, 'h'],
    [{ name: 'identify', properties: { email: 'jo@mail.example' } }, undefined],
    [{ name: 'identify', properties: { email: 'jo@mail.example', phone_2: '1' } }, 'p'],
  ])('%j looks personal in %s', (event, part) => {
    expect(personalPart(rejecting, event)).toBe(part);
    expect(personalPart(standard, event)).toBeUndefined();
  });

  it('an allow-list keeps what is listed alone', () => {
    const policy = { properties: 'allow-list', allowedProperties: ['colour'] } as const;
    expect(allowedProperties(policy, { colour: 'red', size: 1 })).toEqual({ colour: 'red' });
  });
});
