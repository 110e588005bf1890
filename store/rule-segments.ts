// store/rule-segments.ts: rule segments as people keep them. Who is in them is store/rule-members.ts.
import type { InStatement } from '@libsql/client';
import type { Result, SegmentRule } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';
import type { RuleSegment, SegmentRefusal } from '../core/index.ts';
import { checkRemoval, RULE_SEGMENTS_MAX } from '../core/index.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { CLUSTER_SEGMENTS } from './lease.ts';
import { textOf } from './rows.ts';

/** A rule segment with its history. */
export interface KeptSegment extends RuleSegment {
  /** Counts up with each change of the rule. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A site's rule segments, and what tells whether they changed since. */
export interface KeptSegments {
  readonly segments: readonly KeptSegment[];
  /** The same text while none is added, changed or removed. */
  readonly state: string;
}

/** Rounds of a change that finds the segments changed by others. */
const TRIES_MAX = 5;

const STATE_SQL = `(SELECT coalesce(group_concat(id || ':' || version || ':' || updated_at), '')
  FROM (SELECT id, version, updated_at FROM rule_segments WHERE site_id = ?1 ORDER BY id))`;

/** The site's rule segments by id. */
export async function readRuleSegments(db: Db, site: SiteRow): Promise<KeptSegments> {
  const { rows } = await db.client.execute({
    sql: 'SELECT id, name, rule, version, created_at, updated_at FROM rule_segments WHERE site_id = ? ORDER BY id LIMIT ?',
    args: [site, RULE_SEGMENTS_MAX],
  });
  const segments = rows.map((row) => ({
    id: textOf(row, 'id'),
    name: textOf(row, 'name'),
    // Checked before it was kept.
    rule: JSON.parse(textOf(row, 'rule')) as SegmentRule,
    version: Number(row['version']),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  }));
  const state = segments.map(({ id, version, updatedAt }) => `${id}:${version}:${updatedAt}`).join();
  return { segments, state };
}

/** Where a change is made. */
export interface SegmentSite {
  readonly row: SiteRow;
  readonly id: string;
}

/**
 * Keeps a rule segment, new or over the one of its id. @param check is asked with the segments that are held when it is
 * written: of two changes at once that would make a circle together one is refused.
 */
export async function putRuleSegment(
  db: Db,
  site: SegmentSite,
  check: (held: readonly RuleSegment[]) => Result<RuleSegment, SegmentRefusal>,
  at: number,
): Promise<Result<KeptSegment, SegmentRefusal | { readonly reason: 'busy' }>> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const { segments, state } = await readRuleSegments(db, site.row);
    const checked = check(segments);
    if (!checked.ok) return checked;
    const { id, name, rule } = checked.value;
    const text = JSON.stringify(rule);
    const held = segments.find((segment) => segment.id === id);
    if (held?.name === name && JSON.stringify(held.rule) === text) return ok(held);
    const kept: KeptSegment = {
      id,
      name,
      rule,
      version: held === undefined ? 1 : held.version + (JSON.stringify(held.rule) === text ? 0 : 1),
      createdAt: held?.createdAt ?? at,
      // Never the same twice: the state must tell two changes of one millisecond apart.
      updatedAt: Math.max(at, (held?.updatedAt ?? 0) + 1),
    };
    const statement: InStatement = {
      sql: `INSERT INTO rule_segments (site_id, id, name, rule, version, created_at, updated_at)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ${STATE_SQL} = ?8
        ON CONFLICT DO UPDATE SET name = excluded.name, rule = excluded.rule, version = excluded.version, updated_at = excluded.updated_at`,
      args: [site.row, id, name, text, kept.version, kept.createdAt, kept.updatedAt, state],
    };
    const entry = { kind: 'rule_segment_set', site: site.id, segment: id, version: kept.version, at } as const;
    const [written] = await db.client.batch([statement, await auditStatement(entry, 'if_changed')], 'write');
    if (written?.rowsAffected === 1) return ok(kept);
  }
  return err({ reason: 'busy' });
}

/** Takes a rule segment away; its members follow with the next fold. @returns whether there was one. */
export async function removeRuleSegment(
  db: Db,
  site: SegmentSite,
  id: string,
  at: number,
): Promise<Result<boolean, SegmentRefusal | { readonly reason: 'busy' }>> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const { segments, state } = await readRuleSegments(db, site.row);
    if (!segments.some((segment) => segment.id === id)) return ok(false);
    const allowed = checkRemoval(id, segments);
    if (!allowed.ok) return allowed;
    const statement: InStatement = {
      sql: `DELETE FROM rule_segments WHERE site_id = ?1 AND id = ?2 AND ${STATE_SQL} = ?3`,
      args: [site.row, id, state],
    };
    const entry = { kind: 'rule_segment_removed', site: site.id, segment: id, at } as const;
    const [written] = await db.client.batch([statement, await auditStatement(entry, 'if_changed')], 'write');
    if (written?.rowsAffected === 1) return ok(true);
  }
  return err({ reason: 'busy' });
}

/** The clusters that the released version has. */
export async function readClusterIds(db: Db, site: SiteRow): Promise<string[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT s.id FROM releases AS r CROSS JOIN segments AS s ON s.site_id = r.site_id AND s.version = r.version
      WHERE r.site_id = ? AND s.id GLOB ? ORDER BY s.id`,
    args: [site, CLUSTER_SEGMENTS],
  });
  return rows.map((row) => textOf(row, 'id'));
}
