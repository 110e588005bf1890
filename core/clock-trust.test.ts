// core/clock-trust.test.ts: a clock that jumps ahead destroys nothing before it has proved itself (P2, D1).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../contract/index.ts';
import type { ClockRecord } from './clock-trust.ts';
import { CLOCK_GAP_MS_MAX, CLOCK_STEADY_MS, CLOCK_STEP_MS_MAX, judgeClock } from './clock-trust.ts';
import { saltPeriodAt } from './salt-period.ts';

const NOON = Date.UTC(2026, 2, 4, 12);
const believed: ClockRecord = { trustedAt: NOON };
/** Judges readings one after the other. @returns the states. */
const readings = (start: ClockRecord | undefined, ...times: readonly number[]): string[] => {
  let record = start;
  return times.map((now) => {
    const verdict = judgeClock(record, now);
    record = verdict.record;
    return verdict.state;
  });
};

describe('P2: a clock that can not be believed', () => {
  it.each([
    { why: 'one that goes on', leadMs: 15 * MINUTE_MS, state: 'trusted' },
    { why: 'exactly a step ahead', leadMs: CLOCK_STEP_MS_MAX, state: 'trusted' },
    { why: 'past a step ahead', leadMs: CLOCK_STEP_MS_MAX + 1, state: 'ahead' },
    { why: 'a day ahead', leadMs: DAY_MS, state: 'ahead' },
    { why: 'exactly a step behind', leadMs: -CLOCK_STEP_MS_MAX, state: 'trusted' },
    { why: 'past a step behind', leadMs: -CLOCK_STEP_MS_MAX - 1, state: 'behind' },
  ])('$why is $state', ({ leadMs, state }) => {
    expect(judgeClock(believed, NOON + leadMs)).toMatchObject({ state, leadMs });
  });

  it('is believed where nothing is remembered', () => {
    expect(judgeClock(undefined, NOON)).toEqual({ state: 'trusted', leadMs: 0, record: { trustedAt: NOON } });
  });

  it.each([
    { why: 'a millisecond short of steady', steadyMs: CLOCK_STEADY_MS - 1, gapMs: DAY_MS, last: 'ahead' },
    { why: 'steady for long enough', steadyMs: CLOCK_STEADY_MS, gapMs: DAY_MS, last: 'trusted' },
    { why: 'the longest gap', steadyMs: CLOCK_STEADY_MS, gapMs: CLOCK_GAP_MS_MAX, last: 'trusted' },
    { why: 'a longer gap', steadyMs: CLOCK_STEADY_MS, gapMs: CLOCK_GAP_MS_MAX + 1, last: 'ahead' },
  ])('after $why is $last', ({ steadyMs, gapMs, last }) => {
    expect(readings(believed, NOON + gapMs, NOON + gapMs + steadyMs)).toEqual(['ahead', last]);
  });

  it('is not believed for having jumped again, nor after it went back', () => {
    const ahead = NOON + DAY_MS;
    expect(readings(believed, ahead, ahead + 3 * HOUR_MS, ahead + 3 * HOUR_MS + CLOCK_STEADY_MS)).toEqual([
      'ahead',
      'ahead',
      'trusted',
    ]);
    expect(readings(believed, ahead, NOON + MINUTE_MS, ahead + CLOCK_STEADY_MS)).toEqual(['ahead', 'trusted', 'ahead']);
    expect(readings(believed, ahead + HOUR_MS, ahead, ahead + CLOCK_STEADY_MS - 1)).toEqual([
      'ahead',
      'ahead',
      'ahead',
    ]);
  });

  it('never loses the salt of a day that goes on by one look, whatever it jumps to and back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }), { maxLength: 12 }), (jumps) => {
        let record: ClockRecord | undefined = believed;
        let truth = NOON;
        for (const jump of jumps) {
          truth += MINUTE_MS;
          // The clock is wrong for a moment, and right again at the next look.
          const wrong = judgeClock(record, truth + jump);
          const dies = saltPeriodAt('day', truth as never).destroyAt <= truth + jump;
          if (wrong.state !== 'ahead') expect(dies).toBe(false);
          record = judgeClock(wrong.record, truth).record;
        }
      }),
    );
  });
});
