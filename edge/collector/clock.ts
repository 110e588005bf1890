// edge/collector/clock.ts: corrects a client's clock and decides which instants are still taken.
import type { EpochMs, Result } from '../../contract/index.ts';
import { DAY_MS, err, MINUTE_MS, ok } from '../../contract/index.ts';

/** Difference below which a clock counts as right: network and queueing take this long anyway. */
export const SKEW_MS_MIN = 5_000;
/** A clock further off than this can't be trusted to have counted the seconds between events either. */
export const SKEW_MS_MAX: number = 30 * DAY_MS;
/** How old an event may be when it arrives. */
export const EVENT_AGE_MS_MAX: number = DAY_MS;
/** How far ahead of us an event may lie after correction. */
export const EVENT_AHEAD_MS_MAX: number = 5 * MINUTE_MS;

/** Why an event's time was refused: `clock_off` and `in_future` are invalid, `too_old` is late. */
export type TimeRefusal = 'clock_off' | 'in_future' | 'too_old';

/** The event's time by our clock: moved by the difference between the message's send time and its arrival. */
export function eventTime(at: EpochMs, sentAt: EpochMs, now: EpochMs): Result<EpochMs, TimeRefusal> {
  const skew = now - sentAt;
  if (Math.abs(skew) > SKEW_MS_MAX) return err('clock_off');
  return withinWindow((Math.abs(skew) < SKEW_MS_MIN ? at : at + skew) as EpochMs, now);
}

function withinWindow(at: EpochMs, now: EpochMs): Result<EpochMs, TimeRefusal> {
  if (at > now + EVENT_AHEAD_MS_MAX || at < 0) return err('in_future');
  return now - at > EVENT_AGE_MS_MAX ? err('too_old') : ok(at);
}

/** The time of an imported event: history is taken as it is, only the future is refused. */
export const importedTime = (at: EpochMs, now: EpochMs): Result<EpochMs, TimeRefusal> =>
  at > now + EVENT_AHEAD_MS_MAX ? err('in_future') : ok(at);
