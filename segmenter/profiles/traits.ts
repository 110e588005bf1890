// segmenter/profiles/traits.ts: the catalogue of traits: each computed from a profile's state, declared once.
//
// The order is the priority: of two traits that say the same (collinear), the earlier one is kept for clustering.
import type { TraitUnit } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import { countSessions } from '../../core/index.ts';
import type { TraitContext } from './measures.ts';
import {
  categoryCount,
  dayOf,
  discountShare,
  meanPrice,
  named,
  peakShare,
  purchaseTimes,
  ratio,
  refunded,
  revenue,
  sum,
  thousandthsBought,
  topShare,
} from './measures.ts';
import type { ProfileState } from './state.ts';
import { byCodeUnits } from './order.ts';
import { fadedCounts } from './recent-weeks.ts';
import { interestsOf } from './interests.ts';

/** One computed field of a profile. */
export interface Trait {
  readonly id: string;
  readonly unit: TraitUnit;
  /** What it is, in a sentence for the documentation and the console. */
  readonly description: string;
  /** Traits of one family say much the same in words; a label uses one of them. */
  readonly family: string;
  /** `log` for amounts and counts with a long tail. */
  readonly scale: 'linear' | 'log';
  /** Whether clusters may be made from it. */
  readonly clusters: boolean;
  /** Whether it changes with time alone though it is not counted in days. */
  readonly fades?: true;
  /** How a segment that is high or low in it is called; an empty word is never used. */
  readonly words: { readonly high: string; readonly low: string };
  /** What is compared, as in "more …" or "fewer …". */
  readonly phrase: { readonly high: string; readonly low: string };
  /** Undefined where the profile does not say: absent is not 0. */
  readonly of: (state: ProfileState, context: TraitContext) => number | undefined;
}

