// sdk/params.ts: GA4's event parameters → the wire's commerce and properties, money as integers.
import type { WireEvent, WireItem } from '../contract/index.ts';
import { TEXT_CHARS_MAX } from '../contract/index.ts';
import type { EventParams } from './api.ts';
import type { Sparse } from './queue.ts';
import { safely } from './safely.ts';

/** Items kept of one event: GA4's own limit, and what fits a beacon. */
export const ITEMS_KEPT_MAX = 200;

type Fields = Readonly<Record<string, string>>;
type Wire = Readonly<Record<string, string | number | boolean>> | undefined;
// biome-ignore format: pairs read better in rows
const ITEM_FIELDS: Fields = {
  item_id: 'i', item_name: 'n', item_category: 'c', item_brand: 'b', item_variant: 'v', price: 'p', quantity: 'q',
  discount: 'd',
};
// biome-ignore format: pairs read better in rows
const COMMERCE_FIELDS: Fields = {
  transaction_id: 'o', currency: 'c', value: 'v', tax: 'x', shipping: 'h', discount: 'd', coupon: 'k',
};
const AMOUNTS = /price|value|tax|shipping|discount/;

// Intl knows each currency's minor unit (no digits for JPY, three for KWD) and throws for what is no currency.
const moneyOf = safely((currency: unknown) =>
  new Intl.NumberFormat('en', { style: 'currency', currency: currency as string }).resolvedOptions(),
);

const isPlain = (given: unknown): given is number | boolean => typeof given === 'boolean' || Number.isFinite(given);

/** Splits parameters into what the wire has fields for and properties. Without a scale, amounts are properties. */
const split = (
  fields: Fields,
  params: Readonly<Record<string, unknown>>,
  scale: number,
): readonly [known: Wire, properties: Wire] => {
  let known: Wire;
  let properties: Wire;
  for (const [name, given] of Object.entries(params)) {
    // Nested values hide identifiers; the wire has no place for them.
    if (/object|function|undefined/.test(typeof given)) continue;
    const short = fields[name];
    const text = String(given).slice(0, TEXT_CHARS_MAX);
    let value: string | number = text;
    if (name === 'quantity') value = Number(given);
    if (AMOUNTS.test(name)) value = Math.round(Number(given) * scale);
    if (short && !Number.isNaN(value)) known = { ...known, [short]: value };
    else properties = { ...properties, [name]: isPlain(given) ? given : text };
  }
  return [known, properties];
};

/** Reads the parameters of any event; what the wire can't carry is left out, never the event. */
export const readParams = (params: EventParams): Sparse<Pick<WireEvent, 'm' | 'p'>> => {
  const { currency, maximumFractionDigits = Number.NaN } = moneyOf(params.currency) ?? {};
  const scale = 10 ** maximumFractionDigits;
  const [commerce, p] = split(COMMERCE_FIELDS, { ...params, currency }, scale);
  const items = params.items
    ?.slice(0, ITEMS_KEPT_MAX)
    .map((item) => split(ITEM_FIELDS, item, scale)[0])
    .filter((item) => item?.['i']);
  return { m: items ? { ...commerce, l: items as unknown as readonly WireItem[] } : commerce, p };
};
