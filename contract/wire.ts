// contract/wire.ts: wire schema v1, the compact JSON a tag or importer posts to /v1/collect, and its encoder.
import type { Consent } from './consent.ts';
import { CONSENT_SOURCES } from './consent.ts';
import type { Commerce, Item, TrackEvent } from './events.ts';

/** The version every message of this shape carries; a breaking change gets the next number and its own decoder. */
export const WIRE_VERSION = 1;

/**
 * Consent on the wire: state, purposes, source code, time of the choice. Purposes are bits, or words as a page says
 * them: `grant` is all, other words count by {@link PURPOSES}' names. A grant of nothing is a refusal. Of who was not asked
 * the state may stand alone.
 */
export type WireConsent = readonly [state: 'u' | 'r' | 'g', purposes?: number | string, source?: number, at?: number];

/** An item on the wire. */
export interface WireItem {
  readonly i: string;
  readonly n?: string;
  readonly c?: string;
  readonly b?: string;
  readonly v?: string;
  readonly p?: number;
  readonly q?: number;
  readonly d?: number;
}

/** Money and items on the wire. */
export interface WireCommerce {
  readonly c?: string;
  readonly v?: number;
  readonly x?: number;
  readonly h?: number;
  readonly d?: number;
  readonly k?: string;
  readonly o?: string;
  readonly l?: readonly WireItem[];
}

/** An event on the wire. */
export interface WireEvent {
  /** Event id: a UUIDv7; or four random numbers of 32 bits, or a UUIDv4, of which the edge makes a UUIDv7 with the event's time. */
  readonly i: string;
  /** Name. */
  readonly n: string;
  /** When it happened by the client's clock, epoch ms. */
  readonly t: number;
  /** Page URL. A fragment that is a route (`#/tea`) stands for the path. */
  readonly u?: string;
  /** Referrer. */
  readonly r?: string;
  /** Title. */
  readonly h?: string;
  /**
   * Parameters. Without `m`: GA4's, as the page gave them, amounts in major units. With `m`: properties alone. Of the
   * tag's own events they may come as a list, whose places listed-params.ts names.
   */
  readonly p?: Readonly<Record<string, unknown>>;
  /** Commerce, mapped already; empty where `p` holds properties alone and there is none. */
  readonly m?: WireCommerce;
}

/** One message. */
export interface WireBatch {
  readonly v: typeof WIRE_VERSION;
  /** Site. */
  readonly s: string;
  /** When it was sent by the client's clock, epoch ms; the edge corrects skew with it. */
  readonly t: number;
  readonly c: WireConsent;
  /** The consent platform's own string (a TC or GPP string), of which a receipt keeps a keyed hash. */
  readonly x?: string;
  /** First-party id: with consent; or beside a refusal, to say whose consent is withdrawn. */
  readonly i?: string;
  /** 1 or true where the browser says it is automated (`navigator.webdriver`). */
  readonly w?: 1 | boolean;
  readonly e: readonly WireEvent[];
}

/** What a tag or importer holds before it sends. */
export interface Batch {
  readonly site: string;
  readonly sentAt: number;
  readonly consent: Consent;
  readonly firstPartyId?: string;
  readonly automated?: boolean;
  readonly events: readonly TrackEvent[];
}

/** Drops absent fields, so that a message says nothing it need not. */
export const present = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(fields).filter((entry) => entry[1] !== undefined)) as T;

const encodeConsent = (consent: Consent): WireConsent => {
  if (consent.state === 'unasked') return ['u', 0, 0];
  const state = consent.state === 'granted' ? 'g' : 'r';
  const purposes = consent.state === 'granted' ? consent.purposes : 0;
  const source = CONSENT_SOURCES.indexOf(consent.source);
  return consent.at === undefined ? [state, purposes, source] : [state, purposes, source, consent.at];
};

const encodeItem = (item: Item): WireItem =>
  present<WireItem>({
    i: item.id, n: item.name, c: item.category, b: item.brand, v: item.variant,
    p: item.price, q: item.quantity, d: item.discount,
  }); // biome-ignore format: pairs read better in rows

const encodeCommerce = (commerce: Commerce): WireCommerce =>
  present<WireCommerce>({
    c: commerce.currency, v: commerce.value, x: commerce.tax, h: commerce.shipping, d: commerce.discount,
    k: commerce.coupon, o: commerce.transactionId, l: commerce.items?.map(encodeItem),
  }); // biome-ignore format: pairs read better in rows

// Properties without `m` would be read as parameters, and one that is called `value` or `coupon` as commerce.
const encodeEvent = (event: TrackEvent): WireEvent =>
  present<WireEvent>({
    i: event.id, n: event.name, t: event.at, u: event.url, r: event.referrer, h: event.title, p: event.properties,
    m: event.commerce || event.properties ? encodeCommerce(event.commerce ?? {}) : undefined,
  }); // biome-ignore format: pairs read better in rows

/** Encodes a batch as wire v1, commerce mapped (`m`). Nothing is checked here: the edge decides what it takes. */
export const encodeBatch = (batch: Batch): WireBatch =>
  present<WireBatch>({
    v: WIRE_VERSION, s: batch.site, t: batch.sentAt, c: encodeConsent(batch.consent), i: batch.firstPartyId,
    w: batch.automated === true ? 1 : undefined, e: batch.events.map(encodeEvent),
  }); // biome-ignore format: pairs read better in rows