/** The catalogue. */
export const TRAITS: readonly Trait[] = [
  {
    id: 'recency_days',
    unit: 'days',
    description: 'Whole UTC days since the last event of any kind.',
    family: 'recency',
    scale: 'log',
    clusters: true,
    words: { high: 'lapsed', low: 'recent' },
    phrase: { high: 'longer since the last visit', low: 'seen more recently' },
    of: (state, { asOf }) => Math.max(0, dayOf(asOf) - dayOf(state.lastAt)),
  },
  {
    id: 'frequency',
    unit: 'count',
    description: 'Orders; a purchase sent again with the same order id counts once.',
    family: 'frequency',
    scale: 'log',
    clusters: true,
    words: { high: 'frequent', low: 'occasional' },
    phrase: { high: 'more orders', low: 'fewer orders' },
    of: (state) => state.orders.size,
  },
  {
    id: 'monetary_minor',
    unit: 'minor_units',
    description: "Revenue minus refunds in the site's main currency; 0 without orders.",
    family: 'spend',
    scale: 'log',
    clusters: true,
    words: { high: 'big-spending', low: 'low-spending' },
    phrase: { high: 'more money spent', low: 'less money spent' },
    of: (state, context) => {
      const gross = revenue(state, context);
      return gross === undefined ? undefined : gross.minor - refunded(state, context);
    },
  },
  {
    id: 'average_order_minor',
    unit: 'minor_units',
    description: "Mean revenue of an order in the site's main currency, before refunds.",
    family: 'order size',
    scale: 'log',
    clusters: true,
    words: { high: 'large-order', low: 'small-order' },
    phrase: { high: 'larger orders', low: 'smaller orders' },
    of: (state, context) => {
      const gross = revenue(state, context);
      return ratio(gross?.minor, gross?.orders);
    },
  },
  {
    id: 'tenure_days',
    unit: 'days',
    description: 'Whole UTC days since the first event.',
    family: 'tenure',
    scale: 'linear',
    clusters: true,
    words: { high: 'long-standing', low: 'new' },
    phrase: { high: 'known for longer', low: 'known for a shorter time' },
    of: (state, { asOf }) => Math.max(0, dayOf(asOf) - dayOf(state.firstAt)),
  },
  {
    id: 'refund_share',
    unit: 'share',
    description: "Money refunded as a share of revenue, at most 1, in the site's main currency.",
    family: 'refunds',
    scale: 'linear',
    clusters: true,
    words: { high: 'refund-prone', low: '' },
    phrase: { high: 'a larger share refunded', low: 'a smaller share refunded' },
    of: (state, context) => {
      const share = ratio(refunded(state, context), revenue(state, context)?.minor);
      return share === undefined ? undefined : Math.min(1, share);
    },
  },
  {
    id: 'views',
    unit: 'count',
    description: 'Page views and item views.',
    family: 'views',
    scale: 'log',
    clusters: true,
    words: { high: 'browsing', low: 'quick' },
    phrase: { high: 'more views', low: 'fewer views' },
    of: (state) => named(state, 'page_view', 'view_item'),
  },
  {
    id: 'cart_adds',
    unit: 'count',
    description: 'Times something was put into the cart.',
    family: 'carts',
    scale: 'log',
    clusters: true,
    words: { high: 'cart-filling', low: '' },
    phrase: { high: 'more put into the cart', low: 'less put into the cart' },
    of: (state) => named(state, 'add_to_cart'),
  },
  {
    id: 'sessions',
    unit: 'count',
    description: 'Sessions: 30 minutes without an event or UTC midnight ends one.',
    family: 'frequency',
    scale: 'log',
    clusters: true,
    words: { high: 'often-visiting', low: 'rarely visiting' },
    phrase: { high: 'more sessions', low: 'fewer sessions' },
    of: (state) => countSessions(state.sessions),
  },
  {
    id: 'active_days',
    unit: 'count',
    description: 'UTC days with at least one event.',
    family: 'frequency',
    scale: 'log',
    clusters: true,
    words: { high: 'often-visiting', low: 'rarely visiting' },
    phrase: { high: 'more active days', low: 'fewer active days' },
    of: (state) => state.sessions.size,
  },
  {
    id: 'items_bought',
    unit: 'count',
    description: 'Quantity of items over all orders; 0 without orders.',
    family: 'spend',
    scale: 'log',
    clusters: true,
    words: { high: 'many-item', low: 'few-item' },
    phrase: { high: 'more items bought', low: 'fewer items bought' },
    of: (state) => thousandthsBought(state) / 1_000,
  },
  {
    id: 'lines_per_order',
    unit: 'count',
    description: 'Mean number of different lines in an order.',
    family: 'variety',
    scale: 'log',
    clusters: true,
    words: { high: 'wide-basket', low: 'narrow-basket' },
    phrase: { high: 'more different items an order', low: 'fewer different items an order' },
    of: (state) => ratio(sum([...state.orders.values()].map((order) => order.lines)), state.orders.size),
  },
  {
    id: 'categories',
    unit: 'count',
    description: 'Distinct categories of items viewed, put into the cart or bought.',
    family: 'interests',
    scale: 'log',
    clusters: true,
    words: { high: 'wide-interest', low: 'single-interest' },
    phrase: { high: 'more categories', low: 'fewer categories' },
    of: categoryCount,
  },
  {
    id: 'days_between_orders',
    unit: 'days',
    description: 'Mean days between an order and the next; needs two orders.',
    family: 'rhythm',
    scale: 'log',
    clusters: true,
    words: { high: 'slow-rhythm', low: 'quick-rhythm' },
    phrase: { high: 'longer between orders', low: 'shorter between orders' },
    of: (state) => {
      const times = purchaseTimes(state);
      return times === undefined ? undefined : ratio((times.last - times.first) / DAY_MS, state.orders.size - 1);
    },
  },
  {
    id: 'purchase_recency_days',
    unit: 'days',
    description: 'Whole UTC days since the last order.',
    family: 'recency',
    scale: 'log',
    clusters: true,
    words: { high: 'lapsed', low: 'recent' },
    phrase: { high: 'longer since the last order', low: 'ordered more recently' },
    of: (state, { asOf }) => {
      const times = purchaseTimes(state);
      return times === undefined ? undefined : Math.max(0, dayOf(asOf) - dayOf(times.last));
    },
  },
  // What follows describes and makes no clusters: each trait that does widens the noise on all of their means (P3).
  {
    id: 'price_affinity_minor',
    unit: 'minor_units',
    description:
      "Price affinity: mean price of one item looked at, put into the cart or bought, in the site's main currency.",
    family: 'prices',
    scale: 'log',
    clusters: false,
    words: { high: '', low: '' },
    phrase: { high: 'dearer items', low: 'cheaper items' },
    of: meanPrice,
  },
  {
    id: 'discount_share',
    unit: 'share',
    description: "Share of full prices that discounts took off, over orders in the site's main currency.",
    family: 'discounts',
    scale: 'linear',
    clusters: false,
    words: { high: '', low: '' },
    phrase: { high: 'more bought at a discount', low: 'less bought at a discount' },
    of: discountShare,
  },
  {
    id: 'interest_points',
    unit: 'count',
    description:
      'Interest in categories: 1 for an item looked at, 3 for one put into the cart, 5 for one bought; half after four weeks, none after 26.',
    family: 'interests',
    scale: 'log',
    fades: true,
    clusters: false,
    words: { high: '', low: '' },
    phrase: { high: 'more interest of late', low: 'less interest of late' },
    of: (state, { asOf }) => sum(interestsOf(state, asOf).values()),
  },
  {
    id: 'interest_focus',
    unit: 'share',
    description: 'Share of the interest that the first category has.',
    family: 'interests',
    scale: 'linear',
    fades: true,
    clusters: false,
    words: { high: '', low: '' },
    phrase: { high: 'more set on one category', low: 'less set on one category' },
    of: (state, { asOf }) => topShare(interestsOf(state, asOf)),
  },
  {
    id: 'topic_focus',
    unit: 'share',
    description:
      'Share of page views by topic (words of paths and titles, faded like interests) that the first topic has.',
    family: 'topics',
    scale: 'linear',
    fades: true,
    clusters: false,
    words: { high: '', low: '' },
    phrase: { high: 'more set on one topic', low: 'less set on one topic' },
    of: (state, { asOf }) => topShare(fadedCounts(state.topics, asOf)),
  },
  {
    id: 'sources',
    unit: 'count',
    description: 'Where the events came from: how many sources, such as web, app and crm, the profile is fused from.',
    family: 'sources',
    scale: 'linear',
    // It says how much is known of somebody, not what they are like.
    clusters: false,
    words: { high: '', low: '' },
    phrase: { high: 'known from more sources', low: 'known from fewer sources' },
    of: (state) => state.sources.size,
  },
  // The shares below are 1 for everybody with a single event, so they describe but don't make clusters.
  {
    id: 'peak_hour_share',
    unit: 'share',
    description: 'Share of events in the busiest UTC hour of the day.',
    family: 'hours',
    scale: 'linear',
    clusters: false,
    words: { high: '', low: '' },
    phrase: { high: 'more bound to one hour', low: 'less bound to one hour' },
    of: (state) => peakShare(state.hours),
  },
  {
    id: 'peak_weekday_share',
    unit: 'share',
    description: 'Share of events on the busiest UTC weekday.',
    family: 'weekdays',
    scale: 'linear',
    clusters: false,
    words: { high: '', low: '' },
    phrase: { high: 'more bound to one weekday', low: 'less bound to one weekday' },
    of: (state) => peakShare(state.weekdays),
  },
];

/** The currency of most orders, ties to the first by alphabet; undefined where no order names one. */
export function mainCurrency(orders: ReadonlyMap<string, number>): string | undefined {
  const ranked = [...orders].filter(([currency]) => currency !== '');
  return ranked.sort((a, b) => b[1] - a[1] || byCodeUnits(a[0], b[0]))[0]?.[0];
}
