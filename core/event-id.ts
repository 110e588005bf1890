// core/event-id.ts: what is kept of an event's id: enough to know it again, nothing of the clock that made it (C1).
import type { EventId } from '../contract/index.ts';

/** Hex digits of the id's time that stay: steps of 2^28 ms, 3.1 days, so that ids of one time lie together in the index. */
const TIME_DIGITS_KEPT = 5;
const TIME_DIGITS = 12;

/**
 * The stored form of an event id: 32 hex digits, its time coarsened.
 *
 * A UUIDv7 holds the device's own clock to the millisecond while the event's time is corrected by ours; the difference is
 * the clock's error, which stays the same for weeks and would link the days of a visitor who did not agree. The 72 random
 * bits and more that remain tell events apart; the same id always gives the same stored form, so retries are known (D1).
 */
export const storedEventId = (id: EventId): string => {
  const hex = id.replaceAll('-', '');
  return hex.slice(0, TIME_DIGITS_KEPT) + '0'.repeat(TIME_DIGITS - TIME_DIGITS_KEPT) + hex.slice(TIME_DIGITS);
};
