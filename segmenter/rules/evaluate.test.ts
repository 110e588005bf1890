// segmenter/rules/evaluate.test.ts: a rule asked of a profile answers what the visitor's events say, counted one by one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../contract/index.ts';
import { DAY_MS, HOUR_MS } from '../../contract/index.ts';
import type { FoldedEvent } from '../profiles/fold.ts';
import { mergeStates } from '../profiles/fold.ts';
import { decodeState, encodeState } from '../profiles/state.ts';
import { anEvent, eventsArb, stateOf, T0 } from '../testing.ts';
import { fulfils, isTimed } from './evaluate.ts';

const asOf = T0 + 4 * DAY_MS;
const holds = (condition: Condition, events: readonly FoldedEvent[], segments: readonly string[] = []): boolean =>
  fulfils(
    condition,
    // As a stored profile is asked, not the one in memory.
    { state: decodeState(encodeState(stateOf(events))), isIn: (id) => segments.includes(id) },
    { asOf, currency: 'GBP' },
  );

describe('a rule asked of a profile', () => {
  const someEvents = eventsArb.filter((events) => events.length > 0);
  const name = fc.constantFrom('page_view', 'view_item', 'add_to_cart', 'purchase', 'constructor');
  const window = fc.integer({ min: 1, max: 6 });
  const inWindow = (event: FoldedEvent, days: number): boolean =>
    Math.floor(event.at / DAY_MS) > Math.floor(asOf / DAY_MS) - days;

  it('counts events in a window of UTC days as they came', () => {
    const law = fc.property(someEvents, name, window, fc.nat(4), (events, event, within_days, times) => {
      const count = events.filter((one) => one.name === event && inWindow(one, within_days)).length;
      expect(holds({ event, within_days, at_least: times }, events)).toBe(count >= times);
      expect(holds({ event, within_days, at_most: times }, events)).toBe(count <= times);
      expect(holds({ event, within_days }, events)).toBe(count > 0);
      expect(holds({ event }, events)).toBe(events.some((one) => one.name === event));
    });
    fc.assert(law, { numRuns: 300 });
  });

  it('finds a second event after a first, to the millisecond', () => {
    const law = fc.property(someEvents, name, name, window, (events, first, second, within_days) => {
      const inside = events.filter((one) => inWindow(one, within_days));
      const follows = inside.some((a) => a.name === first && inside.some((b) => b.name === second && b.at > a.at));
      expect(holds({ sequence: [first, second], within_days }, events)).toBe(follows);
    });
    fc.assert(law, { numRuns: 300 });
  });

  it('answers the same however the profile came about', () => {
    const law = fc.property(someEvents, fc.nat(), name, window, (events, at, event, within_days) => {
      const cut = 1 + (at % events.length);
      const merged = stateOf(events.slice(cut));
      mergeStates(merged, stateOf(events.slice(0, cut)));
      const context = { asOf, currency: 'GBP' };
      const condition: Condition = { any: [{ event, within_days, at_least: 2 }, { consent: 'share' }] };
      expect(fulfils(condition, { state: merged, isIn: () => false }, context)).toBe(holds(condition, events));
    });
    fc.assert(law);
  });

  it('looks at traits, categories, segments and the latest consent', () => {
    const events = [
      anEvent({ at: T0, purposes: 15 }),
      anEvent({ name: 'view_item', at: T0 + HOUR_MS, items: [{ id: 'a', category: 'tea' }] }),
      anEvent({ name: 'purchase', at: T0 + DAY_MS, purposes: 6, items: [{ id: 'a', category: 'tea', quantity: 2 }] }),
    ];
    expect(holds({ trait: 'recency_days', at_least: 3, at_most: 3 }, events)).toBe(true);
    expect(holds({ trait: 'recency_days', at_most: 2 }, events)).toBe(false);
    expect(holds({ trait: 'average_order_minor', known: false }, events)).toBe(true);
    expect(holds({ trait: 'average_order_minor', at_most: 1e9 }, events)).toBe(false);
    expect(holds({ category: 'tea', of: 'viewed' }, events)).toBe(true);
    expect(holds({ category: 'tea', of: 'interest', at_least: 5, at_most: 6 }, events)).toBe(true);
    expect(holds({ category: 'mugs', of: 'interest' }, events)).toBe(false);
    expect(holds({ topic: 'garden' }, [anEvent({ topics: ['garden'] })])).toBe(true);
    expect(holds({ topic: 'garden' }, events)).toBe(false);
    expect(holds({ topic: 'garden', at_most: 0 }, events)).toBe(true);
    expect(holds({ category: 'tea', of: 'bought', at_least: 2 }, events)).toBe(false);
    expect(holds({ segment: 'big' }, events, ['big'])).toBe(true);
    expect(holds({ segment: 'big' }, events)).toBe(false);
    expect(holds({ consent: 'personalise' }, events)).toBe(true);
    expect(holds({ consent: 'share' }, events)).toBe(false);
    expect(holds({ all: [{ event: 'purchase' }, { not: { event: 'refund' } }] }, events)).toBe(true);
  });

  it('knows what time alone can change, and what it hangs on', () => {
    const timed: Condition = {
      all: [{ segment: 'a' }, { not: { any: [{ event: 'x', within_days: 3 }, { segment: 'b' }] } }],
    };
    expect(isTimed(timed)).toBe(true);
    expect(isTimed({ any: [{ event: 'x' }, { trait: 'frequency' }, { consent: 'share' }] })).toBe(false);
    expect(isTimed({ trait: 'recency_days' })).toBe(true);
    expect(isTimed({ trait: 'interest_focus' })).toBe(true);
    expect(isTimed({ topic: 'garden' })).toBe(true);
    expect(isTimed({ category: 'tea', of: 'interest' })).toBe(true);
    expect(isTimed({ category: 'tea', of: 'viewed' })).toBe(false);
  });
});
