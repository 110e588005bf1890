// segmenter/clusters/language.ts: what names and descriptions of clusters are put together from, in English and Chinese.
import type { Trait } from '../profiles/traits.ts';

/** How one language says what sets a cluster apart. */
export interface Language {
  /** A word for a group that is high or low in a trait; '' where there is none. */
  readonly word: (trait: Trait, isHigh: boolean) => string;
  /** The same as a comparison. */
  readonly phrase: (trait: Trait, isHigh: boolean) => string;
  /** A name of words, none for a group like everybody. */
  readonly name: (words: readonly string[], isBuying: boolean) => string;
  /** Numbers behind a phrase. @param overall of everybody, where it may be told. @param unit days, a currency, or ''. */
  readonly numbers: (own: string, overall: string | undefined, unit: string) => string;
  readonly days: string;
  readonly sentence: (phrases: readonly string[]) => string;
  readonly likeEverybody: string;
}

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** English, whose words stand in the catalogue of traits. */
export const ENGLISH: Language = {
  word: ({ words }, isHigh) => (isHigh ? words.high : words.low),
  phrase: ({ phrase }, isHigh) => (isHigh ? phrase.high : phrase.low),
  name: (words, isBuying) =>
    capitalised(`${words.length === 0 ? 'typical' : words.join(', ')} ${isBuying ? 'buyers' : 'visitors'}`),
  numbers: (own, overall, unit) =>
    ` (${own}${overall === undefined ? '' : ` against ${overall}`}${unit === '' ? '' : ` ${unit}`})`,
  days: 'days',
  sentence: (phrases) => `Compared with all profiled visitors: ${phrases.join(', ')}.`,
  likeEverybody: 'Close to all profiled visitors in every trait.',
};

/** Chinese words by trait: high and low as a word, high and low as a comparison. */
const CHINESE_WORDS: Readonly<Record<string, readonly [high: string, low: string, more: string, less: string]>> = {
  recency_days: ['久未到访', '近期到访', '距上次到访更久', '最近到访更近'],
  frequency: ['高频', '偶尔购买', '订单更多', '订单更少'],
  monetary_minor: ['高消费', '低消费', '消费金额更高', '消费金额更低'],
  average_order_minor: ['大额订单', '小额订单', '单笔金额更高', '单笔金额更低'],
  tenure_days: ['老', '新', '认识时间更长', '认识时间更短'],
  refund_share: ['退款较多', '', '退款占比更高', '退款占比更低'],
  views: ['浏览多', '浏览少', '浏览更多', '浏览更少'],
  cart_adds: ['加购多', '', '加购更多', '加购更少'],
  sessions: ['常来', '少来', '访问次数更多', '访问次数更少'],
  active_days: ['常来', '少来', '活跃天数更多', '活跃天数更少'],
  items_bought: ['件数多', '件数少', '购买件数更多', '购买件数更少'],
  lines_per_order: ['品项多样', '品项单一', '每单品项更多', '每单品项更少'],
  categories: ['兴趣广泛', '兴趣单一', '涉及品类更多', '涉及品类更少'],
  days_between_orders: ['复购慢', '复购快', '两次下单间隔更长', '两次下单间隔更短'],
  purchase_recency_days: ['久未下单', '近期下单', '距上次下单更久', '下单时间更近'],
  price_affinity_minor: ['', '', '偏好商品更贵', '偏好商品更便宜'],
  discount_share: ['', '', '折扣购买更多', '折扣购买更少'],
  interest_points: ['', '', '近期兴趣更高', '近期兴趣更低'],
  interest_focus: ['', '', '兴趣更集中于某一品类', '兴趣更分散'],
  topic_focus: ['', '', '浏览主题更集中', '浏览主题更分散'],
  sources: ['', '', '来自更多来源', '来自更少来源'],
  peak_hour_share: ['', '', '更集中于某一小时', '时段更分散'],
  peak_weekday_share: ['', '', '更集中于某一天', '星期分布更分散'],
};

/** Chinese. A trait that has no words here is passed over; a test sees to it that none is. */
export const CHINESE: Language = {
  word: ({ id }, isHigh) => CHINESE_WORDS[id]?.[isHigh ? 0 : 1] ?? '',
  phrase: ({ id }, isHigh) => CHINESE_WORDS[id]?.[isHigh ? 2 : 3] ?? '',
  name: (words, isBuying) => `${words.length === 0 ? '一般' : `${words.join('、')}的`}${isBuying ? '买家' : '访客'}`,
  numbers: (own, overall, unit) =>
    `（${own}${unit === '' ? '' : ` ${unit}`}${overall === undefined ? '' : `，总体 ${overall}`}）`,
  days: '天',
  sentence: (phrases) => `与全部有画像的访客相比：${phrases.join('、')}。`,
  likeEverybody: '各项特征都接近全部有画像的访客。',
};
