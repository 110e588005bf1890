// store/rule-members.ts: who is in which rule segment, who came and went when, and what that was judged by.
//
// Everything is written under the lease and deferred, as all of derived.db (store/segmenter.ts).
import type { InStatement } from '@libsql/client';
import type { Db, SiteRow } from './db.ts';
import type { Lease } from './lease.ts';
import { CLUSTER_SEGMENTS, HELD, heldArgs } from './lease.ts';
import { textOf } from './rows.ts';

/** What the memberships of a site were judged by. */
export interface RuleMark {
  /** Rules and their versions, as one text. */
  readonly rules: string;
  /** UTC day, whole days since 1970. */
  readonly day: number;
  /** ISO 4217, or '' where nobody bought anything. */
  readonly currency: string;
}

/** That a visitor entered or left a rule segment. */
export interface MemberChange {
  readonly segment: string;
  readonly visitor: number;
  readonly entered: boolean;
}

/** How long changes are kept, days. */
export const CHANGES_KEPT_DAYS = 90;

/** What the memberships were judged by; undefined where they are not to be relied on. */
export async function readRuleMark(db: Db, site: SiteRow): Promise<RuleMark | undefined> {
  const { rows } = await db.client.execute({
    sql: 'SELECT rules, day, currency FROM rule_marks WHERE site_id = ?',
    args: [site],
  });
  const [row] = rows;
  return row && { rules: textOf(row, 'rules'), day: Number(row['day']), currency: textOf(row, 'currency') };
}

/** Segments of some visitors, clusters among them, by visitor. The index is named: by the key all of a site would be read. */
export async function readMemberships(
  db: Db,
  site: SiteRow,
  visitors: readonly number[],
): Promise<Map<number, Set<string>>> {
  const held = new Map<number, Set<string>>();
  const { rows } = await db.client.execute({
    sql: `SELECT json_group_array(json_array(m.visitor, m.segment_id)) AS pairs FROM json_each(?) AS wanted
      CROSS JOIN memberships AS m INDEXED BY memberships_visitor ON m.site_id = ? AND m.visitor = wanted.value`,
    args: [JSON.stringify(visitors), site],
  });
  const [row] = rows;
  // One text and not a row each: the driver takes longer over a row than SQLite takes to find it.
  const pairs = row === undefined ? [] : (JSON.parse(textOf(row, 'pairs')) as (readonly [number, string])[]);
  for (const [visitor, segment] of pairs) {
    const segments = held.get(visitor);
    if (segments === undefined) held.set(visitor, new Set([segment]));
    else segments.add(segment);
  }
  return held;
}

