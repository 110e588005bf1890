// store/imports.ts: what imports over the API came to, for whoever asks later.
import type { InStatement, Row } from '@libsql/client';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** Imports of a site that are remembered: the newest. */
export const IMPORTS_KEPT = 200;

/** What stopped one whose server ended before it did; all others name a problem. */
export const INTERRUPTED = 'interrupted';

/** An import. Times are epoch ms. */
export interface ImportRun {
  readonly id: string;
  readonly by: string;
  readonly format: string;
  readonly dryRun: boolean;
  readonly startedAt: number;
  /** Undefined while it runs, and of one whose server was killed until {@link interruptImports}. */
  readonly endedAt: number | undefined;
  /** The problem that stopped it before its end, or {@link INTERRUPTED}. */
  readonly stopped: string | undefined;
  readonly lines: number;
  readonly accepted: number;
  readonly nextLine: number;
  readonly refused: Readonly<Record<string, number>>;
}
/** One that begins. */
export type NewImport = Pick<ImportRun, 'id' | 'by' | 'format' | 'dryRun' | 'startedAt' | 'nextLine'>;
/** How far one is. */
export type ImportProgress = Pick<ImportRun, 'lines' | 'accepted' | 'nextLine' | 'refused'>;
/** What became of it. */
export type ImportEnd = ImportProgress & Pick<ImportRun, 'stopped'> & { readonly endedAt: number };

/** Notes that one begins, and forgets those of the site past {@link IMPORTS_KEPT}. */
export const importBegins = (
  site: SiteRow,
  { id, by, format, dryRun, startedAt, nextLine }: NewImport,
): readonly InStatement[] => [
  {
    sql: `INSERT INTO import_runs (id, site_id, "by", format, dry_run, started_at, next_line) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    args: [id, site, by, format, dryRun ? 1 : 0, startedAt, nextLine],
  },
  {
    sql: `DELETE FROM import_runs WHERE site_id = ?1 AND id NOT IN
      (SELECT id FROM import_runs WHERE site_id = ?1 ORDER BY started_at DESC, id LIMIT ${IMPORTS_KEPT})`,
    args: [site],
  },
];

/** Notes how far one is. */
export const importGoesOn = (id: string, { lines, accepted, nextLine, refused }: ImportProgress): InStatement => ({
  sql: 'UPDATE import_runs SET lines = ?, accepted = ?, next_line = ?, refused = ? WHERE id = ?',
  args: [lines, accepted, nextLine, JSON.stringify(refused), id],
});

/**
 * Notes of imports that never ended that they never will: their server is gone. @param startedBefore those alone that began before
 * it; all of them where absent. @returns how many there were.
 */
export async function interruptImports(
  db: Db,
  at: number,
  startedBefore: number = Number.MAX_SAFE_INTEGER,
): Promise<number> {
  const { rowsAffected } = await db.client.execute({
    sql: 'UPDATE import_runs SET ended_at = ?, stopped = ? WHERE ended_at IS NULL AND started_at < ?',
    args: [at, INTERRUPTED, startedBefore],
  });
  return rowsAffected;
}

/** Notes what became of one; also of one that was taken for interrupted. */
export const importEnds = (
  id: string,
  { endedAt, stopped, lines, accepted, nextLine, refused }: ImportEnd,
): InStatement => ({
  sql: `UPDATE import_runs SET ended_at = ?, stopped = ?, lines = ?, accepted = ?, next_line = ?, refused = ? WHERE id = ?`,
  args: [endedAt, stopped ?? null, lines, accepted, nextLine, JSON.stringify(refused), id],
});

const runOf = (row: Row): ImportRun => ({
  id: textOf(row, 'id'),
  by: textOf(row, 'by'),
  format: textOf(row, 'format'),
  dryRun: row['dry_run'] === 1,
  startedAt: Number(row['started_at']),
  endedAt: row['ended_at'] === null ? undefined : Number(row['ended_at']),
  stopped: row['stopped'] === null ? undefined : textOf(row, 'stopped'),
  lines: Number(row['lines']),
  accepted: Number(row['accepted']),
  nextLine: Number(row['next_line']),
  // Written by importEnds and importGoesOn alone.
  refused: JSON.parse(textOf(row, 'refused')) as Readonly<Record<string, number>>,
});

/** A site's imports, newest first; all that are kept. */
export async function readImports(db: Db, site: SiteRow): Promise<ImportRun[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT * FROM import_runs WHERE site_id = ? ORDER BY started_at DESC, id LIMIT ${IMPORTS_KEPT}`,
    args: [site],
  });
  return rows.map(runOf);
}
