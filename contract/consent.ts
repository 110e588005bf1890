// contract/consent.ts: the consent decision, one table for tag, edge and docs (C1, C2).
import type { EpochMs } from './ids.ts';
import type { PurposeBits } from './purposes.ts';
import { PURPOSE_BIT, PURPOSE_BITS_ALL } from './purposes.ts';

/** Where a choice came from. The order is the code on the wire; new sources are appended. */
export const CONSENT_SOURCES = ['none', 'site', 'import', 'tcf', 'gpp', 'gcm', 'shopify', 'wp'] as const;
/** The party that told us of a choice: the site's own call, an import, or a consent platform's standard. */
export type ConsentSource = (typeof CONSENT_SOURCES)[number];

/** What is known of a visitor's choice. */
export type Consent =
  | { readonly state: 'unasked' }
  | { readonly state: 'refused'; readonly source: ConsentSource; readonly at?: EpochMs }
  | {
      readonly state: 'granted';
      readonly source: ConsentSource;
      readonly at?: EpochMs;
      readonly purposes: PurposeBits;
    };

/** What a site does with the events of a visitor who did not agree. */
export type WithoutConsent = 'day' | 'count' | 'drop';
/** The name of a ready-made policy. */
export type PolicyPreset = 'strict' | 'standard' | 'exempt';

/** A site's answer to: what happens with unknown, refused and granted visitors? */
export interface ConsentPolicy {
  readonly preset: PolicyPreset;
  /** No choice is known yet. */
  readonly unknown: WithoutConsent;
  /** The visitor said no. */
  readonly refused: WithoutConsent;
  /** Purposes the site may rely on at all; a grant of anything else is ignored. */
  readonly purposes: PurposeBits;
  /** Whether referrer and campaign parameters may be kept. */
  readonly channelData: boolean;
}

/** The presets. `standard` is the default; `exempt` follows the CNIL's conditions for audience measurement. */
export const POLICIES: { readonly [P in PolicyPreset]: ConsentPolicy } = {
  strict: { preset: 'strict', unknown: 'drop', refused: 'drop', purposes: PURPOSE_BITS_ALL, channelData: true },
  standard: { preset: 'standard', unknown: 'day', refused: 'count', purposes: PURPOSE_BITS_ALL, channelData: true },
  exempt: { preset: 'exempt', unknown: 'day', refused: 'drop', purposes: PURPOSE_BIT.measure, channelData: false },
};

/**
 * What to do with a visitor's events.
 * `link`: key from the first-party id · `day`: key that dies with the day · `count`: no key · `drop`: ledger only.
 */
export type ConsentDecision =
  | { readonly action: 'link'; readonly purposes: PurposeBits }
  | { readonly action: WithoutConsent; readonly purposes: 0 };

/** What Global Privacy Control takes away by itself (C2); see docs/adr/0005-gpc-removes-share-and-profile.md. */
export const GPC_REMOVES: PurposeBits = PURPOSE_BIT.share | PURPOSE_BIT.profile | PURPOSE_BIT.personalise;

/**
 * Decides; the strictest of policy, choice and GPC wins (C2). `personalise` and `share`
 * act on a profile and fall with it; a grant with neither `measure` nor `profile` left counts as a refusal.
 */
export function decideConsent(policy: ConsentPolicy, consent: Consent, gpc: boolean): ConsentDecision {
  const granted = consent.state === 'granted' ? consent.purposes : 0;
  const allowed = granted & policy.purposes & (gpc ? ~GPC_REMOVES : PURPOSE_BITS_ALL);
  const purposes = allowed & PURPOSE_BIT.profile ? allowed : allowed & PURPOSE_BIT.measure;
  if (purposes) return { action: 'link', purposes };
  return { action: consent.state === 'unasked' ? policy.unknown : policy.refused, purposes: 0 };
}
