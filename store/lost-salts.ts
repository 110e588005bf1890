// store/lost-salts.ts: whether what is stored may be of somebody whose long salt is destroyed, so that nobody can tell (GDPR Art. 11).
import type { EpochMs } from '../contract/index.ts';
import type { Db, SiteRow } from './db.ts';

/**
 * The instant before which rows may be of anybody, because a long salt that lived then is destroyed; undefined where none was,
 * or nothing of its time is left. Where what the audit log said of it is past its limit, whatever is older than the oldest long
 * salt counts. History that was imported since looks old too: then nobody can tell either.
 * @param lostAt where a salt is stored that can't be opened: the instant until which it may have been used.
 */
export async function readUntellableBefore(
  db: Db,
  site: { readonly row: SiteRow; readonly id: string },
  lostAt?: EpochMs,
): Promise<EpochMs | undefined> {
  const { rows } = await db.client.execute({
    sql: `SELECT (SELECT max(entry ->> '$.at') FROM audit_log WHERE entry ->> '$.kind' = 'salt_destroyed'
        AND entry ->> '$.site' = ?1 AND entry ->> '$.use' = 'long') AS destroyed,
      (SELECT min(opens_at) FROM salts WHERE site_id = ?2 AND use = 'long' AND EXISTS (SELECT 1 FROM audit_log WHERE entry IS NULL)) AS opened`,
    args: [site.id, site.row],
  });
  const before = lostAt ?? rows[0]?.['destroyed'] ?? rows[0]?.['opened'];
  if (before === null || before === undefined) return undefined;
  // The oldest come first, so where there are some it ends at once.
  const left = await db.client.execute({
    sql: `SELECT 1 FROM receipts WHERE site_id = ?1 AND at < ?2 UNION ALL
      SELECT 1 FROM events NOT INDEXED WHERE site_id = ?1 AND at < ?2 AND visitor IS NOT NULL LIMIT 1`,
    args: [site.row, before],
  });
  return left.rows.length === 0 ? undefined : (Number(before) as EpochMs);
}
