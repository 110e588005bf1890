import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../contract/index.ts';
import { anEvent, eventsArb, stateOf, T0 } from '../testing.ts';
import {
  CATEGORIES_MAX,
  CURRENCIES_MAX,
  EVENT_NAMES_MAX,
  mergeStates,
  ORDERS_MAX,
  PROFILE_BYTES_MAX,
  SOURCES_MAX,
} from './fold.ts';
import { WEEKS_KEPT } from './recent-weeks.ts';
import { decodeState, emptyState, encodeState } from './state.ts';

const encoded = (events: Parameters<typeof stateOf>[0]): string => encodeState(stateOf(events));
const someEvents = eventsArb.filter((events) => events.length > 0);
const shuffledSplit = someEvents.chain((events) =>
  fc.record({
    events: fc.constant(events),
    shuffled: fc.shuffledSubarray(events, { minLength: events.length }),
    cuts: fc.array(fc.nat(events.length), { maxLength: 4 }),
  }),
);

describe('M1: the same events give the same profile, byte for byte', () => {
  it('in any order and in any parts, merged in any order', () => {
    const law = fc.property(shuffledSplit, ({ events, shuffled, cuts }) => {
      const bounds = [0, ...cuts.sort((a, b) => a - b), shuffled.length];
      const parts = bounds.slice(1).map((end, i) => stateOf(shuffled.slice(bounds[i], end)));
      const forward = emptyState();
      for (const part of parts) mergeStates(forward, part);
      const backward = emptyState();
      for (const part of parts.reverse()) mergeStates(backward, part);
      expect(encodeState(forward)).toBe(encoded(events));
      expect(encodeState(backward)).toBe(encoded(events));
    });
    fc.assert(law, { numRuns: 300 });
  });

  it('when a stored profile is read and folded on', () => {
    const law = fc.property(someEvents, fc.nat(), (events, at) => {
      const cut = 1 + (at % events.length);
      const state = decodeState(encoded(events.slice(0, cut)));
      mergeStates(state, stateOf(events.slice(cut)));
      expect(encodeState(state)).toBe(encoded(events));
    });
    fc.assert(law);
  });

  it.each([
    { why: 'event names', max: EVENT_NAMES_MAX, of: (nth: number) => anEvent({ name: `n${nth}` }), held: 'names' },
    {
      why: 'categories',
      max: CATEGORIES_MAX,
      of: (nth: number) => anEvent({ name: 'view_item', items: [{ id: 'a', category: `c${nth}` }] }),
      held: 'viewed',
    },
    {
      why: 'currencies',
      max: CURRENCIES_MAX,
      of: (nth: number) => anEvent({ name: 'view_item', currency: `C${nth}`, items: [{ id: 'a', price: 1 }] }),
      held: 'prices',
    },
    {
      why: 'weeks of interest',
      max: WEEKS_KEPT,
      of: (nth: number) =>
        anEvent({ name: 'view_item', at: T0 + nth * 7 * DAY_MS, items: [{ id: 'a', category: `c${nth}` }] }),
      held: 'interests',
    },
    {
      why: 'weeks of topics',
      max: WEEKS_KEPT,
      of: (nth: number) => anEvent({ at: T0 + nth * 7 * DAY_MS, topics: ['garden'] }),
      held: 'topics',
    },
    {
      why: 'sources',
      max: SOURCES_MAX,
      of: (nth: number) => anEvent({ source: `s${'abcdefghijklmnopqrstuvwxyz'[nth]}` }),
      held: 'sources',
    },
    {
      why: 'orders',
      max: ORDERS_MAX,
      of: (nth: number) => anEvent({ name: 'purchase', at: T0 + (nth % 9), value: nth }),
      held: 'orders',
    },
  ] as const)('past the most $why too', ({ max, of, held }) => {
    const events = Array.from({ length: max + 3 }, (_, nth) => of(nth));
    const state = stateOf(events);
    expect(state[held].size).toBe(max);
    const merged = stateOf(events.slice(max / 2));
    mergeStates(merged, stateOf(events.slice(0, max / 2)));
    expect(encodeState(merged)).toBe(encodeState(state));
  });
});

describe('orders and refunds', () => {
  const order = '0'.repeat(24);

  it('counts a purchase sent twice with one order key once, as it was first', () => {
    const first = anEvent({ name: 'purchase', orderKey: order, value: 100 });
    const again = anEvent({ name: 'purchase', orderKey: order, value: 100, at: T0 + DAY_MS });
    expect([...stateOf([again, first]).orders.values()]).toMatchObject([{ at: T0, value: 100 }]);
  });

  it('counts purchases without an order key by themselves', () => {
    expect(stateOf([anEvent({ name: 'purchase' }), anEvent({ name: 'purchase' })]).orders.size).toBe(2);
  });

  it('counts two refunds of one order apart', () => {
    const refund = () => anEvent({ name: 'refund', orderKey: order, value: -40 });
    expect([...stateOf([refund(), refund()]).refunds.values()]).toMatchObject([{ value: 40 }, { value: 40 }]);
  });

  it.each([
    { why: 'the value that was sent', value: 5, items: [{ id: 'a', price: 100 }], expected: 5 },
    {
      why: 'prices times quantities where no value was sent',
      value: undefined,
      items: [{ id: 'a', price: 100, quantity: 3 }],
      expected: 300,
    },
    {
      why: 'nothing where a price is missing',
      value: undefined,
      items: [{ id: 'a', price: 100 }, { id: 'b' }],
      expected: null,
    },
    { why: 'nothing where there are no items', value: undefined, items: [], expected: null },
  ])('takes $why', ({ value, items, expected }) => {
    const event = anEvent({ name: 'purchase', items, ...(value === undefined ? {} : { value }) });
    expect([...stateOf([event]).orders.values()][0]?.value).toBe(expected);
  });
});

describe('hours and weekdays are UTC', () => {
  it('puts Monday 00:00 first and Sunday 23:59 last', () => {
    const state = stateOf([anEvent({ at: T0 }), anEvent({ at: T0 + 7 * DAY_MS - 1 })]);
    expect(state.weekdays).toEqual([1, 0, 0, 0, 0, 0, 1]);
    expect(state.hours.flatMap((events, hour) => (events > 0 ? [hour] : []))).toEqual([0, 23]);
    expect(stateOf([anEvent({ at: T0 + HOUR_MS })]).hours[1]).toBe(1);
  });
});

describe('M1: a profile has a largest size', () => {
  it('whatever one visitor sends, and the same whichever way it is put together', () => {
    const wide = '\u{1f600}'.repeat(150);
    const hostile = Array.from({ length: 2 * ORDERS_MAX }, (_, nth) => {
      const items = Array.from({ length: 30 }, (_unused, i) => ({ id: `p${i}`, category: `${nth % 97}-${i}${wide}` }));
      return ['purchase', 'view_item', 'refund', `custom_${nth}`].map((name, kind) =>
        anEvent({
          id: (nth * 4 + kind).toString(16).padStart(32, '0'),
          at: T0 + nth,
          name,
          orderKey: nth.toString(16).padStart(24, '0'),
          items,
        }),
      );
    }).flat();
    const whole = encodeState(stateOf(hostile));
    expect(new TextEncoder().encode(whole).length).toBeLessThanOrEqual(PROFILE_BYTES_MAX);
    const [evens, odds] = [0, 1].map((rest) => stateOf(hostile.filter((_, nth) => nth % 2 === rest)));
    if (evens === undefined || odds === undefined) throw new Error('two halves');
    mergeStates(odds, evens);
    expect(encodeState(odds)).toBe(whole);
  });
});
