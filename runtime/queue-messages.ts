// runtime/queue-messages.ts: cuts a job into messages that a Cloudflare queue takes.
import type { EventRow, WriteJob } from '../store/index.ts';

/** Bytes of one message's rows. A queue takes 128 KB (Cloudflare Queues' limits); the rest is for the envelope. */
export const MESSAGE_BYTES_MAX = 100_000;

const encoder = new TextEncoder();

/** Splits by size. The ledger's lines go with the last part, so that a job cut short is not counted as received. */
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
  return groups.map((rows, nth) => ({ ...job, rows, ledger: nth === groups.length - 1 ? job.ledger : [] }));
}
