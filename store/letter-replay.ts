// store/letter-replay.ts: moves dead letters that became sound to the events, once.
import type { InStatement } from '@libsql/client';
import type { EventRow, WriteJob } from './accept.ts';
import { acceptStatements } from './accept.ts';
import { auditStatement } from './audit.ts';
import type { SiteRow } from './db.ts';
import type { KeptLetter } from './dead-letters.ts';
import { letterRemoval, RECOUNT } from './dead-letters.ts';

// NULL is not allowed there, so the transaction fails and nothing of it is kept.
const GONE_SQL = 'INSERT INTO dead_letter_totals (site_id, letters) SELECT ?1, NULL WHERE changes() <> ?2';

/** A letter that became an event after all. */
export interface Mended {
  readonly letter: KeptLetter;
  readonly row: EventRow;
}

/**
 * What a replay writes: the letters go, and each leaves `invalid` of its day of arrival for `stored` or `duplicate` of that
 * same day, so that the ledger stays balanced and no event is received twice (D2). Run them in one transaction; it fails,
 * and nothing is kept, where one of the letters is gone by then (D1).
 */
export async function replayStatements(
  site: { readonly row: SiteRow; readonly id: string },
  mended: readonly Mended[],
  at: number,
): Promise<InStatement[]> {
  const jobs = mended.map(
    ({ letter, row }): WriteJob => ({
      site: site.row,
      day: letter.day,
      rows: [row],
      ledger: [{ outcome: 'invalid', reason: letter.reason, events: -1 }],
    }),
  );
  const letters = mended.map(({ letter }) => letter.letter);
  return [
    letterRemoval(site.row, letters),
    { sql: GONE_SQL, args: [site.row, letters.length] },
    {
      sql: `UPDATE dead_letter_totals SET replayed = replayed + ?2, ${RECOUNT} WHERE site_id = ?1`,
      args: [site.row, letters.length],
    },
    ...acceptStatements(jobs),
    await auditStatement({ kind: 'letters_replayed', site: site.id, letters: letters.length, at }),
  ];
}
