// store/members.ts: members of a segment, for who may export them.
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** A member as stored: the key is a pseudonym that must not leave as it is. */
export interface StoredMember {
  readonly visitor: number;
  /** 24 hex digits. */
  readonly key: string;
  readonly state: string;
}

/** Members by number after one, with their profiles; those whose withdrawal waits, or who objected, are left out. */
export async function readMembers(
  db: Db,
  site: SiteRow,
  segment: string,
  after: number,
  limit: number,
): Promise<StoredMember[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT m.visitor, lower(hex(v.key)) AS key, p.state FROM memberships AS m
        CROSS JOIN visitors AS v ON v.id = m.visitor AND v.site_id = m.site_id
        CROSS JOIN profiles AS p ON p.site_id = m.site_id AND p.visitor = m.visitor
      WHERE m.site_id = ? AND m.segment_id = ? AND m.visitor > ? AND v.objected_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM withdrawals AS w WHERE w.site_id = m.site_id AND w.visitor = m.visitor)
      ORDER BY m.visitor LIMIT ?`,
    args: [site, segment, after, limit],
  });
  return rows.map((row) => ({
    visitor: Number(row['visitor']),
    key: textOf(row, 'key'),
    state: textOf(row, 'state'),
  }));
}
