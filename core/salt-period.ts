// core/salt-period.ts: when salts open, close and must be gone (P2).
import type { EpochMs } from '../contract/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../contract/index.ts';

/** `day`: keys without consent, gone with the day. `long`: keys of visitors who agreed. */
export type SaltUse = 'day' | 'long';

/** The stretch of time a salt is used for; `closesAt` is exclusive, at `destroyAt` the salt must not exist any more. */
export interface SaltPeriod {
  readonly use: SaltUse;
  readonly opensAt: EpochMs;
  readonly closesAt: EpochMs;
  readonly destroyAt: EpochMs;
}

/** How long after its day a day salt still serves late events. */
export const DAY_SALT_GRACE_MS: number = 2 * HOUR_MS;
/** A long salt's life: 13 months as 395 days, the longest a first-party id may live. */
export const LONG_SALT_MS: number = 395 * DAY_MS;

/** How long a long salt lives on beside the one that follows it: who comes back within this time stays known. */
export const ROTATION_OVERLAP_MS: number = 30 * DAY_MS;
/** The longest overlap: whoever can open both salts can tie a visitor's two keys together for that long. */
export const ROTATION_OVERLAP_MS_MAX: number = 90 * DAY_MS;
/** From the moment a following salt is made until it is used: every process must have seen it by then. */
export const ROTATION_LEAD_MS: number = 2 * MINUTE_MS;

/** The period of a salt that follows another one from `opensAt` on. */
export const followingPeriod = (opensAt: number): SaltPeriod => {
  const closesAt = (opensAt + LONG_SALT_MS) as EpochMs;
  return { use: 'long', opensAt: opensAt as EpochMs, closesAt, destroyAt: closesAt };
};

const startOfDay = (at: EpochMs): number => at - (at % DAY_MS);

/** The period an instant falls in: its UTC day, or for `long` the 395 days from the start of that day. */
export function saltPeriodAt(use: SaltUse, at: EpochMs): SaltPeriod {
  const opensAt = startOfDay(at);
  const closesAt = opensAt + (use === 'day' ? DAY_MS : LONG_SALT_MS);
  const destroyAt = use === 'day' ? closesAt + DAY_SALT_GRACE_MS : closesAt;
  return { use, opensAt: opensAt as EpochMs, closesAt: closesAt as EpochMs, destroyAt: destroyAt as EpochMs };
}

/** Whether the day salt of an event may still exist: its day is today, or yesterday within the grace. */
export const daySaltLives = (eventAt: EpochMs, now: EpochMs): boolean => saltPeriodAt('day', eventAt).destroyAt > now;
