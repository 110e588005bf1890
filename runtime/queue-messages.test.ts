// runtime/queue-messages.test.ts: a job of any size fits a queue, and nothing of it is lost on the way (D1, D2).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeadLetter, EventRow, WriteJob } from '../store/index.ts';
import { MESSAGE_BYTES_MAX, messagesOf } from './queue-messages.ts';

const BOTS = 3;
const row = (properties: string): EventRow => ({
  id: 'a',
  at: 1,
  name: 'x',
  linked: 0,
  purposes: 0,
  policyVersion: 1,
  properties,
});
const letter = (body: string): DeadLetter => ({
  id: 'a',
  receivedAt: 1,
  at: 1,
  via: 'collect',
  reason: 'malformed_event',
  pointer: '',
  body,
  linked: 0,
  purposes: 0,
  policyVersion: 1,
});
const job = (rows: EventRow[]): WriteJob => ({
  site: 1,
  day: 1,
  rows,
  ledger: [
    { outcome: 'received', reason: '', events: rows.length + BOTS },
    { outcome: 'bot', reason: 'webdriver', events: BOTS },
  ],
});

describe('D1: queue messages', () => {
  it('keep every row in order, balance one by one, and stay within the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 40 }), (sizes) => {
        const whole = job(sizes.map((size) => row('é'.repeat(size / 2))));
        const parts = messagesOf(whole);
        expect(parts.flatMap(({ rows }) => rows)).toEqual(whole.rows);
        for (const { rows, ledger } of parts) {
          const received = ledger.filter(({ outcome }) => outcome === 'received').map(({ events }) => events);
          const others = ledger.filter(({ outcome }) => outcome !== 'received').map(({ events }) => events);
          const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
          expect(sum(received)).toBe(rows.length + sum(others));
        }
        const all = parts.flatMap(({ ledger }) => ledger.filter(({ outcome }) => outcome === 'received'));
        expect(all.reduce((total, { events }) => total + events, 0)).toBe(sizes.length + BOTS);
        for (const { rows } of parts) {
          expect(Buffer.byteLength(JSON.stringify(rows))).toBeLessThanOrEqual(MESSAGE_BYTES_MAX + 2);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keep every dead letter beside the count that calls it invalid', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 48_000 }), { maxLength: 20 }), (sizes) => {
        const letters = sizes.map((size) => letter('é'.repeat(size / 2)));
        const ledger = [
          { outcome: 'received' as const, reason: '', events: sizes.length + 1 },
          { outcome: 'invalid' as const, reason: 'malformed_event', events: sizes.length },
        ];
        const parts = messagesOf({ site: 1, day: 1, rows: [row('')], ledger, letters });
        expect(parts.flatMap((part) => part.letters ?? [])).toEqual(letters);
        for (const part of parts) {
          const counted = (outcome: string): number =>
            part.ledger.filter((line) => line.outcome === outcome).reduce((sum, { events }) => sum + events, 0);
          expect(counted('invalid')).toBe(part.letters?.length ?? 0);
          expect(counted('received')).toBe(part.rows.length + counted('invalid'));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are one for a job without rows', () => {
    expect(messagesOf(job([]))).toEqual([job([])]);
  });
});
