// sdk/consent-sources.ts: hears of choices from consent platforms that the page has; the strictest of all holds (C2).
import type { ConsentSignals } from '../contract/index.ts';
import {
  GCM_SIGNALS, GPP_SIGNALS, COMMON_PURPOSES, purposesBy, SHOPIFY_SIGNALS, TCF_SIGNALS, WP_SIGNALS,
} from '../contract/index.ts'; // biome-ignore format: a list
import { wake } from './delivery.ts';
import { explain } from './explain.ts';
import { choose } from './gate.ts';
import { safely } from './safely.ts';

/** How often, and how many times, the page is looked over for platforms that load after the tag. */
export const SEEK_MS = 500;
/** A minute in all. */
export const SEEKS_MAX = 120;

type Tell = (signals: ConsentSignals, isGiven: (signal: string) => unknown) => void;
/** A platform: its code as a source, how it is found in a page, and how what was found is listened to. */
type Platform = readonly [code: number, find: () => unknown, listen: (found: never, tell: Tell) => void];

interface TcData {
  readonly eventStatus: string;
  /** Undefined while the platform does not know. */
  readonly gdprApplies?: boolean;
  readonly purpose: { readonly consents: Readonly<Record<string, boolean>> };
}
interface GppPing {
  readonly signalStatus: string;
  /** By section: its fields, or a list of subsections with fields. */
  readonly parsedSections: unknown;
}
type Granted = Readonly<Record<string, string>>;
type ConsentEntry = readonly [command: string, kind: string, signals: Granted];
type DataLayer = ConsentEntry[];

type TcfApi = (command: string, version: number, listener: (data: TcData, isGood: boolean) => void) => void;
type Gpp = (command: string, listener: (event: { readonly pingData: GppPing }) => void) => void;
type CustomerPrivacy = { readonly currentVisitorConsent: () => Granted };
type HasConsent = (category: string) => boolean;
/** What platforms put into the page, each where it is. */
interface PlatformGlobals {
  readonly __tcfapi?: TcfApi;
  readonly __gpp?: Gpp;
  readonly dataLayer?: DataLayer;
  readonly Shopify?: { readonly customerPrivacy?: CustomerPrivacy };
  readonly wp_has_consent?: HasConsent;
}
const page = globalThis as unknown as PlatformGlobals;
// The codes are places in the contract’s CONSENT_SOURCES.
const PLATFORMS: readonly Platform[] = [
  [3, () => page['__tcfapi'], (tcf: TcfApi, tell) =>
    tcf('addEventListener', 2, safely((data, isGood) => {
      // `cmpuishown` reports legitimate interests of people nobody has heard; and where TCF does not apply, it says nothing.
      if (isGood && data.gdprApplies && /tcloaded|useractioncomplete/.test(data.eventStatus)) {
        tell(TCF_SIGNALS, (signal) => data.purpose.consents[signal]);
      }
    }))],
  [4, () => page['__gpp'], (gpp: Gpp, tell) =>
    gpp('addEventListener', safely(({ pingData: { signalStatus, parsedSections } }) => {
      // As text, since platforms nest sections differently. Notices (`SaleOptOutNotice`) don't end in these words.
      const fields = JSON.stringify(parsedSections);
      if (signalStatus === 'ready' && /OptOut"/.test(fields)) tell(GPP_SIGNALS, () => !/OptOut":1/.test(fields));
    }))],
  [5, () => page.dataLayer, (dataLayer: DataLayer, tell) => {
    const known: Record<string, string> = {};
    // Entries of Consent Mode are Arguments objects. A default is no choice; one for a region may be another's.
    const read = safely(([command, kind, signals]: ConsentEntry) => {
      if (command !== 'consent' || signals['region']) return;
      Object.assign(known, signals);
      if (kind === 'update') tell(GCM_SIGNALS, (signal) => known[signal] === 'granted');
    });
    const { push } = dataLayer;
    dataLayer.forEach(read);
    dataLayer.push = function (...entries) {
      entries.forEach(read);
      return push.apply(this, entries);
    };
  }],
  [6, () => page.Shopify?.customerPrivacy, (privacy: CustomerPrivacy, tell) => {
    const read = safely(() => {
      const consent = privacy.currentVisitorConsent();
      if (Object.values(consent).join('')) tell(SHOPIFY_SIGNALS, (signal) => consent[signal] === 'yes');
    });
    document.addEventListener('visitorConsentCollected', read);
    read();
  }],
  [7, () => page.wp_has_consent, (hasConsent: HasConsent, tell) => {
    const read = safely(() => tell(WP_SIGNALS, hasConsent));
    document.addEventListener('wp_listen_for_consent_change', read);
    // Before a change, "no" may as well mean that nobody was asked.
    if (hasConsent('statistics')) read();
  }],
]; // biome-ignore format: a platform reads better whole

/** Looks for consent platforms and listens to those it finds, as long as the page is open. */
export const listenToPlatforms = (): void => {
  let missing = PLATFORMS;
  let seeksLeft = SEEKS_MAX;
  const seek = safely(() => {
    missing = missing.filter(([code, find, listen]) => {
      const found = find();
      if (found) {
        explain?.('found', code);
        safely(listen)(found as never, (signals, isGiven) => {
          choose(purposesBy(signals, isGiven), code);
          wake();
        });
      }
      return !found;
    });
    seeksLeft -= 1;
    if (seeksLeft) setTimeout(seek, SEEK_MS);
  });
  seek();
};

/** What each source said last. */
const told: Record<number, string> = {};

/** Keeps the last choice of each source, and answers with what all of them grant. */
export const combine = (said: string, source: number): string => {
  told[source] = said;
  return COMMON_PURPOSES.filter((purpose) =>
    Object.values(told).every((words) => words.includes('grant') || words.includes(purpose)),
  ).join();
};
