// runtime/clock-log.ts: says once that the clock can't be believed and what to do, and once that it can again.
import { HOUR_MS } from '../contract/index.ts';
import type { ClockVerdict } from '../core/index.ts';
import type { Port } from '../edge/index.ts';

const ADVICE = {
  ahead:
    'The clock is ahead of everything seen so far: no salt and no row is destroyed by it. If it is wrong, set it. If it is right (the server stood still, or a backup was restored), nothing needs doing within 7 days of standing still, an hour of running is enough; past that say `hushtag clock accept`. Collecting goes on.',
  behind:
    'The clock is before what was believed: what is due goes late. If it is wrong, set it; if it was ahead before and is right now, say `hushtag clock accept`. Collecting goes on.',
} as const;

const stateOf = (counts: Readonly<Record<string, number>>): keyof typeof ADVICE | undefined => {
  if (counts['clock_ahead_hours'] !== undefined) return 'ahead';
  return counts['clock_behind_hours'] === undefined ? undefined : 'behind';
};

/** A look at the clock among the counts of a task: nothing where it is believed. */
export const clockCounts = ({ state, leadMs }: ClockVerdict): Readonly<Record<string, number>> =>
  state === 'trusted' ? {} : { [`clock_${state}_hours`]: Math.round(Math.abs(leadMs) / HOUR_MS) };

/** Told the counts of each look at the clock. */
export type SayClock = (counts: Readonly<Record<string, number>>) => void;

/** Makes what is told the counts of each look at the clock. */
export function createClockLog(log: Port['log']): SayClock {
  let said: keyof typeof ADVICE | undefined;
  return (counts) => {
    const state = stateOf(counts);
    if (state !== undefined && state !== said) {
      log('error', `clock_${state}`, { hours: counts[`clock_${state}_hours`] ?? 0, advice: ADVICE[state] });
    }
    if (state === undefined && said !== undefined) log('info', 'clock_believed');
    said = state;
  };
}
