// core/clock-trust.ts: whether the clock may be believed before something is destroyed by it (ADR 0026).
//
// A clock that runs ahead destroys keys and rows that are still needed, for good; one that is behind only destroys late.
// So the latest instant that was believed is kept, and a reading far past it must prove itself.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../contract/index.ts';
import { DAY_SALT_GRACE_MS } from './salt-period.ts';

/** How far past the last believed instant a reading is believed at once: a day salt of a day that still goes on is out of its reach. */
export const CLOCK_STEP_MS_MAX: number = DAY_SALT_GRACE_MS;
/** How long readings must go on without another jump before a larger step is believed: longer than a machine takes to set its clock after a start. */
export const CLOCK_STEADY_MS: number = HOUR_MS - 15 * MINUTE_MS;
/** The longest step that time alone confirms: a server that stood still for longer needs the operator's word. */
export const CLOCK_GAP_MS_MAX: number = 7 * DAY_MS;

/** What is remembered of the clock, epoch ms. */
export interface ClockRecord {
  /** The latest instant that was believed. */
  readonly trustedAt: number;
  /** Readings past the step since then, while they are not believed: the first and the last. */
  readonly aheadSince?: number;
  readonly aheadLast?: number;
}

/** `ahead`: nothing may be destroyed by this clock. `behind`: it is before what was believed; what is due by it may go. */
export type ClockState = 'trusted' | 'ahead' | 'behind';

/** What a reading is worth, and what to remember of it. */
export interface ClockVerdict {
  readonly state: ClockState;
  /** How far the reading is past what was last believed; negative where it is before. */
  readonly leadMs: number;
  readonly record: ClockRecord;
}

/**
 * Judges a reading of the clock. A step ahead is believed after two readings or more that are {@link CLOCK_STEADY_MS} apart
 * with no gap between them, where it is no longer than {@link CLOCK_GAP_MS_MAX}. Nothing remembered: believed.
 */
export function judgeClock(record: ClockRecord | undefined, now: number): ClockVerdict {
  if (record === undefined) return { state: 'trusted', leadMs: 0, record: { trustedAt: now } };
  const { trustedAt, aheadSince, aheadLast } = record;
  const leadMs = now - trustedAt;
  if (leadMs < -CLOCK_STEP_MS_MAX) return { state: 'behind', leadMs, record: { trustedAt } };
  if (leadMs <= CLOCK_STEP_MS_MAX) {
    return { state: 'trusted', leadMs, record: { trustedAt: Math.max(trustedAt, now) } };
  }
  const goesOn =
    aheadSince !== undefined && aheadLast !== undefined && now >= aheadLast && now - aheadLast <= CLOCK_STEP_MS_MAX;
  const since = goesOn ? aheadSince : now;
  if (now - since >= CLOCK_STEADY_MS && since - trustedAt <= CLOCK_GAP_MS_MAX) {
    return { state: 'trusted', leadMs, record: { trustedAt: now } };
  }
  return { state: 'ahead', leadMs, record: { trustedAt, aheadSince: since, aheadLast: now } };
}
