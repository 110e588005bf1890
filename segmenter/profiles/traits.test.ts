import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../contract/index.ts';
import { anEvent, stateOf, T0 } from '../testing.ts';
import type { FoldedEvent } from './fold.ts';
import { mainCurrency, TRAITS } from './traits.ts';

const traitOf = (id: string, events: readonly FoldedEvent[], asOf = T0 + 10 * DAY_MS): number | undefined =>
  TRAITS.find((trait) => trait.id === id)?.of(stateOf(events), { asOf, currency: 'GBP' });
const purchase = (over: Partial<FoldedEvent> = {}): FoldedEvent =>
  anEvent({ name: 'purchase', currency: 'GBP', value: 1_000, items: [{ id: 'a', quantity: 2 }], ...over });
const refund = (over: Partial<FoldedEvent> = {}): FoldedEvent => anEvent({ name: 'refund', currency: 'GBP', ...over });

describe('traits', () => {
  it('are each declared once', () => {
    expect(new Set(TRAITS.map(({ id }) => id)).size).toBe(TRAITS.length);
  });

  const key = 'a'.repeat(24);
  it.each<[id: string, why: string, events: FoldedEvent[], expected: number | undefined]>([
    ['recency_days', 'days since the last event', [anEvent(), anEvent({ at: T0 + DAY_MS })], 9],
    ['recency_days', '0 for an event after the reference instant', [anEvent({ at: T0 + 11 * DAY_MS })], 0],
    ['tenure_days', 'days since the first event', [anEvent(), anEvent({ at: T0 + DAY_MS })], 10],
    ['frequency', 'no order is 0 orders', [anEvent()], 0],
    ['monetary_minor', 'no order is no money', [anEvent()], 0],
    ['monetary_minor', 'revenue less refunds', [purchase(), purchase(), refund({ value: 300 })], 1_700],
    ['monetary_minor', 'other currencies are not converted', [purchase(), purchase({ currency: 'EUR' })], 1_000],
    ['monetary_minor', 'missing where no order has an amount', [anEvent({ name: 'purchase' })], undefined],
    [
      'monetary_minor',
      'a refund without an amount is the whole order',
      [purchase({ orderKey: key }), refund({ orderKey: key })],
      0,
    ],
    ['average_order_minor', 'missing without orders', [anEvent()], undefined],
    ['average_order_minor', 'before refunds', [purchase(), refund({ value: 500 })], 1_000],
    ['refund_share', 'at most 1', [purchase(), refund({ value: 9_000 })], 1],
    ['refund_share', 'missing without revenue', [refund({ value: 1 })], undefined],
    ['items_bought', 'quantities', [purchase(), purchase()], 4],
    ['categories', 'missing where no item tells one', [purchase()], undefined],
    [
      'categories',
      'distinct over views and orders',
      [
        anEvent({ name: 'view_item', items: [{ id: 'a', category: 'x' }] }),
        purchase({
          items: [
            { id: 'a', category: 'x' },
            { id: 'b', category: 'y' },
          ],
        }),
      ],
      2,
    ],
    ['price_affinity_minor', 'missing where nothing tells a price', [purchase()], undefined],
    [
      'price_affinity_minor',
      'mean price of one, looked at or bought, whatever the quantity',
      [
        anEvent({ name: 'view_item', currency: 'GBP', items: [{ id: 'a', price: 100 }, { id: 'b' }] }),
        anEvent({ name: 'view_item', currency: 'EUR', items: [{ id: 'a', price: 9_000 }] }),
        purchase({ items: [{ id: 'a', price: 400, quantity: 7 }] }),
      ],
      250,
    ],
    ['discount_share', 'missing without orders', [anEvent()], undefined],
    ['discount_share', '0 where no order tells of a discount', [purchase()], 0],
    ['discount_share', 'of the full price', [purchase({ value: 750, discount: 250 })], 0.25],
    [
      'discount_share',
      'the discounts of items where the order tells none',
      [purchase({ value: 800, items: [{ id: 'a', discount: 100, quantity: 2 }] })],
      0.2,
    ],
    ['interest_points', '0 without any', [anEvent()], 0],
    [
      'interest_points',
      '1 for a view, 3 for the cart, 5 for what was bought, an order once',
      [
        anEvent({ name: 'view_item', at: T0 + 10 * DAY_MS, items: [{ id: 'a', category: 'x' }] }),
        anEvent({ name: 'add_to_cart', at: T0 + 10 * DAY_MS, items: [{ id: 'a', category: 'x' }] }),
        purchase({ at: T0 + 10 * DAY_MS, orderKey: key, items: [{ id: 'a', category: 'y' }] }),
        purchase({ at: T0 + 11 * DAY_MS, orderKey: key, items: [{ id: 'a', category: 'y' }] }),
      ],
      9,
    ],
    [
      'interest_points',
      'half after four weeks, nothing after 26',
      [T0 - 18 * DAY_MS, T0 - 190 * DAY_MS].map((at) =>
        anEvent({ name: 'view_item', at, items: [{ id: 'a', category: 'x' }] }),
      ),
      0.5,
    ],
    [
      'interest_focus',
      'what the first category has of all',
      ['x', 'x', 'x', 'y'].map((category) => anEvent({ name: 'view_item', items: [{ id: 'a', category }] })),
      0.75,
    ],
    ['topic_focus', 'missing where no page tells a topic', [anEvent()], undefined],
    [
      'topic_focus',
      'what the first topic has',
      [anEvent({ topics: ['tea', 'garden'] }), anEvent({ topics: ['tea'] })],
      2 / 3,
    ],
    ['days_between_orders', 'missing for one order', [purchase()], undefined],
    [
      'days_between_orders',
      'mean over the gaps',
      [purchase(), purchase({ at: T0 + DAY_MS }), purchase({ at: T0 + 4 * DAY_MS })],
      2,
    ],
    ['peak_weekday_share', 'the busiest day', [anEvent(), anEvent(), anEvent({ at: T0 + DAY_MS })], 2 / 3],
  ])('%s: %s', (id, _why, events, expected) => {
    const value = traitOf(id, events);
    if (expected === undefined) expect(value).toBeUndefined();
    else expect(value).toBeCloseTo(expected, 12);
  });

  it('the main currency has most orders, ties go by alphabet, no currency is none', () => {
    expect(
      mainCurrency(
        new Map([
          ['GBP', 2],
          ['EUR', 2],
          ['', 9],
        ]),
      ),
    ).toBe('EUR');
    expect(mainCurrency(new Map([['', 3]]))).toBeUndefined();
  });
});
