// core/salvage.ts: what may be kept of an event that was refused, whatever is wrong with it (P1).
//
// A refused event has no sure shape: any field may hold anything. So nothing is copied. What the wire has a field for is
// rebuilt by that field's own scrubbing; what it has none for is left out, name and value.
import { namedParams, TEXT_CHARS_MAX as WIRE_TEXT_CHARS_MAX, URL_CHARS_MAX } from '../contract/index.ts';
import { pathOfRoute } from '../contract/wire-decode.ts';
import {
  isPersonalName,
  scrubEventName,
  scrubProductText,
  scrubReferrer,
  scrubText,
  scrubUrl,
  scrubValue,
} from './scrub.ts';

/** Levels of nested values that are looked at; deeper ones are left out. */
const DEPTH_MAX = 4;
/** The level of a property's own value. */
const PROPERTY_DEPTH = 1;
/** What stands for a value that is kept as having been there. */
const MASKED = '[masked]';
/** Members of one object or list that are looked at: items are the longest list the wire knows. */
const MEMBERS_MAX = 1_000;
/** Characters that are kept of one text. */
const TEXT_CHARS_KEPT = 600;
/** Characters of the longest text that is looked at. Looking for addresses in one long word takes its length squared. */
const TEXT_CHARS_MAX = 1_024;
/** Characters of an event, as JSON, that is looked at; a larger one is not kept (docs/dead-letters.md). */
const EVENT_CHARS_MAX = 32_768;
/** What stands for a longer one. Its beginning alone could end in the middle of an address and hide it. */
const TOO_LONG = '[too long]';
/** The largest number a field of money or quantity may keep: the wire's own limit is below. */
const AMOUNT_KEPT_MAX = 1e9;
/** The host of a kept page: hosts are not kept of events either. */
const ANY_HOST = 'https://page.invalid';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type Scrub = (value: unknown) => Json | undefined;

/** What is kept, and the order id, which the caller turns into a key or drops. */
export interface Salvaged {
  /** In the wire's keys, without `i` and `t`: the id is kept as it is stored, and a time would tell the device's clock (C1). */
  readonly event: Readonly<Record<string, Json>>;
  readonly transactionId?: string;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const scrubbedBy = (scrub: (text: string) => string, text: string): string =>
  text.length > TEXT_CHARS_MAX ? TOO_LONG : scrub(text).slice(0, TEXT_CHARS_KEPT);

/** Any value, as a property's is scrubbed; nested ones too, which no sound event has. */
function anything(value: unknown, depth = 0): Json | undefined {
  // A property's text may stay as it may of a sound event. One further in is where no sound event has any: it shows that
  // there was one, and no more.
  if (typeof value === 'string') return depth > PROPERTY_DEPTH ? MASKED : scrubbedBy(scrubText, value);
  if (typeof value === 'number') return Number.isFinite(value) ? scrubValue(value) : undefined;
  if (typeof value === 'boolean' || value === null) return value;
  if (depth >= DEPTH_MAX || typeof value !== 'object') return undefined;
  if (!Array.isArray(value)) {
    const entries = Object.entries(value).slice(0, MEMBERS_MAX);
    return Object.fromEntries(entries.flatMap(([name, inner]) => property(name, inner, depth + 1)));
  }
  return value.slice(0, MEMBERS_MAX).map((one) => anything(one, depth + 1) ?? null);
}

/** A property under its scrubbed name; where that announces a person everything below is masked. Nothing where nothing is kept. */
function property(name: string, value: unknown, depth: number): [string, Json][] {
  const plainName = scrubbedBy(scrubText, name);
  const isPersonal = isPersonalName(name) || isPersonalName(plainName);
  const scrubbed = isPersonal ? MASKED : anything(value, depth);
  return scrubbed === undefined ? [] : [[plainName, scrubbed]];
}

// What is no number has no business there, so it may be anything.
const amount: Scrub = (value) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number') return typeof value === 'string' ? MASKED : anything(value, PROPERTY_DEPTH);
  return Math.abs(number) <= AMOUNT_KEPT_MAX ? (value as number | string) : MASKED;
};
const currency: Scrub = (value) => (/^[a-z]{3}$/i.test(String(value)) ? (value as string) : MASKED);
const textBy =
  (scrub: (text: string) => string): Scrub =>
  (value) =>
    typeof value === 'string' ? scrubbedBy(scrub, value) : anything(value);
