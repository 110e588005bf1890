// console/app/trait-words.ts: traits in words and numbers that people read.
import type { Trait } from '../api/schemas.ts';
import type { Formats } from './formats.ts';
import type { Text } from './words.ts';

const NAMES: Readonly<Record<string, Text>> = {
  recency_days: ['Days since last visit', '距上次访问天数'],
  frequency: ['Orders', '订单数'],
  monetary_minor: ['Money spent', '消费金额'],
  average_order_minor: ['Average order', '平均订单金额'],
  tenure_days: ['Days since first visit', '距首次访问天数'],
  refund_share: ['Share refunded', '退款占比'],
  views: ['Views of products', '商品浏览数'],
  cart_adds: ['Added to cart', '加购次数'],
  sessions: ['Visits', '访问次数'],
  active_days: ['Days active', '活跃天数'],
  items_bought: ['Items bought', '购买件数'],
  lines_per_order: ['Products per order', '每单商品种数'],
  categories: ['Categories seen', '浏览品类数'],
  days_between_orders: ['Days between orders', '下单间隔天数'],
  purchase_recency_days: ['Days since last order', '距上次下单天数'],
  price_affinity_minor: ['Price of items looked for', '偏好商品价格'],
  discount_share: ['Share taken off by discounts', '折扣占比'],
  interest_points: ['Interest of late', '近期兴趣值'],
  interest_focus: ['Share of the first interest', '首要兴趣占比'],
  topic_focus: ['Share of the first topic', '首要主题占比'],
  sources: ['Sources used', '来源数'],
  predicted_value_minor: ['Expected spending, 90 days', '未来 90 天预期消费'],
  chance_purchase_7: ['Chance to buy in 7 days', '7 天内购买概率'],
  chance_purchase_30: ['Chance to buy in 30 days', '30 天内购买概率'],
  chance_churn_30: ['Chance not to come back in 30 days', '30 天内流失概率'],
  peak_hour_share: ['Share in the busiest hour', '最活跃时段占比'],
  peak_weekday_share: ['Share on the busiest weekday', '最活跃星期占比'],
};

/** A trait's name; the API's own, made readable, where this page knows no better. */
export function traitName(id: string): Text {
  const known = NAMES[id];
  if (known !== undefined) return known;
  const words = id.replace(/_(?:minor|days)$/, '').replaceAll('_', ' ');
  const readable = words.charAt(0).toUpperCase() + words.slice(1);
  return [readable, readable];
}

/** A trait's number with its unit. */
export function traitValue(
  { unit, currency }: Pick<Trait, 'unit' | 'currency'>,
  mean: number,
  formats: Formats,
): string {
  if (unit === 'share') return formats.percent(mean);
  if (unit === 'minor_units' && currency !== undefined) return formats.money(mean, currency);
  return formats.number(mean);
}

/** Ids of the traits that this page has words for. */
export const TRAIT_IDS: readonly string[] = Object.keys(NAMES);
