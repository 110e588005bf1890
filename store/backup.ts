// store/backup.ts: a consistent copy of the ground tables while others write, and what proves that such a copy is whole.
import { groundFindings } from './check-damage.ts';
import type { Db } from './db.ts';
import type { Kept } from './kept-aside.ts';
import { readKept } from './kept-aside.ts';

/** What a copy holds, in counts: written beside it, and counted again before it is put back. */
export interface GroundFigures {
  readonly sites: number;
  readonly events: number;
  readonly auditEntries: number;
  /** When the newest migration was made, epoch ms: a version that does not know it can't read the copy. */
  readonly schema: number;
}

/** What is wrong with a copy; each is a fault of the disk or of this program. */
export type CopyFault = 'damaged' | 'audit_gap' | 'ledger_unbalanced';

/**
 * Writes ground.db as one transaction saw it to a new file. Writers go on; the log can't be shortened meanwhile, so it grows.
 * Rows that were deleted are not in the copy, not even as free pages. @throws where the file exists or the disk is full.
 */
export async function copyGround(db: Db, path: string): Promise<void> {
  await db.client.execute({ sql: 'VACUUM main INTO ?', args: [path] });
}

async function tablesOf(db: Db): Promise<ReadonlySet<unknown>> {
  const { rows } = await db.client.execute(`SELECT name FROM sqlite_master WHERE type = 'table'`);
  return new Set(rows.map((row) => row['name']));
}

/** Counts what a database holds, of whatever schema: what it has no table for is none. */
export async function readGroundFigures(db: Db): Promise<GroundFigures> {
  const tables = await tablesOf(db);
  const countOf = (table: string): string => (tables.has(table) ? `(SELECT count(*) FROM ${table})` : '0');
  const { rows } = await db.client.execute(
    `SELECT ${countOf('sites')} AS sites, ${countOf('events')} AS events, ${countOf('audit_log')} AS audit,
      (SELECT max(created_at) FROM ground_migrations) AS schema`,
  );
  const [row] = rows;
  return {
    sites: Number(row?.['sites']),
    events: Number(row?.['events']),
    auditEntries: Number(row?.['audit']),
    schema: Number(row?.['schema']),
  };
}

/** Who was erased, objected or withdrew, as a schema that knows of them holds it; an older one has nobody. */
export async function readKeptOfAny(db: Db): Promise<Kept> {
  const tables = await tablesOf(db);
  const knows = ['tombstones', 'objections', 'receipts', 'former_keys'].every((table) => tables.has(table));
  return knows ? readKept(db) : { tombstones: [], objections: [], choices: [] };
}

/** Looks for what must hold of a whole copy: pages and indexes fit, the audit log has no gap, the ledger balances (D2). */
export async function findCopyFault(db: Db): Promise<CopyFault | undefined> {
  if ((await groundFindings(db, 'whole')) > 0) return 'damaged';
  const gap = (await tablesOf(db)).has('audit_log')
    ? '(SELECT count(*) <> coalesce(max(seq) + 1, 0) FROM audit_log)'
    : '0';
  const { rows } = await db.client.execute(
    `SELECT ${gap} AS gap,
      (SELECT coalesce(sum(CASE outcome WHEN 'received' THEN events ELSE -events END), 0) <> 0 FROM ledger) AS unbalanced`,
  );
  if (rows[0]?.['gap'] === 1) return 'audit_gap';
  return rows[0]?.['unbalanced'] === 1 ? 'ledger_unbalanced' : undefined;
}
