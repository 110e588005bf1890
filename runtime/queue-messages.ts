// runtime/queue-messages.ts: cuts a job into messages that a Cloudflare queue takes.
import type { EventRow, LedgerLine, WriteJob } from '../store/index.ts';

/** Bytes of one message's rows. A queue takes 128 KB (Cloudflare Queues' limits); the rest is for the envelope. */
export const MESSAGE_BYTES_MAX = 110_000;

const encoder = new TextEncoder();

/** Takes `events` from the line that counts what was received. */
const receivedLess = (ledger: readonly LedgerLine[], events: number): LedgerLine[] =>
  ledger.map((line) => (line.outcome === 'received' ? { ...line, events: line.events - events } : line));

/**
 * Splits by size. Each part counts its own rows as received and the last one the rest, so that the ledger balances
 * whichever parts the queue takes (D2).
 */
export function messagesOf(job: WriteJob): WriteJob[] {
  const groups: EventRow[][] = [[]];
  let bytes = 0;
  for (const row of job.rows) {
    const size = encoder.encode(JSON.stringify(row)).length + 1;
    if (bytes + size > MESSAGE_BYTES_MAX && bytes > 0) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(row);
    bytes += size;
  }
  const last = groups.pop() ?? [];
  const counted = groups.reduce((sum, rows) => sum + rows.length, 0);
  return [
    ...groups.map((rows) => ({
      ...job,
      rows,
      ledger: [{ outcome: 'received' as const, reason: '', events: rows.length }],
    })),
    { ...job, rows: last, ledger: receivedLess(job.ledger, counted) },
  ];
}
