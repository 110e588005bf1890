// core/event-id.test.ts: an event is known again by its id, and its clock is not (C1, D1).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventIdFrom } from '../contract/index.ts';
import { storedEventId } from './event-id.ts';

const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
const instant = fc.integer({ min: 0, max: 2 ** 47 });

describe('C1: the stored event id', () => {
  it('is the same for two clocks within one step of three days, whatever they show', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 2 ** 28 - 1 }), random, (at, within, bytes) => {
        const step = at - (at % 2 ** 28);
        expect(storedEventId(eventIdFrom(step + within, bytes))).toBe(storedEventId(eventIdFrom(step, bytes)));
      }),
    );
  });

  it('D1: keeps every random bit, so that two events stay two', () => {
    fc.assert(
      fc.property(instant, random, random, (at, one, other) => {
        const [a, b] = [eventIdFrom(at, one), eventIdFrom(at, other)];
        expect(storedEventId(a) === storedEventId(b)).toBe(a === b);
        expect(storedEventId(a)).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
  });
});
