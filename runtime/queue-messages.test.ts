// runtime/queue-messages.test.ts: a job of any size fits a queue, and nothing of it is lost on the way (D1, D2).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventRow, WriteJob } from '../store/index.ts';
import { MESSAGE_BYTES_MAX, messagesOf } from './queue-messages.ts';

const row = (properties: string): EventRow => ({
  id: 'a',
  at: 1,
  name: 'x',
  linked: 0,
  purposes: 0,
  policyVersion: 1,
  properties,
});
const job = (rows: EventRow[]): WriteJob => ({
  site: 1,
  day: 1,
  rows,
  ledger: [{ outcome: 'received', reason: '', events: rows.length }],
});

describe('D1: queue messages', () => {
  it('keep every row in order, every ledger line once, and each within the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 40 }), (sizes) => {
        const whole = job(sizes.map((size) => row('é'.repeat(size / 2))));
        const parts = messagesOf(whole);
        expect(parts.flatMap(({ rows }) => rows)).toEqual(whole.rows);
        expect(parts.flatMap(({ ledger }) => ledger)).toEqual(whole.ledger);
        for (const { rows } of parts) {
          expect(Buffer.byteLength(JSON.stringify(rows))).toBeLessThanOrEqual(MESSAGE_BYTES_MAX + 2);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are one for a job without rows', () => {
    expect(messagesOf(job([]))).toEqual([job([])]);
  });
});
