// sdk/gate.test.ts: the gate's few questions come to what contract/consent.ts decides, for every policy, choice and GPC.
import { afterEach, describe, expect, it } from 'vitest';
import type { Consent, PolicyPreset, PurposeBits } from '../contract/index.ts';
import { decideConsent, POLICIES, PURPOSE_BITS_ALL, purposesOf } from '../contract/index.ts';
import { FLUSH_MS } from './delivery.ts';
import { closePage, consentOf, openPage } from './testing.ts';

const CHOICES: readonly (PurposeBits | undefined)[] = [
  undefined,
  ...Array.from({ length: PURPOSE_BITS_ALL + 1 }, (_, bits) => bits),
];
const CASES = (['strict', 'standard', 'exempt'] as const).flatMap((policy) =>
  [false, true].flatMap((gpc) => CHOICES.map((bits) => ({ policy, gpc, bits, choice: bits === undefined ? 'nothing' : purposesOf(bits).join(' ') || 'refuse' }))),
); // biome-ignore format: a table

const decisionFor = (policy: PolicyPreset, bits: PurposeBits | undefined, gpc: boolean) => {
  const consent: Consent =
    bits === undefined ? { state: 'unasked' } : { state: 'granted', source: 'site', purposes: bits };
  return decideConsent(POLICIES[policy], consent, gpc);
};

describe('C1, C2: the tag and the edge decide alike', () => {
  afterEach(closePage);

  it.each(CASES)('$policy, GPC $gpc, $choice', async ({ policy, gpc, bits }) => {
    const consent = bits === undefined ? {} : { consent: { purposes: purposesOf(bits) } };
    const page = await openPage({ policy, ...consent }, { gpc });
    await page.pass(FLUSH_MS);
    const decision = decisionFor(policy, bits, gpc);
    expect(page.fetched).toHaveLength(decision.action === 'drop' ? 0 : 1);
    const [message] = page.fetched;
    if (message === undefined) return;
    // The edge sees no Sec-GPC header where an extension sets the signal, and comes to the same.
    expect(decideConsent(POLICIES[policy], consentOf(message), false)).toEqual(decision);
    expect(message.i !== undefined).toBe(decision.action === 'link');
  });
});
