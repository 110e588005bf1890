// contract/consent.ts: the consent decision, one table for tag, edge and docs (C1, C2).
import type { EpochMs } from './ids.ts';
import type { PurposeBits } from './purposes.ts';
import { PURPOSE_BIT, PURPOSE_BITS_ALL, PURPOSE_BITS_KNOWN } from './purposes.ts';

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
  /** Separate consents that the site asks for, of {@link PURPOSE_BITS_SEPARATE}; others are not asked about. */
  readonly asks: PurposeBits;
  /** Whether referrer and campaign parameters may be kept. */
  readonly channelData: boolean;
}

/** The presets. `standard` is the default; `exempt` follows the CNIL's conditions for audience measurement. */
export const POLICIES: { readonly [P in PolicyPreset]: ConsentPolicy } = {
  strict: {
    preset: 'strict',
    unknown: 'drop',
    refused: 'drop',
    purposes: PURPOSE_BITS_ALL,
    asks: 0,
    channelData: true,
  },
  standard: {
    preset: 'standard',
    unknown: 'day',
    refused: 'count',
    purposes: PURPOSE_BITS_ALL,
    asks: 0,
    channelData: true,
  },
  exempt: {
    preset: 'exempt',
    unknown: 'day',
    refused: 'drop',
    purposes: PURPOSE_BIT.measure,
    asks: 0,
    channelData: false,
  },
};

/**
 * What to do with a visitor's events.
 * `link`: key from the first-party id · `day`: key that dies with the day · `count`: no key · `drop`: ledger only.
 */
export type ConsentDecision =
  | { readonly action: 'link'; readonly purposes: PurposeBits }
  | { readonly action: WithoutConsent; readonly purposes: 0 };

/** What Global Privacy Control takes away by itself (C2); see docs/adr/0005-gpc-removes-share-and-profile.md. */
export const GPC_REMOVES: PurposeBits =
  PURPOSE_BIT.share | PURPOSE_BIT.profile | PURPOSE_BIT.personalise | PURPOSE_BIT.publication;

/**
 * Decides; the strictest of policy, choice and GPC wins (C2). `personalise` and `share`
 * act on a profile and fall with it; a grant with neither `measure` nor `profile` left counts as a refusal.
 * Of the separate consents that the site asks for: without `cross_border` nothing is kept at all, without `sensitive` there
 * is no profile; `publication` is recorded, and nothing here publishes anybody.
 */
export function decideConsent(policy: ConsentPolicy, consent: Consent, gpc: boolean): ConsentDecision {
  const granted = consent.state === 'granted' ? consent.purposes : 0;
  const missing = policy.asks & ~granted;
  if (missing & PURPOSE_BIT.cross_border) return { action: 'drop', purposes: 0 };
  const removed = (gpc ? GPC_REMOVES : 0) | (missing & PURPOSE_BIT.sensitive ? PURPOSE_BIT.profile : 0);
  const allowed = granted & (policy.purposes | policy.asks) & ~removed;
  const kept = PURPOSE_BIT.measure | policy.asks;
  const isLinked = (allowed & (PURPOSE_BIT.measure | PURPOSE_BIT.profile)) !== 0;
  const purposes = isLinked ? allowed & (allowed & PURPOSE_BIT.profile ? PURPOSE_BITS_KNOWN : kept) : 0;
  if (purposes) return { action: 'link', purposes };
  return { action: consent.state === 'unasked' ? policy.unknown : policy.refused, purposes: 0 };
}
