import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../contract/index.ts';
import type { SessionDays } from './sessions.ts';
import { addToSessions, countSessions, mergeSessions, SESSION_DAYS_MAX, SESSION_GAP_MS } from './sessions.ts';

const sessionsOf = (instants: readonly number[]): SessionDays => {
  const days: SessionDays = new Map();
  for (const at of instants) addToSessions(days, at);
  return days;
};
const canonical = (days: SessionDays): unknown => [...days].sort((a, b) => a[0] - b[0]);
/** The rule read word by word over sorted instants. */
const countedByRule = (instants: readonly number[]): number => {
  const sorted = [...instants].sort((a, b) => a - b);
  return sorted.filter((at, i) => {
    const before = sorted[i - 1];
    return (
      before === undefined || at - before > SESSION_GAP_MS || Math.floor(at / DAY_MS) !== Math.floor(before / DAY_MS)
    );
  }).length;
};

// Dense enough that gaps around the limit, overlaps and midnights all occur.
const instants = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 3 * DAY_MS }),
    fc.integer({ min: 0, max: 150 }).map((half) => half * (SESSION_GAP_MS / 2)),
  ),
  { maxLength: 60 },
);

describe('a session ends after 30 minutes of silence and at UTC midnight', () => {
  it.each([
    { why: 'a millisecond inside', gap: SESSION_GAP_MS - 1, sessions: 1 },
    { why: 'exactly the limit', gap: SESSION_GAP_MS, sessions: 1 },
    { why: 'a millisecond past', gap: SESSION_GAP_MS + 1, sessions: 2 },
  ])('counts $sessions after a gap that is $why', ({ gap, sessions }) => {
    expect(countSessions(sessionsOf([1_000, 1_000 + gap]))).toBe(sessions);
  });

  it('splits two instants a millisecond apart at midnight', () => {
    expect(countSessions(sessionsOf([DAY_MS - 1, DAY_MS]))).toBe(2);
  });

  it('counts as the rule read over sorted instants does', () => {
    const law = fc.property(instants, (times) => {
      expect(countSessions(sessionsOf(times))).toBe(countedByRule(times));
    });
    fc.assert(law);
  });
});

describe('M1: sessions do not depend on the order of events', () => {
  it('gives the same intervals for any order, any split and any repetition', () => {
    const law = fc.property(instants, fc.nat(), fc.nat(), (times, at, turn) => {
      const whole = canonical(sessionsOf(times));
      const rotated = [
        ...times.slice(turn % (times.length + 1)),
        ...times.slice(0, turn % (times.length + 1)),
      ].reverse();
      expect(canonical(sessionsOf(rotated))).toEqual(whole);
      const left = sessionsOf(rotated.slice(0, at % (times.length + 1)));
      const right = sessionsOf(rotated.slice(at % (times.length + 1)));
      mergeSessions(left, right);
      mergeSessions(left, right);
      expect(canonical(left)).toEqual(whole);
    });
    fc.assert(law);
  });

  it.each([
    { why: 'below the most days', days: SESSION_DAYS_MAX - 1, held: SESSION_DAYS_MAX - 1 },
    { why: 'at the most days', days: SESSION_DAYS_MAX, held: SESSION_DAYS_MAX },
    { why: 'above the most days', days: SESSION_DAYS_MAX + 1, held: SESSION_DAYS_MAX },
  ])('holds the latest days in whatever order they come: $why', ({ days, held }) => {
    const times = Array.from({ length: days }, (_, day) => day * DAY_MS);
    const forward = sessionsOf(times);
    expect(forward.size).toBe(held);
    expect(canonical(sessionsOf(times.reverse()))).toEqual(canonical(forward));
    expect(Math.max(...forward.keys())).toBe(days - 1);
  });
});
