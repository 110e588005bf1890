// runtime/queue-messages.ts: cuts a job into messages that a Cloudflare queue takes.
import type { DeadLetter, EventRow, LedgerLine, WriteJob } from '../store/index.ts';

/** Bytes of one message's rows and letters. A queue takes 128 KB (Cloudflare Queues' limits); the rest is for the envelope. */
export const MESSAGE_BYTES_MAX = 110_000;

const encoder = new TextEncoder();

interface Group {
  readonly rows: EventRow[];
  readonly letters: DeadLetter[];
}

/** What a group's own events count for: each was received, and a letter's is invalid as well. */
const linesOf = ({ rows, letters }: Group): LedgerLine[] => [
  { outcome: 'received', reason: '', events: rows.length + letters.length },
  ...letters.map(({ reason }): LedgerLine => ({ outcome: 'invalid', reason, events: 1 })),
];

/** Takes what was counted already from the lines of the whole. */
function linesLess(ledger: readonly LedgerLine[], counted: readonly LedgerLine[]): LedgerLine[] {
  const taken = (line: LedgerLine): number =>
    counted
      .filter(({ outcome, reason }) => outcome === line.outcome && reason === line.reason)
      .reduce((sum, { events }) => sum + events, 0);
  return ledger.map((line) => ({ ...line, events: line.events - taken(line) }));
}

/**
 * Splits by size. Each part counts its own rows and letters and the last one the rest, so that the ledger balances
 * whichever parts the queue takes (D2).
 */
export function messagesOf(job: WriteJob): WriteJob[] {
  const groups: Group[] = [{ rows: [], letters: [] }];
  let bytes = 0;
  const groupFor = (part: EventRow | DeadLetter): Group | undefined => {
    const size = encoder.encode(JSON.stringify(part)).length + 1;
    if (bytes + size > MESSAGE_BYTES_MAX && bytes > 0) {
      groups.push({ rows: [], letters: [] });
      bytes = 0;
    }
    bytes += size;
    return groups.at(-1);
  };
  for (const row of job.rows) groupFor(row)?.rows.push(row);
  for (const letter of job.letters ?? []) groupFor(letter)?.letters.push(letter);
  const last = groups.pop() ?? { rows: [], letters: [] };
  const { site, day, choices } = job;
  const part = ({ rows, letters }: Group, ledger: readonly LedgerLine[]): WriteJob =>
    letters.length === 0 ? { site, day, rows, ledger } : { site, day, rows, ledger, letters };
  return [
    ...groups.map((group) => part(group, linesOf(group))),
    {
      ...part(last, linesLess(job.ledger, groups.flatMap(linesOf))),
      ...(job.findings === undefined ? {} : { findings: job.findings }),
      ...(job.consents === undefined ? {} : { consents: job.consents }),
      // With rows beside it: the visitor that a choice is bound to comes with them.
      ...(choices === undefined ? {} : { choices }),
    },
  ];
}
