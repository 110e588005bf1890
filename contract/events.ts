// contract/events.ts: the event vocabulary (GA4 names) as the edge and the segmenter know it.
import type { EpochMs, EventId } from './ids.ts';

/** E-commerce events by their GA4 names. */
export const COMMERCE_EVENTS = [
  'view_item_list', 'select_item', 'view_item', 'add_to_cart', 'remove_from_cart', 'view_cart', 'begin_checkout',
  'add_shipping_info', 'add_payment_info', 'purchase', 'refund', 'add_to_wishlist', 'search', 'view_promotion',
  'select_promotion',
] as const; // biome-ignore format: a vocabulary reads better in rows
/** An e-commerce event's name. */
export type CommerceEventName = (typeof COMMERCE_EVENTS)[number];
/** Every event name hushtag itself gives a meaning to. Sites may send others: see {@link isEventName}. */
export const KNOWN_EVENTS: readonly string[] = ['page_view', ...COMMERCE_EVENTS];

const EVENT_NAME = /^[a-z][a-z0-9_]{0,39}$/;
/** Whether a name may be used: 1 to 40 lower-case letters, digits and underscores, a letter first (GA4's limit). */
export const isEventName = (name: string): boolean => EVENT_NAME.test(name);

/** A property's value. Nested values are refused: they hide identifiers and can't be segmented on. */
export type PropertyValue = string | number | boolean;

/** One product in a commerce event; GA4's item fields in our spelling. Prices are minor units of the event's currency. */
export interface Item {
  readonly id: string;
  readonly name?: string;
  readonly category?: string;
  readonly brand?: string;
  readonly variant?: string;
  /** Price of one, in minor units. */
  readonly price?: number;
  /** How many; 1 where absent. */
  readonly quantity?: number;
  /** Discount on one, in minor units. */
  readonly discount?: number;
}

/** Money and items of a commerce event. Amounts are integers in minor units of `currency`, each apart from the others. */
export interface Commerce {
  /** ISO 4217 code. */
  readonly currency?: string;
  /** Revenue without tax and shipping. */
  readonly value?: number;
  readonly tax?: number;
  readonly shipping?: number;
  readonly discount?: number;
  readonly coupon?: string;
  /** The shop's own order id: raw on the wire, an {@link OrderKey} at rest (P1). */
  readonly transactionId?: string;
  readonly items?: readonly Item[];
}

/** One event as a client says it happened; nothing in it is scrubbed yet. */
export interface TrackEvent {
  readonly id: EventId;
  readonly name: string;
  readonly at: EpochMs;
  readonly url?: string;
  readonly referrer?: string;
  readonly title?: string;
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  readonly commerce?: Commerce;
}
