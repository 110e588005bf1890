// contract/ga4-params.ts: GA4's event parameters, as a page gives them → the wire's commerce and properties.
import { ITEMS_MAX, PROPERTY_VALUE_CHARS_MAX, TEXT_CHARS_MAX } from './limits.ts';
import type { WireCommerce, WireEvent, WireItem } from './wire.ts';

/** What a page's parameters come to. Not checked yet: amounts and texts may be over their limits. */
export interface MappedParams {
  readonly m?: WireCommerce;
  readonly p?: WireEvent['p'];
}

type Mapped = Record<string, string | number | boolean>;
type Kind = 'text' | 'amount' | 'quantity';
type Fields = ReadonlyMap<string, readonly [key: string, kind: Kind]>;

const COMMERCE_FIELDS: Fields = new Map([
  ['transaction_id', ['o', 'text']], ['currency', ['c', 'text']], ['value', ['v', 'amount']], ['tax', ['x', 'amount']],
  ['shipping', ['h', 'amount']], ['discount', ['d', 'amount']], ['coupon', ['k', 'text']],
]); // biome-ignore format: pairs read better in rows
const ITEM_FIELDS: Fields = new Map([
  ['item_id', ['i', 'text']], ['item_name', ['n', 'text']], ['item_category', ['c', 'text']], ['item_brand', ['b', 'text']],
  ['item_variant', ['v', 'text']], ['price', ['p', 'amount']], ['quantity', ['q', 'quantity']], ['discount', ['d', 'amount']],
]); // biome-ignore format: pairs read better in rows

// Making a formatter takes tens of microseconds, and a shop sells in few currencies. Three letters make 17,576 codes at most.
const CURRENCIES_KEPT_MAX = 512;
const scales = new Map<string, number>();

/**
 * How many minor units make a major one, by ISO 4217 as `Intl` knows it: 100 for EUR, 1 for JPY, 1,000 for KWD.
 * @returns NaN for what has not the form of a currency code.
 */
function scaleOf(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) return Number.NaN;
  const kept = scales.get(currency);
  if (kept !== undefined) return kept;
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  const scale = 10 ** maximumFractionDigits;
  if (scales.size < CURRENCIES_KEPT_MAX) scales.set(currency, scale);
  return scale;
}

const numberOf = (given: string | number | boolean): number =>
  typeof given === 'boolean' || given === '' ? Number.NaN : Number(given);

// Fifteen digits are what a double holds for sure: 1.005 × 100 is 100.49999999999999 and means 100.5.
const minorOf = (given: string | number | boolean, scale: number): number =>
  Math.round(Number((numberOf(given) * scale).toPrecision(15)));

const isValue = (given: unknown): given is string | number | boolean =>
  typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean';

/** Splits parameters into what the wire has fields for and the rest. An amount without a scale belongs to the rest. */
function split(fields: Fields, params: object, scale: number): readonly [known: Mapped, rest: Mapped] {
  const known: Mapped = {};
  const rest: Mapped = {};
  for (const [name, given] of Object.entries(params) as [string, unknown][]) {
    if (!isValue(given)) continue; // Nested values hide identifiers; there is no place for them.
    const [key, kind] = fields.get(name) ?? [];
    const value =
      kind === 'amount'
        ? minorOf(given, scale)
        : kind === 'quantity'
          ? numberOf(given)
          : String(given).slice(0, TEXT_CHARS_MAX);
    if (key !== undefined && !Number.isNaN(value)) known[key] = value;
    else rest[name] = typeof given === 'string' ? given.slice(0, PROPERTY_VALUE_CHARS_MAX) : given;
  }
  return [known, rest];
}

const unlessEmpty = <T extends object>(fields: T): T | undefined =>
  Object.keys(fields).length > 0 ? fields : undefined;

/**
 * Reads the parameters of any event. What there is no place for is left out, never the event: nested values, items
 * without `item_id`, items past {@link ITEMS_MAX}. Amounts come in major units and need a `currency`; without one they
 * are properties, and an item's price is left out.
 */
export function readParams({ items, currency: code, ...params }: Readonly<Record<string, unknown>>): MappedParams {
  const currency = String(code).toUpperCase();
  const scale = scaleOf(currency);
  const given = Number.isNaN(scale) ? params : { ...params, currency };
  const [commerce, p] = split(COMMERCE_FIELDS, given, scale);
  const list = Array.isArray(items)
    ? items.slice(0, ITEMS_MAX).filter((item) => typeof item === 'object' && item)
    : undefined;
  const l = list?.map((item: object) => split(ITEM_FIELDS, item, scale)[0]).filter((item) => item['i']);
  const m = unlessEmpty(l ? { ...commerce, l: l as unknown as readonly WireItem[] } : (commerce as WireCommerce));
  const properties = unlessEmpty(p);
  return { ...(m && { m }), ...(properties && { p: properties }) };
}

const nameOf = (fields: Fields, key: unknown): string => [...fields].find(([, [short]]) => short === key)?.[0] ?? '*';

/**
 * Where in a page's parameters a refused field of {@link readParams}'s result came from: `['m', 'v']` is `/p/value`.
 * Items are named without their number: those that were left out are not counted.
 */
export function paramsPointer([first, field, , ofItem]: readonly unknown[]): string {
  if (first !== 'm') return '/p/*';
  if (field !== 'l') return `/p/${nameOf(COMMERCE_FIELDS, field)}`;
  return ofItem === undefined ? '/p/items' : `/p/items/*/${nameOf(ITEM_FIELDS, ofItem)}`;
}
