// sdk/consent-sources.ts: hears of choices from consent platforms that the page has; the strictest of all holds (C2).
import type { ConsentSignals } from '../contract/index.ts';
import {
  COMMON_PURPOSES, GCM_SIGNALS, GPP_SIGNALS, PURPOSES, purposesBy, SHOPIFY_SIGNALS, TCF_SIGNALS, WP_SIGNALS,
} from '../contract/index.ts'; // biome-ignore format: a list
import { send } from './delivery.ts';
import { explain } from './explain.ts';
import { choose, SOURCE_SITE } from './gate.ts';
import { safely } from './safely.ts';

/** How often, and how many times, the page is looked over for platforms that load after the tag. */
export const SEEK_MS = 500;
/** A minute in all. */
export const SEEKS_MAX = 120;

type Tell = (isGiven: (signal: string) => unknown) => void;
/** A platform: what its signals mean, and how it is listened to. That throws where the page has no such platform, or not yet. */
type Platform = readonly [signals: ConsentSignals, listen: (page: PlatformGlobals, tell: Tell) => void];

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
  readonly __tcfapi: TcfApi;
  readonly __gpp: Gpp;
  readonly dataLayer: DataLayer;
  readonly Shopify: { readonly customerPrivacy: CustomerPrivacy };
  readonly wp_has_consent: HasConsent;
}
const PLATFORMS: readonly Platform[] = [
  [TCF_SIGNALS, (page, tell) =>
    page['__tcfapi']('addEventListener', 2, safely((data, isGood) => {
      // `cmpuishown` reports legitimate interests of people nobody has heard; and where TCF does not apply, it says nothing.
      if (isGood && data.gdprApplies && /loaded|complete/.test(data.eventStatus)) {
        tell((signal) => data.purpose.consents[signal]);
      }
    }))],
  [GPP_SIGNALS, (page, tell) =>
    page['__gpp']('addEventListener', safely(({ pingData }) => {
      // As text, since platforms nest sections differently. Notices (`SaleOptOutNotice`) don't end in these words, and `ready` is no other field's.
      const ping = JSON.stringify(pingData);
      if (/"ready"/.test(ping) && /OptOut"/.test(ping)) tell(() => !/OptOut":1/.test(ping));
    }))],
  [GCM_SIGNALS, ({ dataLayer }, tell) => {
    const known: Record<string, string> = {};
    // Entries of Consent Mode are Arguments objects. A default is no choice; one for a region may be another's.
    const read = safely(([command, kind, signals]: ConsentEntry) => {
      if (command !== 'consent' || signals['region']) return;
      Object.assign(known, signals);
      if (kind === 'update') tell((signal) => known[signal] === 'granted');
    });
    const { push } = dataLayer;
    dataLayer.forEach(read);
    dataLayer.push = (...entries) => {
      // The page calls this: what it has made of its lists must not come back to it.
      safely(() => entries.forEach(read))();
      return push.apply(dataLayer, entries);
    };
  }],
  [SHOPIFY_SIGNALS, (page, tell) => {
    const read = (): void => {
      const consent = page.Shopify.customerPrivacy.currentVisitorConsent();
      if (Object.values(consent).join('')) tell((signal) => consent[signal] === 'yes');
    };
    read();
    document.addEventListener('visitorConsentCollected', safely(read));
  }],
  [WP_SIGNALS, ({ wp_has_consent }, tell) => {
    // Before a change, "no" may as well mean that nobody was asked.
    if (wp_has_consent('statistics')) tell(wp_has_consent);
    document.addEventListener('wp_listen_for_consent_change', safely(() => tell(wp_has_consent)));
  }],
]; // biome-ignore format: a platform reads better whole

/** The first platform's code, a place in the contract's CONSENT_SOURCES; the others follow it in the same order. */
const SOURCE_FIRST = 3;

/** Looks for consent platforms and listens to those it finds, as long as the page is open. */
export const listenToPlatforms = (): void => {
  PLATFORMS.map(([signals, listen], place) => {
    let seeksLeft = SEEKS_MAX;
    const seek = safely(() => {
      if (seeksLeft-- < 1) return;
      setTimeout(seek, SEEK_MS);
      listen(window as unknown as PlatformGlobals, (isGiven) => {
        choose(purposesBy(signals, isGiven), place + SOURCE_FIRST);
        void send();
      });
      explain?.('found', place + SOURCE_FIRST);
      seeksLeft = 0;
    });
    seek();
  });
};

/** What each source said last: words that are known, none of which is a part of another. */
export const told: string[] = [];

/** What all sources grant. Of separate consents platforms know nothing: the site's own word holds. */
export const grantedByAll = (): string =>
  PURPOSES.filter((purpose, place) =>
    place < COMMON_PURPOSES
      ? told.every((words) => words.includes('grant') || words.includes(purpose))
      : told[SOURCE_SITE]?.includes(purpose),
  ).join();
