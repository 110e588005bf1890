// store/ledger.ts: reads the loss ledger (D2).
import type { LedgerOutcome } from './accept.ts';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** What became of a site's events on one day of arrival. */
export interface LedgerEntry {
  /** Whole days since 1970-01-01 UTC. */
  readonly day: number;
  readonly outcome: LedgerOutcome;
  /** Empty where the outcome says it all. */
  readonly reason: string;
  readonly events: number;
}

/** Days one call returns at most. */
const LEDGER_DAYS_MAX = 400;

/** A site's ledger from a day on, oldest day first, at most {@link LEDGER_DAYS_MAX} days. */
export async function readLedger(db: Db, site: SiteRow, fromDay: number): Promise<LedgerEntry[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT day, outcome, reason, events FROM ledger WHERE site_id = ? AND day >= ? AND day < ? AND events > 0
      ORDER BY day, outcome, reason`,
    args: [site, fromDay, fromDay + LEDGER_DAYS_MAX],
  });
  return rows.map((row) => ({
    day: Number(row['day']),
    outcome: textOf(row, 'outcome') as LedgerOutcome,
    reason: textOf(row, 'reason'),
    events: Number(row['events']),
  }));
}

/** Answers once the database can be read; rejects where it can't. */
export async function pingDatabase(db: Db): Promise<void> {
  await db.client.execute('SELECT 1 FROM sites LIMIT 1');
}
