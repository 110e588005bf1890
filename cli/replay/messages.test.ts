// cli/replay/messages.test.ts
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BATCH_EVENTS_MAX, IMPORT_BODY_BYTES_MAX } from '../../contract/index.ts';
import { decodeBatch } from '../../contract/wire-decode.ts';
import { bodyOf, planMessages } from './messages.ts';
import type { RetailEvent } from './retail.ts';
import { mapRetail } from './retail.ts';
import { aRow, rowsArb } from './testing.ts';

const SENT_AT = Date.parse('2026-11-24T12:00:00Z');
const invoices = (count: number, over: Readonly<Record<string, unknown>> = {}): readonly RetailEvent[] =>
  mapRetail(Array.from({ length: count }, (_, nth) => aRow({ InvoiceNo: String(600_000 + nth), ...over }))).events;

describe('D2: a message stays below the limits of the wire', () => {
  it.each([
    { why: 'one below the limit', events: BATCH_EVENTS_MAX - 1, sizes: [BATCH_EVENTS_MAX - 1] },
    { why: 'at the limit', events: BATCH_EVENTS_MAX, sizes: [BATCH_EVENTS_MAX] },
    { why: 'one past it', events: BATCH_EVENTS_MAX + 1, sizes: [BATCH_EVENTS_MAX, 1] },
  ])('packs $events events, $why', ({ events, sizes }) => {
    expect(planMessages('shop', invoices(events)).map((message) => message.events.length)).toEqual(sizes);
  });

  it('fills a body to the byte, and not one further', () => {
    const events = invoices(3);
    const [whole] = planMessages('shop', events);
    const bytes = whole === undefined ? 0 : Buffer.byteLength(bodyOf(whole, SENT_AT));
    const sizes = (bytesMax: number) => planMessages('shop', events, bytesMax).map((message) => message.events.length);
    expect(sizes(bytes)).toEqual([3]);
    expect(sizes(bytes - 1)).toEqual([2, 1]);
  });

  it('counts bytes, not characters', () => {
    const events = invoices(2, { Description: '£'.repeat(300) });
    const [whole] = planMessages('shop', events);
    const bytes = whole === undefined ? 0 : Buffer.byteLength(bodyOf(whole, SENT_AT));
    expect(planMessages('shop', events, bytes - 1).map((message) => message.events.length)).toEqual([1, 1]);
  });

  it('refuses an event that no request can carry', () => {
    expect(() => planMessages('shop', invoices(1), 100)).toThrow(/larger than a request/);
  });
});

describe('C1: a message is of one visitor, or of nobody', () => {
  it('says granted with an id for a customer, and unasked without one for nobody', () => {
    const events = mapRetail([aRow(), aRow({ InvoiceNo: '536366', CustomerID: null })]).events;
    expect(planMessages('shop', events).map(({ consent, firstPartyId }) => [consent, typeof firstPartyId])).toEqual(
      expect.arrayContaining([
        [{ state: 'granted', source: 'import', purposes: 3 }, 'string'],
        [{ state: 'unasked' }, 'undefined'],
      ]),
    );
  });

  it('decodes at the edge to the events that went in, each once, under its own id', () => {
    fc.assert(
      fc.property(rowsArb, fc.integer({ min: 4_000, max: IMPORT_BODY_BYTES_MAX }), (rows, bytesMax) => {
        const { events } = mapRetail(rows);
        const arrived = planMessages('shop', events, bytesMax).flatMap((message) => {
          const body = bodyOf(message, SENT_AT);
          expect(Buffer.byteLength(body)).toBeLessThanOrEqual(bytesMax);
          const batch = decodeBatch(body);
          if (!batch.ok) throw new Error(batch.error);
          const { consent, firstPartyId, events: decoded } = batch.value;
          expect(consent.state).toBe(firstPartyId === undefined ? 'unasked' : 'granted');
          return decoded.map((event) => ({
            event: event.ok ? event.value : event.error,
            ...(firstPartyId === undefined ? {} : { firstPartyId }),
          }));
        });
        const byId = (a: { event: unknown }, b: { event: unknown }) =>
          JSON.stringify(a.event) < JSON.stringify(b.event) ? -1 : 1;
        expect(arrived.sort(byId)).toEqual([...events].sort(byId));
      }),
    );
  });
});
