// store/visitor-models.ts: models that rules ask about one visitor: parameters alone, nothing of anybody, and never published.
import type { InStatement } from '@libsql/client';
import type { Db, SiteRow } from './db.ts';
import type { Lease } from './lease.ts';
import { HELD, heldArgs } from './lease.ts';
import { textOf } from './rows.ts';

/** What kinds there are: expected value, the chance of an outcome, likeness to a segment. */
export type VisitorModelKind = 'value' | 'chance' | 'alike';

/** A model. */
export interface VisitorModel {
  readonly kind: VisitorModelKind;
  /** The outcome or the segment; '' where there is one alone. */
  readonly key: string;
  /** What it was learned from, such as a segment's version; '' where that says nothing. */
  readonly of: string;
  /** JSON, the segmenter's to read. */
  readonly model: string;
}

/** A model and when it was learned, epoch ms. */
export type KeptVisitorModel = VisitorModel & { readonly at: number };

/** Models of a site at most: one of value, three of outcomes, one for each segment. */
const MODELS_MAX = 200;

/** A site's models. */
export async function readVisitorModels(db: Db, site: SiteRow): Promise<KeptVisitorModel[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT kind, key, learned_of, at, model FROM visitor_models WHERE site_id = ? ORDER BY kind, key LIMIT ${MODELS_MAX}`,
    args: [site],
  });
  return rows.map((row) => ({
    kind: textOf(row, 'kind') as VisitorModelKind,
    key: textOf(row, 'key'),
    of: textOf(row, 'learned_of'),
    at: Number(row['at']),
    model: textOf(row, 'model'),
  }));
}

/** The same text while a site's models are the same, and short. */
export async function readVisitorModelsMark(db: Db, site: SiteRow): Promise<string> {
  const { rows } = await db.client.execute({
    sql: `SELECT coalesce(group_concat(kind || ' ' || key || ' ' || at), '') AS mark
      FROM (SELECT kind, key, at FROM visitor_models WHERE site_id = ? ORDER BY kind, key)`,
    args: [site],
  });
  return rows[0] === undefined ? '' : textOf(rows[0], 'mark');
}

/** Writes all models of a kind over those there were. @returns false where the lease is lost. */
export async function saveVisitorModels(
  db: Db,
  site: SiteRow,
  lease: Lease,
  {
    kind,
    models,
    at,
  }: { readonly kind: VisitorModelKind; readonly models: readonly Omit<VisitorModel, 'kind'>[]; readonly at: number },
): Promise<boolean> {
  const held = heldArgs(lease);
  const statements: InStatement[] = [
    { sql: `DELETE FROM visitor_models WHERE site_id = ? AND kind = ? AND ${HELD}`, args: [site, kind, ...held] },
    {
      sql: `INSERT INTO visitor_models (site_id, kind, key, learned_of, at, model)
        SELECT ?, ?, value ->> '$[0]', value ->> '$[1]', ?, value ->> '$[2]' FROM json_each(?) WHERE ${HELD}`,
      args: [site, kind, at, JSON.stringify(models.map(({ key, of, model }) => [key, of, model])), ...held],
    },
  ];
  const results = await db.client.batch(statements, 'deferred');
  return results.at(-1)?.rowsAffected === models.length;
}
