// store/retention-preview.ts: what limits would remove, asked before they are set. It reads whole tables and changes nothing.
import type { EpochMs } from '../contract/index.ts';
import type { DataClass, RetentionDays } from '../core/index.ts';
import { DATA_CLASSES, retentionCutoff } from '../core/index.ts';
import type { Db, SiteRow } from './db.ts';

/** A class of data under a limit. */
export interface ClassPreview {
  readonly class: DataClass;
  /** Undefined where the class has no limit: nothing of it would go. */
  readonly limitDays?: number;
  readonly rows: number;
  /** Rows that the next purge would remove. */
  readonly wouldGo: number;
  /** The oldest there is, epoch ms. */
  readonly oldestAt?: number;
}

// ?1 the site, ?2 its name. As the purge counts ages: a profile from its visitor's last event, a request from its end.
const AGED: { readonly [C in DataClass]: string } = {
  events: `SELECT "at" AS at FROM events NOT INDEXED WHERE site_id = ?1 AND ?2 <> ''`,
  profiles: `SELECT json_extract(state, '$.at[1]') AS at FROM profiles WHERE site_id = ?1 AND ?2 <> ''`,
  receipts: `SELECT at FROM receipts WHERE site_id = ?1 AND ?2 <> ''`,
  requests: `SELECT closed_at AS at FROM privacy_requests WHERE site_id = ?1 AND ?2 <> '' AND closed_at IS NOT NULL`,
  audit: `SELECT entry ->> '$.at' AS at FROM audit_log WHERE ?1 > 0 AND entry ->> '$.site' = ?2`,
};

/**
 * What the next purge would remove of a site under some limits. Profiles of visitors whose events go in part are folded again and are
 * not counted; nor are visitors, texts and refused events, which go with events.
 */
export async function previewRetention(
  db: Db,
  site: { readonly row: SiteRow; readonly id: string },
  days: RetentionDays,
  now: EpochMs,
): Promise<ClassPreview[]> {
  const previews: ClassPreview[] = [];
  for (const name of DATA_CLASSES) {
    const limitDays = days[name];
    const cutoff = limitDays === undefined ? Number.MIN_SAFE_INTEGER : retentionCutoff(limitDays, now);
    const { rows } = await db.client.execute({
      sql: `SELECT count(*) AS rows, count(*) FILTER (WHERE at < ?3) AS gone, min(at) AS oldest FROM (${AGED[name]})`,
      args: [site.row, site.id, cutoff],
    });
    const oldest = rows[0]?.['oldest'];
    previews.push({
      class: name,
      ...(limitDays === undefined ? {} : { limitDays }),
      rows: Number(rows[0]?.['rows']),
      wouldGo: Number(rows[0]?.['gone']),
      ...(oldest === null || oldest === undefined ? {} : { oldestAt: Number(oldest) }),
    });
  }
  return previews;
}
