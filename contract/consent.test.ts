// contract/consent.test.ts: the decision table, row by row, and its laws.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Consent } from './consent.ts';
import { decideConsent, POLICIES } from './consent.ts';
import { PURPOSE_BITS_ALL } from './purposes.ts';

const granted = (purposes: number): Consent => ({ state: 'granted', source: 'site', purposes });
const refused: Consent = { state: 'refused', source: 'site' };
const unasked: Consent = { state: 'unasked' };

describe('C1: no consent, no link', () => {
  it.each([
    { policy: 'strict', why: 'unasked', consent: unasked, action: 'drop' },
    { policy: 'strict', why: 'refused', consent: refused, action: 'drop' },
    { policy: 'standard', why: 'unasked', consent: unasked, action: 'day' },
    { policy: 'standard', why: 'refused', consent: refused, action: 'count' },
    { policy: 'exempt', why: 'unasked', consent: unasked, action: 'day' },
    { policy: 'exempt', why: 'refused', consent: refused, action: 'drop' },
    { policy: 'standard', why: 'granted nothing', consent: granted(0), action: 'count' },
    { policy: 'standard', why: 'granted personalise and share alone', consent: granted(12), action: 'count' },
    { policy: 'strict', why: 'granted nothing', consent: granted(0), action: 'drop' },
  ] as const)('under $policy, $why comes to $action', ({ policy, consent, action }) => {
    expect(decideConsent(POLICIES[policy], consent, false)).toEqual({ action, purposes: 0 });
  });

  it.each([
    { policy: 'standard', given: 1, kept: 1 },
    { policy: 'standard', given: 2, kept: 2 },
    { policy: 'standard', given: 15, kept: 15 },
    { policy: 'standard', given: 13, kept: 1 },
    { policy: 'standard', given: 14, kept: 14 },
    { policy: 'strict', given: 3, kept: 3 },
    { policy: 'exempt', given: 15, kept: 1 },
  ] as const)('under $policy, a grant of $given links with $kept', ({ policy, given, kept }) => {
    expect(decideConsent(POLICIES[policy], granted(given), false)).toEqual({ action: 'link', purposes: kept });
  });

  it('exempt offers no profile, so a grant of profile alone is a refusal there', () => {
    expect(decideConsent(POLICIES.exempt, granted(2), false)).toEqual({ action: 'drop', purposes: 0 });
  });
});

describe('C1: separate consents', () => {
  const asking = (asks: number) => ({ ...POLICIES.standard, asks });
  it.each([
    {
      asks: 16,
      consent: unasked,
      decision: { action: 'drop', purposes: 0 },
      why: 'without cross_border nothing is kept',
    },
    { asks: 16, consent: refused, decision: { action: 'drop', purposes: 0 }, why: 'nor of who refused' },
    { asks: 16, consent: granted(15), decision: { action: 'drop', purposes: 0 }, why: 'nor of who gave all but it' },
    { asks: 16, consent: granted(31), decision: { action: 'link', purposes: 31 }, why: 'with it all is kept' },
    { asks: 32, consent: granted(15), decision: { action: 'link', purposes: 1 }, why: 'no profile without sensitive' },
    { asks: 32, consent: granted(47), decision: { action: 'link', purposes: 47 }, why: 'a profile with it' },
    {
      asks: 32,
      consent: unasked,
      decision: { action: 'day', purposes: 0 },
      why: 'who was not asked is treated as ever',
    },
    { asks: 64, consent: granted(15), decision: { action: 'link', purposes: 15 }, why: 'publication is a record' },
    {
      asks: 0,
      consent: granted(127),
      decision: { action: 'link', purposes: 15 },
      why: 'what is not asked for is not kept',
    },
    {
      asks: 112,
      consent: granted(112),
      decision: { action: 'count', purposes: 0 },
      why: 'they link nobody by themselves',
    },
  ])('asking $asks: $why', ({ asks, consent, decision }) => {
    expect(decideConsent(asking(asks), consent, false)).toEqual(decision);
  });

  it('C2: GPC removes publication too', () => {
    expect(decideConsent(asking(112), granted(127), true)).toEqual({ action: 'link', purposes: 49 });
  });
});

describe('C2: the strictest signal wins', () => {
  it.each([
    { given: 15, kept: 1, why: 'all purposes' },
    { given: 3, kept: 1, why: 'measure and profile' },
    { given: 1, kept: 1, why: 'measure alone' },
  ])('GPC leaves measure of $why', ({ given, kept }) => {
    expect(decideConsent(POLICIES.standard, granted(given), true)).toEqual({ action: 'link', purposes: kept });
  });

  it('GPC never lets more through than without it, and no policy more than was given', () => {
    const policies = fc.constantFrom(...Object.values(POLICIES));
    const given = fc.integer({ min: 0, max: PURPOSE_BITS_ALL });
    fc.assert(
      fc.property(policies, given, fc.boolean(), (policy, purposes, gpc) => {
        const decision = decideConsent(policy, granted(purposes), gpc);
        const without = decideConsent(policy, granted(purposes), false);
        expect(decision.purposes & ~without.purposes).toBe(0);
        expect(decision.purposes & ~purposes).toBe(0);
      }),
    );
  });
});
