// store/insights.ts: what a run found beside segments, in published form.
import type { InStatement } from '@libsql/client';
import type { Db, SiteRow } from './db.ts';
import type { Lease } from './lease.ts';
import { HELD, heldArgs } from './lease.ts';
import { textOf } from './rows.ts';

/** One finding in its published form. */
export interface Insight {
  /** Such as `segment_size`, `item_rules`, `prediction`. */
  readonly kind: string;
  /** What of it, such as a segment's id; '' where there is one alone. */
  readonly key: string;
  /** JSON: only what passed P3. */
  readonly published: string;
}

/** A finding and when its run was made. */
export type KeptInsight = Insight & { readonly at: number };

/** Findings of one kind and site at most. */
const INSIGHTS_MAX = 1_000;

/** A site's findings of a kind, by key. */
export async function readInsights(db: Db, site: SiteRow, kind: string): Promise<ReadonlyMap<string, KeptInsight>> {
  const { rows } = await db.client.execute({
    sql: `SELECT key, at, published FROM insights WHERE site_id = ? AND kind = ? ORDER BY key LIMIT ${INSIGHTS_MAX}`,
    args: [site, kind],
  });
  return new Map(
    rows.map((row) => [
      textOf(row, 'key'),
      { kind, key: textOf(row, 'key'), at: Number(row['at']), published: textOf(row, 'published') },
    ]),
  );
}

/** One finding. */
export async function readInsight(db: Db, site: SiteRow, kind: string, key: string): Promise<KeptInsight | undefined> {
  const { rows } = await db.client.execute({
    sql: 'SELECT at, published FROM insights WHERE site_id = ? AND kind = ? AND key = ?',
    args: [site, kind, key],
  });
  const [row] = rows;
  return row && { kind, key, at: Number(row['at']), published: textOf(row, 'published') };
}

/** Writes all findings of a kind over those of the run before. @returns false where the lease is lost. */
export async function saveInsights(
  db: Db,
  site: SiteRow,
  lease: Lease,
  kind: string,
  insights: readonly Omit<Insight, 'kind'>[],
  at: number,
): Promise<boolean> {
  const held = heldArgs(lease);
  const rows = JSON.stringify(insights.map(({ key, published }) => [key, published]));
  const statements: InStatement[] = [
    { sql: `DELETE FROM insights WHERE site_id = ? AND kind = ? AND ${HELD}`, args: [site, kind, ...held] },
    {
      sql: `INSERT INTO insights (site_id, kind, key, at, published)
        SELECT ?, ?, value ->> '$[0]', ?, value ->> '$[1]' FROM json_each(?) WHERE ${HELD}`,
      args: [site, kind, at, rows, ...held],
    },
  ];
  const results = await db.client.batch(statements, 'deferred');
  return results.at(-1)?.rowsAffected === insights.length;
}
