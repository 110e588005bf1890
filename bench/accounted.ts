// bench/accounted.ts: compares a database with what a client was told: is every acknowledged event there, once, and counted?
import type { EventId } from '../contract/index.ts';
import { storedEventId } from '../core/index.ts';
import type { Db } from '../store/index.ts';
import { printFigure } from './figures.ts';

/** What came of it; zeros but `stored` where every promise was kept. */
export interface Accounted {
  readonly stored: number;
  /** Acknowledged events that are not there. */
  readonly lost: number;
  /** Rows beyond one for each id. */
  readonly duplicates: number;
  /** Sites and days whose ledger does not add up, and one more where it counts other rows than there are. */
  readonly unbalanced: number;
  readonly integrityFaults: number;
}

/** Looks. @param acked ids as they were sent. */
export async function accountFor({ client }: Pick<Db, 'client'>, acked: ReadonlySet<string>): Promise<Accounted> {
  const integrity = await client.execute('PRAGMA integrity_check');
  const { rows } = await client.execute('SELECT lower(hex(id)) AS id FROM events');
  const stored = rows.flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
  const distinct = new Set(stored);
  const balance = await client.execute(
    `SELECT site_id, day, sum(CASE outcome WHEN 'received' THEN events ELSE -events END) AS rest FROM ledger GROUP BY 1, 2`,
  );
  const counted = await client.execute(`SELECT coalesce(sum(events), 0) AS n FROM ledger WHERE outcome = 'stored'`);
  return {
    stored: stored.length,
    lost: [...acked].filter((id) => !distinct.has(storedEventId(id as EventId))).length,
    duplicates: stored.length - distinct.size,
    unbalanced:
      balance.rows.filter((row) => row['rest'] !== 0).length +
      (Number(counted.rows[0]?.['n']) === stored.length ? 0 : 1),
    integrityFaults: integrity.rows[0]?.['integrity_check'] === 'ok' ? 0 : 1,
  };
}

/** Prints it. @returns whether every promise was kept. */
export function printAccount(bench: string, { lost, duplicates, unbalanced, integrityFaults }: Accounted): boolean {
  printFigure({ bench, figure: 'acked_lost', value: lost, unit: 'events', against: '0' });
  printFigure({ bench, figure: 'duplicates', value: duplicates, unit: 'rows', against: '0' });
  printFigure({ bench, figure: 'ledger_unbalanced', value: unbalanced, unit: 'site-days', against: '0' });
  printFigure({ bench, figure: 'integrity_faults', value: integrityFaults, unit: 'faults', against: '0' });
  return lost + duplicates + unbalanced + integrityFaults === 0;
}
