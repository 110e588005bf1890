// contract/consent-sources.ts: what each consent platform's signals mean in our purposes: one table for tag, tests and docs.
import { PURPOSES } from './purposes.ts';

/**
 * Signals that must all be given for a purpose, with spaces between them; '' asks for none. In the order of
 * {@link PURPOSES}; a purpose that is left out can't come from that source.
 */
export type ConsentSignals = readonly [measure: string, profile: string, personalise: string, share?: string];

/**
 * IAB TCF 2.2 and later: numbers of purposes that were consented to (never legitimate interest). Storage on the device
 * needs 1; 8 is measuring content, 3 and 5 a profile for advertising and for content, 4 and 6 its use. TCF has no
 * purpose for passing data on.
 */
export const TCF_SIGNALS: ConsentSignals = ['1 8', '1 3 5', '1 4 6'];
/**
 * IAB GPP, sections of the US: fields that must not say 1 (opted out), by the end of their name: `SaleOptOut`,
 * `SharingOptOut`, `TargetedAdvertisingOptOut`. Measuring one's own site is nothing one opts out of there.
 */
export const GPP_SIGNALS: ConsentSignals = ['', 'OptOut', 'OptOut', 'OptOut'];
/** Google Consent Mode v2: types that must be `granted`. */
export const GCM_SIGNALS: ConsentSignals = [
  'analytics_storage',
  'ad_personalization',
  'ad_personalization',
  'ad_user_data',
];
/** Shopify Customer Privacy: fields of `currentVisitorConsent()` that must be `yes`. */
export const SHOPIFY_SIGNALS: ConsentSignals = ['analytics', 'marketing', 'preferences', 'sale_of_data'];
/** WP Consent API: categories that `wp_has_consent` must allow. None speaks of passing data on. */
export const WP_SIGNALS: ConsentSignals = ['statistics', 'marketing', 'preferences'];

/** The purposes that some signals grant, as words; none is a refusal. */
export const purposesBy = (signals: ConsentSignals, isGiven: (signal: string) => unknown): string =>
  PURPOSES.filter((_, index) => signals[index]?.split(' ').every((signal) => !signal || isGiven(signal))).join();
