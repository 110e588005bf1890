// store/imports.ts: what imports over the API came to, for whoever asks later.
import type { InStatement, Row } from '@libsql/client';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** Imports of a site that are remembered: the newest. */
export const IMPORTS_KEPT = 200;

/** An import. Times are epoch ms. */
export interface ImportRun {
  readonly id: string;
  readonly by: string;
  readonly format: string;
  readonly dryRun: boolean;
  readonly startedAt: number;
  /** Undefined while it runs, and of one whose server was killed. */
  readonly endedAt: number | undefined;
  /** The problem that stopped it before its end. */
  readonly stopped: string | undefined;
  readonly lines: number;
  readonly accepted: number;
  readonly nextLine: number;
  readonly refused: Readonly<Record<string, number>>;
}
/** One that begins. */
export type NewImport = Pick<ImportRun, 'id' | 'by' | 'format' | 'dryRun' | 'startedAt' | 'nextLine'>;
/** What became of it. */
export type ImportEnd = Pick<ImportRun, 'lines' | 'accepted' | 'nextLine' | 'refused' | 'stopped'> & {
  readonly endedAt: number;
};

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

/** Notes what became of one. */
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
  // Written by importEnds alone.
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