const product = textBy(scrubProductText);
const text = textBy(scrubText);
// Words alone: what has a digit in it and is no sound name could be anything.
const eventName = textBy((name) => {
  if (/^[a-z][a-z0-9_]{0,39}$/.test(name)) return scrubEventName(name);
  return /^[\p{L}\s_.:-]{1,60}$/u.test(name) ? scrubText(name) : MASKED;
});

/** Keeps the fields that are named, each by its own scrubbing, and with `rest` the others as properties. */
const fieldsBy =
  (scrubs: Readonly<Record<string, Scrub>>, rest: 'left out' | 'properties' = 'left out'): Scrub =>
  (value) => {
    if (!isObject(value)) return anything(value);
    const kept: [string, Json][] = [];
    for (const [name, inner] of Object.entries(value).slice(0, MEMBERS_MAX)) {
      const scrub = Object.hasOwn(scrubs, name) ? scrubs[name] : undefined;
      if (scrub === undefined && rest === 'properties') kept.push(...property(name, inner, 1));
      const scrubbed = scrub?.(inner);
      if (scrubbed !== undefined) kept.push([name, scrubbed]);
    }
    return Object.fromEntries(kept);
  };
const listOf =
  (scrub: Scrub): Scrub =>
  (value) =>
    Array.isArray(value) ? value.slice(0, MEMBERS_MAX).map((one) => scrub(one) ?? null) : anything(value);
const nothing: Scrub = () => undefined;

const item = fieldsBy({ i: product, n: product, c: product, b: product, v: product, p: amount, q: amount, d: amount });
const commerce = fieldsBy({
  c: currency, v: amount, x: amount, h: amount, d: amount, k: text, o: nothing, l: listOf(item),
}); // biome-ignore format: pairs read better in rows
const ga4Params = (money: Scrub): Scrub => {
  const ga4Item = fieldsBy({
    item_id: product, item_name: product, item_category: product, item_brand: product, item_variant: product,
    price: money, quantity: amount, discount: money,
  }); // biome-ignore format: pairs read better in rows
  return fieldsBy(
    {
      value: money, tax: money, shipping: money, discount: money, currency, coupon: text,
      transaction_id: nothing, items: listOf(ga4Item),
    },
    'properties',
  ); // biome-ignore format: pairs read better in rows
};
const isNumber = (value: unknown): boolean => value !== '' && !Number.isNaN(Number(value));
// What is no number becomes a property there.
const withCurrency = ga4Params((value) => (isNumber(value) ? amount(value) : anything(value)));
// Amounts without a currency become properties, where a long number is no amount.
const withoutCurrency = ga4Params((value) => anything(value));
const params: Scrub = (value) =>
  isObject(value) && /^[a-z]{3}$/i.test(String(value['currency'])) ? withCurrency(value) : withoutCurrency(value);

const url: Scrub = (value) => {
  const kept = typeof value === 'string' && value.length <= URL_CHARS_MAX ? scrubUrl(pathOfRoute(value)) : undefined;
  if (kept === undefined) return undefined;
  return `${ANY_HOST}${kept.path}${kept.campaign === undefined ? '' : `?${kept.campaign}`}`;
};
const referrer: Scrub = (value) => {
  const host = typeof value === 'string' && value.length <= URL_CHARS_MAX ? scrubReferrer(value) : undefined;
  return host === undefined || host === '' ? undefined : `https://${host}/`;
};
const EVENT = { n: eventName, u: url, r: referrer, h: text, p: params, m: commerce };
const event = fieldsBy(EVENT);
const eventWithoutChannel = fieldsBy({
  ...EVENT,
  r: nothing,
  u: (value) => (url(value) as string | undefined)?.split('?')[0],
});

const ownText = (holder: unknown, name: string): string | undefined => {
  const value = isObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;
  // Cut where the wire's reader cuts it, so that the key of a replayed order is the key of the order.
  const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isText ? String(value).slice(0, WIRE_TEXT_CHARS_MAX) : undefined;
};

/** Takes out of a refused event what may be kept; undefined where it is too large to be looked at. @param channelData whether the policy keeps referrer and campaign. */
export function salvageEvent(raw: unknown, channelData: boolean): Salvaged | undefined {
  if (!isObject(raw)) return { event: {} };
  if (JSON.stringify(raw).length > EVENT_CHARS_MAX) return undefined;
  const transactionId = ownText(raw['m'], 'o') ?? ownText(raw['p'], 'transaction_id');
  const named = Array.isArray(raw['p']) ? { ...raw, p: namedParams(raw['n'], raw['p']) } : raw;
  return {
    event: (channelData ? event : eventWithoutChannel)(named) as Salvaged['event'],
    ...(transactionId === undefined ? {} : { transactionId }),
  };
}
