// edge/api/privacy/access-values.ts: values of an access file as a person reads them: money in its currency, times, items.
import type { Item } from '../../../contract/index.ts';
import type { AccessEvent } from './access-file.ts';
import type { FileLanguage, FileText } from './access-words.ts';
import { inLanguage } from './access-words.ts';
import type { ExplainedTrait } from './needs.ts';

const localeOf = (language: FileLanguage): string => (language === 'zh' ? 'zh-CN' : 'en-GB');

/** An ISO instant to the second, as `2026-11-30 14:05:09`. */
export const instantOf = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

/** Money of minor units, in its currency; the bare number where the currency is not known. Empty where there is none. */
export function amountOf(minor: number | undefined, currency: string | undefined, language: FileLanguage): string {
  if (minor === undefined) return '';
  if (currency === undefined || !/^[A-Z]{3}$/.test(currency))
    return `${minor} ${inLanguage(language, ['in the smallest unit of its currency', '（货币最小单位）'])}`;
  const format = new Intl.NumberFormat(localeOf(language), { style: 'currency', currency });
  const { maximumFractionDigits = 2 } = format.resolvedOptions();
  return format.format(minor / 10 ** maximumFractionDigits);
}

const UNITS: Readonly<Record<string, FileText>> = { days: ['days', '天'], count: ['', ''] };

/** A trait's value with its unit in words. */
export function traitValueOf({ value, unit, currency }: ExplainedTrait, language: FileLanguage): string {
  if (typeof value !== 'number') return String(value);
  if (unit === 'minor_units') return amountOf(Math.round(value), currency, language);
  const number = new Intl.NumberFormat(localeOf(language), {
    maximumFractionDigits: 2,
    ...(unit === 'share' ? ({ style: 'percent', maximumFractionDigits: 1 } as const) : {}),
  }).format(value);
  const words = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  return words === undefined ? number : `${number} ${inLanguage(language, words)}`.trim();
}

const LABELS: Readonly<Record<string, FileText>> = {
  referrer: ['Came from', '来源网站'],
  campaign: ['Campaign', '推广参数'],
  orderKey: ['Pseudonym of the order', '订单化名'],
  coupon: ['Coupon', '优惠券'],
  tax: ['Tax', '税费'],
  shipping: ['Shipping', '运费'],
  discount: ['Discount', '折扣'],
  country: ['Country', '国家'],
  region: ['Region', '地区'],
  device: ['Device', '设备'],
  browser: ['Browser', '浏览器'],
  os: ['System', '系统'],
  language: ['Language', '语言'],
  timeZone: ['Time zone', '时区'],
  channel: ['Channel', '渠道'],
  source: ['Sent by', '发送方'],
  policyVersion: ['Version of the policy', '政策版本'],
};
const MONEY = ['tax', 'shipping', 'discount'] as const;
const TEXTS = ['referrer', 'campaign', 'orderKey', 'coupon', 'policyVersion'] as const;

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null && 'id' in value;

function itemLine(item: Item, currency: string | undefined, language: FileLanguage): string {
  const { id, name, brand, category, variant, price, quantity = 1, discount } = item;
  const what = [name ?? id, variant, brand, category].filter(Boolean).join(', ');
  const each = price === undefined ? '' : `, ${amountOf(price, currency, language)}`;
  const off =
    discount === undefined
      ? ''
      : `, ${inLanguage(language, ['less', '优惠'])} ${amountOf(discount, currency, language)}`;
  return `${quantity} × ${what}${name === undefined ? '' : ` (${id})`}${each}${off}`;
}

/** Whatever else an event holds, a line each: labelled, and nothing of it left out. */
export function detailsOf(event: AccessEvent, language: FileLanguage): string[] {
  const labelled = (name: string, value: string): string => {
    const label = Object.hasOwn(LABELS, name) ? LABELS[name] : undefined;
    return `${label === undefined ? name.replaceAll('_', ' ') : inLanguage(language, label)}: ${value}`;
  };
  const { items, properties, context, currency } = event;
  const list: readonly unknown[] = Array.isArray(items) ? items : [];
  return [
    ...MONEY.flatMap((name) => {
      const amount = event[name];
      return amount === undefined ? [] : [labelled(name, amountOf(amount, currency, language))];
    }),
    ...list.map((item) => (isItem(item) ? itemLine(item, currency, language) : JSON.stringify(item))),
    ...TEXTS.flatMap((name) => {
      const text = event[name];
      return text === undefined ? [] : [labelled(name, String(text))];
    }),
    ...Object.entries(context ?? {}).map(([name, value]) => labelled(name, value)),
    ...(typeof properties === 'object' && properties !== null
      ? Object.entries(properties).map(([name, value]) => labelled(name, String(value)))
      : []),
  ];
}
