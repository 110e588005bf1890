// edge/collector/clock.test.ts: clocks are corrected within bounds; each bound below, at and above.
import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../contract/index.ts';
import { EVENT_AGE_MS_MAX, EVENT_AHEAD_MS_MAX, eventTime, importedTime, SKEW_MS_MAX, SKEW_MS_MIN } from './clock.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const at = (ms: number): EpochMs => ms as EpochMs;

describe('D2: event time', () => {
  it.each([
    { why: 'a clock within the tolerance', sent: NOW - SKEW_MS_MIN + 1, event: NOW - 10_000, result: NOW - 10_000 },
    {
      why: 'a clock at the tolerance',
      sent: NOW - SKEW_MS_MIN,
      event: NOW - 10_000,
      result: NOW - 10_000 + SKEW_MS_MIN,
    },
    { why: 'a clock an hour behind', sent: NOW - 3_600_000, event: NOW - 3_600_500, result: NOW - 500 },
    { why: 'a clock an hour ahead', sent: NOW + 3_600_000, event: NOW + 3_600_000 - 500, result: NOW - 500 },
    { why: 'a clock at the largest skew', sent: NOW - SKEW_MS_MAX, event: NOW - SKEW_MS_MAX, result: NOW },
  ])('takes $why', ({ sent, event, result }) => {
    expect(eventTime(at(event), at(sent), at(NOW))).toEqual({ ok: true, value: result });
  });

  it.each([
    { why: 'a clock past the largest skew behind', sent: NOW - SKEW_MS_MAX - 1, event: NOW, error: 'clock_off' },
    { why: 'a clock past the largest skew ahead', sent: NOW + SKEW_MS_MAX + 1, event: NOW, error: 'clock_off' },
    { why: 'an event just past the age limit', sent: NOW, event: NOW - EVENT_AGE_MS_MAX - 1, error: 'too_old' },
    { why: 'an event just past the future limit', sent: NOW, event: NOW + EVENT_AHEAD_MS_MAX + 1, error: 'in_future' },
  ])('refuses $why as $error', ({ sent, event, error }) => {
    expect(eventTime(at(event), at(sent), at(NOW))).toEqual({ ok: false, error });
  });

  it.each([
    { why: 'exactly at the age limit', event: NOW - EVENT_AGE_MS_MAX },
    { why: 'exactly at the future limit', event: NOW + EVENT_AHEAD_MS_MAX },
  ])('takes an event $why', ({ event }) => {
    expect(eventTime(at(event), at(NOW), at(NOW))).toEqual({ ok: true, value: event });
  });

  it.each([
    { why: 'of 1970', event: 0, result: { ok: true, value: 0 } },
    {
      why: 'at the future limit',
      event: NOW + EVENT_AHEAD_MS_MAX,
      result: { ok: true, value: NOW + EVENT_AHEAD_MS_MAX },
    },
    { why: 'past it', event: NOW + EVENT_AHEAD_MS_MAX + 1, result: { ok: false, error: 'in_future' } },
  ])('takes of history an event $why as $result', ({ event, result }) => {
    expect(importedTime(at(event), at(NOW))).toEqual(result);
  });
});
