// sdk/api.ts: what a page can call. The types are the documentation a site's editor shows.
import type { CommerceEventName, PolicyPreset, PropertyValue, Purpose } from '../contract/index.ts';

/** One product, in GA4's fields; without an id it is left out. Amounts are in major units (19.99), of the event's currency. */
export type ItemParams = {
  readonly item_id: string | number;
  readonly item_name?: string;
  readonly item_category?: string;
  readonly item_brand?: string;
  readonly item_variant?: string;
  readonly price?: number | string;
  readonly quantity?: number | string;
  readonly discount?: number | string;
};

/**
 * An event's parameters in GA4's shape. Amounts are in major units and need a `currency` (ISO 4217); without one
 * they stay plain properties. Everything that is no commerce field becomes a property; nested values are left out.
 */
export interface EventParams {
  readonly transaction_id?: string | number;
  readonly currency?: string;
  readonly value?: number | string;
  readonly tax?: number | string;
  readonly shipping?: number | string;
  readonly discount?: number | string;
  readonly coupon?: string;
  readonly items?: readonly ItemParams[];
  readonly [property: string]: PropertyValue | readonly ItemParams[] | undefined;
}

/** What a site knows of a visitor who logged in; any of the three. */
export interface AccountIds {
  readonly user_id?: string | number;
  readonly email?: string;
  readonly phone?: string;
}

/** A visitor's choice: everything, nothing, or the named purposes. No purposes is a refusal. */
export type ConsentChoice = 'grant' | 'refuse' | { readonly purposes: readonly Purpose[] };

/** The typed e-commerce calls: `hushtag.add_to_cart({ … })`, by GA4's names. */
export type CommerceCalls = { readonly [Name in CommerceEventName]: (params?: EventParams) => void };

/** Calls that are events with their own name, as typed e-commerce calls are. */
export interface NamedCalls extends CommerceCalls {
  /**
   * Says who has logged in. The collector makes pseudonyms of the ids before anything is queued or stored, and throws
   * them away unread without consent to `profile`. Without an id: who was logged in has logged out, and with Full the
   * next event is a new visitor's.
   */
  readonly identify: (ids: AccountIds) => void;
}

/** The calls that each do something of their own. */
export interface OwnCalls {
  /** Records an event of any name: 1 to 40 lower-case letters, digits and underscores. */
  readonly track: (name: string, params?: EventParams) => void;
  /** Tells the visitor's choice; call it on every page and after every change. A refusal wipes the id. */
  readonly consent: (choice: ConsentChoice) => void;
  /** Ends all collection in this browser for good, whatever is consented to later. */
  readonly optOut: () => void;
}

/** What Full can besides, for hushtag's own optional scripts. */
export interface FullCalls {
  /**
   * The first-party id that the next message carries; none without consent.
   * @param other an id of the same visitor from another of the site's hosts: it becomes this host's, once there is
   * consent, where this host has none.
   */
  readonly id: (other?: string) => string | undefined;
}

/** The tag's whole API. No call ever throws. */
export type Hushtag = OwnCalls & NamedCalls;

/** What a site says when it starts the tag. */
export interface TagOptions {
  /** The site's id at the collector. */
  readonly site: string;
  /** The collector's address, without a slash at its end. */
  readonly collector: string;
  /** What happens without consent; `standard` where absent, `strict` where misspelt. */
  readonly policy?: PolicyPreset;
  /** What the page knows of the choice as it loads. */
  readonly consent?: ConsentChoice | undefined;
  /** Counts routes in the fragment (`#/tea`) as pages of that path. Other fragments never count. */
  readonly hash?: boolean;
}