/** Visitors in a segment, at most so many: of a large one those that come first by a number mixed from theirs, always the same. */
export async function readSampledMembers(db: Db, site: SiteRow, segment: string, limit: number): Promise<number[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT visitor FROM memberships WHERE site_id = ? AND segment_id = ?
      ORDER BY visitor * 2654435761 % 4294967296, visitor LIMIT ?`,
    args: [site, segment, limit],
  });
  return rows.map((row) => Number(row['visitor'])).sort((a, b) => a - b);
}

/** The statements that bring memberships up to date and say who came and went. */
export function changeStatements(
  site: SiteRow,
  lease: Lease,
  changes: readonly MemberChange[],
  at: number,
): InStatement[] {
  const held = heldArgs(lease);
  const statements: InStatement[] = [];
  for (let from = 0; from < changes.length; from += CHANGES_A_STATEMENT) {
    const some = changes.slice(from, from + CHANGES_A_STATEMENT);
    const entered = bySegment(some.filter((change) => change.entered));
    const left = bySegment(some.filter((change) => !change.entered));
    statements.push(
      {
        // By row: asked for pairs, SQLite reads all members of each segment.
        sql: `DELETE FROM memberships WHERE rowid IN (SELECT m.rowid FROM json_each(?2) AS s CROSS JOIN json_each(s.value) AS gone
          CROSS JOIN memberships AS m ON m.site_id = ?1 AND m.segment_id = s.key AND m.visitor = gone.value) AND ${HELD}`,
        args: [site, left, ...held],
      },
      {
        sql: `INSERT INTO memberships (site_id, segment_id, visitor)
          SELECT ?1, s.key, v.value FROM json_each(?2) AS s CROSS JOIN json_each(s.value) AS v WHERE ${HELD}`,
        args: [site, entered, ...held],
      },
      {
        sql: `INSERT INTO segment_changes (site_id, segment_id, visitor, at, entered)
          SELECT ?1, s.key, v.value, ?3, told.key FROM json_each(?2) AS told CROSS JOIN json_each(told.value) AS s
            CROSS JOIN json_each(s.value) AS v WHERE ${HELD}`,
        args: [site, `{"0":${left},"1":${entered}}`, at, ...held],
      },
    );
  }
  return statements;
}

/** Changes of one statement at most: all of them are one argument. */
const CHANGES_A_STATEMENT = 20_000;

/** The visitors of each segment, as JSON: SQLite parses a pair for every row it makes of it, and a list once. */
function bySegment(changes: readonly MemberChange[]): string {
  const visitors = new Map<string, number[]>();
  for (const { segment, visitor } of changes) {
    const held = visitors.get(segment);
    if (held === undefined) visitors.set(segment, [visitor]);
    else held.push(visitor);
  }
  return JSON.stringify(Object.fromEntries(visitors));
}

/** The statement that says what the memberships were judged by. */
export const markStatement = (site: SiteRow, lease: Lease, { rules, day, currency }: RuleMark): InStatement => ({
  sql: `INSERT INTO rule_marks (site_id, rules, day, currency) SELECT ?, ?, ?, ? WHERE ${HELD}
    ON CONFLICT DO UPDATE SET rules = excluded.rules, day = excluded.day, currency = excluded.currency`,
  args: [site, rules, day, currency, ...heldArgs(lease)],
});

/**
 * Begins to judge everybody: until {@link endSweep} what there is is not to be relied on. Members of segments that are gone
 * go, and so does what is told of them; members without a profile leave.
 */
export async function beginSweep(
  db: Db,
  site: SiteRow,
  lease: Lease,
  segments: readonly string[],
  at: number,
): Promise<void> {
  const held = heldArgs(lease);
  const ids = JSON.stringify(segments);
  const strays = `FROM memberships WHERE site_id = ?1 AND segment_id NOT GLOB ?2
    AND NOT EXISTS (SELECT 1 FROM profiles AS p WHERE p.site_id = ?1 AND p.visitor = memberships.visitor)`;
  await db.client.batch(
    [
      { sql: `DELETE FROM rule_marks WHERE site_id = ?1 AND ${HELD}`, args: [site, ...held] },
      {
        sql: `DELETE FROM memberships WHERE site_id = ?1 AND segment_id NOT GLOB ?2
          AND segment_id NOT IN (SELECT value FROM json_each(?3)) AND ${HELD}`,
        args: [site, CLUSTER_SEGMENTS, ids, ...held],
      },
      {
        sql: `DELETE FROM segment_changes WHERE site_id = ?1 AND segment_id NOT IN (SELECT value FROM json_each(?2)) AND ${HELD}`,
        args: [site, ids, ...held],
      },
      {
        sql: `INSERT INTO segment_changes (site_id, segment_id, visitor, at, entered)
          SELECT ?1, segment_id, visitor, ?3, 0 ${strays} AND ${HELD}`,
        args: [site, CLUSTER_SEGMENTS, at, ...held],
      },
      { sql: `DELETE ${strays} AND ${HELD}`, args: [site, CLUSTER_SEGMENTS, ...held] },
    ],
    'deferred',
  );
}

/** Writes one page of a sweep. */
export async function saveChanges(
  db: Db,
  site: SiteRow,
  lease: Lease,
  changes: readonly MemberChange[],
  at: number,
): Promise<void> {
  const statements = changeStatements(site, lease, changes, at);
  if (statements.length > 0) await db.client.batch(statements, 'deferred');
}

/** Everybody is judged. Changes past their time go. @returns false where the lease was lost. */
export async function endSweep(
  db: Db,
  site: SiteRow,
  lease: Lease,
  mark: RuleMark,
  forgetBefore: number,
): Promise<boolean> {
  const results = await db.client.batch(
    [
      {
        sql: `DELETE FROM segment_changes WHERE site_id = ? AND at < ? AND ${HELD}`,
        args: [site, forgetBefore, ...heldArgs(lease)],
      },
      markStatement(site, lease, mark),
    ],
    'deferred',
  );
  return results.at(-1)?.rowsAffected === 1;
}

/** The members of each rule segment, ascending. */
export async function readRuleMembers(db: Db, site: SiteRow, segment: string): Promise<number[]> {
  const { rows } = await db.client.execute({
    sql: 'SELECT visitor FROM memberships WHERE site_id = ? AND segment_id = ? ORDER BY visitor',
    args: [site, segment],
  });
  return rows.map((row) => Number(row['visitor']));
}

/** Sites whose rule segments are to be kept up to date, each with what tells whether its rules changed. */
export async function readLiveSites(db: Db): Promise<ReadonlyMap<SiteRow, string>> {
  // A site whose last rule went still has members to lose.
  const { rows } =
    await db.client.execute(`SELECT site_id, group_concat(id || ':' || version || ':' || updated_at) AS state
    FROM rule_segments GROUP BY site_id UNION ALL SELECT site_id, '' FROM rule_marks
    WHERE rules <> '' AND site_id NOT IN (SELECT site_id FROM rule_segments)`);
  return new Map(rows.map((row) => [Number(row['site_id']), textOf(row, 'state')]));
}

/** The newest event's place in the order of arrival, and the sites that got events after one; without one no event is read. */
export async function readArrivals(
  db: Db,
  after: number | undefined,
): Promise<{ readonly seq: number; readonly sites: readonly SiteRow[] }> {
  const newest = await db.client.execute('SELECT coalesce(max(seq), 0) AS seq FROM events');
  const seq = Number(newest.rows[0]?.['seq'] ?? 0);
  if (after === undefined || seq <= after) return { seq, sites: [] };
  const { rows } = await db.client.execute({
    sql: 'SELECT DISTINCT site_id FROM events NOT INDEXED WHERE seq > ? AND seq <= ?',
    args: [after, seq],
  });
  return { seq, sites: rows.map((row) => Number(row['site_id'])) };
}
