// store/segmenter.ts: the segmenter's queries: profile states, the lease, models and memberships.
//
// Batches that write are `deferred`: on Node derived.db is attached, and a deferred transaction that writes only its tables
// never takes the write lock of ground.db, so a run does not hold up the ingest. Every write asks for the lease in the same
// statement: a run that slept past its lease writes nothing.
import type { InStatement, Row } from '@libsql/client';
import { PURPOSE_BIT } from '../contract/index.ts';
import type { Db, SiteRow } from './db.ts';
import type { Lease } from './lease.ts';
import { CLUSTER_SEGMENTS, HELD, heldArgs } from './lease.ts';
import type { PackedProfiles, StoredProfile } from './packed-profiles.ts';
import { profileStatement } from './packed-profiles.ts';
import { jsonChunks } from './rows.ts';
import type { MemberChange, RuleMark } from './rule-members.ts';
import { changeStatements, markStatement } from './rule-members.ts';

/** How far the fold has come. */
export interface Watermark {
  readonly seq: number;
  readonly events: number;
  readonly stateVersion: number;
}

/** A version with what the next run needs of it. */
export interface StoredModel {
  readonly version: number;
  readonly model: string;
  readonly internals: string;
}

/** Everything a finished run leaves, written at once. */
export interface NewRelease {
  readonly version: number;
  readonly at: number;
  /** Published form, JSON. */
  readonly model: string;
  readonly internals: string;
  readonly segments: readonly { readonly id: string; readonly published: string }[];
  readonly memberships: readonly { readonly segment: string; readonly visitors: readonly number[] }[];
}

/** Versions kept for comparison and rollback; older ones go with the next release. */
export const MODELS_KEPT = 20;

const text = (row: Row, column: string): string | undefined => {
  const value = row[column];
  return typeof value === 'string' && value !== '' ? value : undefined;
};
const integer = (row: Row, column: string): number => Number(row[column]);

/** How far the fold has come, or undefined before the first slice. */
export async function readWatermark(db: Db, site: SiteRow): Promise<Watermark | undefined> {
  const { rows } = await db.client.execute({
    sql: 'SELECT seq, events, state_version FROM watermarks WHERE site_id = ?',
    args: [site],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  return { seq: integer(row, 'seq'), events: integer(row, 'events'), stateVersion: integer(row, 'state_version') };
}

/** How many events of the site came after `seq`. */
export async function countEventsAfter(db: Db, site: SiteRow, seq: number): Promise<number> {
  const { rows } = await db.client.execute({
    sql: 'SELECT count(*) AS events FROM events NOT INDEXED WHERE site_id = ? AND seq > ?',
    args: [site, seq],
  });
  return rows[0] === undefined ? 0 : integer(rows[0], 'events');
}

/** The stored profiles of some visitors; those without one are left out. */
export async function readStates(db: Db, site: SiteRow, visitors: readonly number[]): Promise<StoredProfile[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT p.visitor, p.state FROM json_each(?) AS wanted
      CROSS JOIN profiles AS p ON p.site_id = ? AND p.visitor = wanted.value ORDER BY p.visitor`,
    args: [JSON.stringify(visitors), site],
  });
  return rows.map(toProfile);
}

const toProfile = (row: Row): StoredProfile => ({
  visitor: integer(row, 'visitor'),
  state: text(row, 'state') ?? '',
});

/** What a fold writes at once. */
export interface FoldedSlice {
  readonly profiles: readonly PackedProfiles[];
  readonly watermark: Watermark;
  /** Who entered and left rule segments by it, found out at an instant. */
  readonly changes?: { readonly of: readonly MemberChange[]; readonly at: number };
  /** What the memberships were judged by, where that is another from now on. */
  readonly mark?: RuleMark;
  /** Nobody was judged by it: who is in a rule segment is not to be relied on until everybody is. */
  readonly isUnjudged?: boolean;
}

/** Writes profiles, the watermark that produced them and who changed segments by them, together or not at all. @returns false where the lease is lost. */
export async function saveFold(db: Db, site: SiteRow, lease: Lease, fold: FoldedSlice): Promise<boolean> {
  const { seq, events, stateVersion } = fold.watermark;
  const statements = fold.profiles.map((pack) => profileStatement(site, lease, pack));
  if (fold.changes !== undefined) statements.push(...changeStatements(site, lease, fold.changes.of, fold.changes.at));
  if (fold.mark !== undefined) statements.push(markStatement(site, lease, fold.mark));
  if (fold.isUnjudged === true) {
    statements.push({ sql: `DELETE FROM rule_marks WHERE site_id = ? AND ${HELD}`, args: [site, ...heldArgs(lease)] });
  }
  statements.push({
    sql: `INSERT INTO watermarks (site_id, seq, events, state_version) SELECT ?, ?, ?, ? WHERE ${HELD}
      ON CONFLICT DO UPDATE SET seq = excluded.seq, events = excluded.events, state_version = excluded.state_version`,
    args: [site, seq, events, stateVersion, ...heldArgs(lease)],
  });
  const results = await db.client.batch(statements, 'deferred');
  return results.at(-1)?.rowsAffected === 1;
}

/** Writes whole profiles over what there was. They count once {@link saveFold} has written the watermark they belong to. */
export async function saveProfiles(
  db: Db,
  site: SiteRow,
  lease: Lease,
  packs: readonly PackedProfiles[],
): Promise<void> {
  const statements = packs.map((pack) => profileStatement(site, lease, pack));
  if (statements.length > 0) await db.client.batch(statements, 'deferred');
}

/**
 * Forgets every profile of the site and the watermark, so that the next fold starts from the first event. Who is in a rule
 * segment stays until everybody is judged again.
 */
export async function resetFold(db: Db, site: SiteRow, lease: Lease): Promise<void> {
  await db.client.batch(
    ['profiles', 'watermarks', 'rule_marks'].map((table) => ({
      sql: `DELETE FROM ${table} WHERE site_id = ? AND ${HELD}`,
      args: [site, ...heldArgs(lease)],
    })),
    'deferred',
  );
}

/** How many profiles the site has. */
export async function countProfiles(db: Db, site: SiteRow): Promise<number> {
  const { rows } = await db.client.execute({
    sql: 'SELECT count(*) AS profiles FROM profiles WHERE site_id = ?',
    args: [site],
  });
  return rows[0] === undefined ? 0 : integer(rows[0], 'profiles');
}

/** The next profiles after a visitor, by visitor. */
export async function readProfiles(db: Db, site: SiteRow, after: number, limit: number): Promise<StoredProfile[]> {
  const { rows } = await db.client.execute({
    sql: 'SELECT visitor, state FROM profiles WHERE site_id = ? AND visitor > ? ORDER BY visitor LIMIT ?',
    args: [site, after, limit],
  });
  return rows.map(toProfile);
}

/**
 * The next profiles of a sample after a visitor: every one where the site has at most `of`, else every nth by a number mixed
 * from the visitor's, so that the sample is the same each time.
 */
export async function readSampledProfiles(
  db: Db,
  site: SiteRow,
  { after, limit, of }: { readonly after: number; readonly limit: number; readonly of: number },
): Promise<{ readonly profiles: readonly StoredProfile[]; readonly oneIn: number }> {
  const oneIn = Math.max(1, Math.ceil((await countProfiles(db, site)) / of));
  const { rows } = await db.client.execute({
    sql: `SELECT visitor, state FROM profiles WHERE site_id = ? AND visitor > ? AND (visitor * 2654435761 % 4294967296) % ? = 0
      ORDER BY visitor LIMIT ?`,
    args: [site, after, oneIn, limit],
  });
  return { profiles: rows.map(toProfile), oneIn };
}

/** The released version, or undefined before the first run. */
export async function readReleasedModel(db: Db, site: SiteRow): Promise<StoredModel | undefined> {
  const { rows } = await db.client.execute({
    sql: `SELECT m.version, m.model, m.internals FROM releases AS r
      CROSS JOIN models AS m ON m.site_id = r.site_id AND m.version = r.version WHERE r.site_id = ?`,
    args: [site],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    version: integer(row, 'version'),
    model: text(row, 'model') ?? '',
    internals: text(row, 'internals') ?? '',
  };
}

/** The number of the next version. */
export async function nextVersion(db: Db, site: SiteRow): Promise<number> {
  const { rows } = await db.client.execute({
    sql: 'SELECT coalesce(max(version), 0) + 1 AS version FROM models WHERE site_id = ?',
    args: [site],
  });
  return rows[0] === undefined ? 1 : integer(rows[0], 'version');
}

/** Who is in which cluster, by visitor. */
export async function readClusterMembers(db: Db, site: SiteRow): Promise<Map<number, string>> {
  const { rows } = await db.client.execute({
    sql: 'SELECT segment_id, visitor FROM memberships WHERE site_id = ? AND segment_id GLOB ?',
    args: [site, CLUSTER_SEGMENTS],
  });
  return new Map(rows.map((row) => [integer(row, 'visitor'), text(row, 'segment_id') ?? '']));
}

/** Writes a finished run and points the API at it, all or nothing. @returns false where the lease is lost. */
export async function saveRelease(db: Db, site: SiteRow, lease: Lease, release: NewRelease): Promise<boolean> {
  const { version, at } = release;
  const held = heldArgs(lease);
  const oldest = version - MODELS_KEPT + 1;
  const statements: InStatement[] = [
    {
      sql: `INSERT INTO models (site_id, version, at, model, internals) SELECT ?, ?, ?, ?, ? WHERE ${HELD}`,
      args: [site, version, at, release.model, release.internals, ...held],
    },
    {
      sql: `INSERT INTO segments (site_id, version, id, published)
        SELECT ?, ?, value ->> '$[0]', value ->> '$[1]' FROM json_each(?) WHERE ${HELD}`,
      args: [site, version, JSON.stringify(release.segments.map(({ id, published }) => [id, published])), ...held],
    },
    {
      sql: `DELETE FROM memberships WHERE site_id = ? AND segment_id GLOB ? AND ${HELD}`,
      args: [site, CLUSTER_SEGMENTS, ...held],
    },
    ...membershipStatements(site, lease, release.memberships),
    { sql: `DELETE FROM models WHERE site_id = ? AND version < ? AND ${HELD}`, args: [site, oldest, ...held] },
    { sql: `DELETE FROM segments WHERE site_id = ? AND version < ? AND ${HELD}`, args: [site, oldest, ...held] },
    {
      sql: `INSERT INTO releases (site_id, version, at) SELECT ?, ?, ? WHERE ${HELD}
        ON CONFLICT DO UPDATE SET version = excluded.version, at = excluded.at`,
      args: [site, version, at, ...held],
    },
  ];
  const results = await db.client.batch(statements, 'deferred');
  return results.at(-1)?.rowsAffected === 1;
}

/** Statements that put visitors into segments, but those who took `profile` back. */
export function membershipStatements(
  site: SiteRow,
  lease: Lease,
  memberships: NewRelease['memberships'],
): InStatement[] {
  return memberships.flatMap(({ segment, visitors }) =>
    jsonChunks(visitors).map((members) => ({
      sql: `INSERT INTO memberships (site_id, segment_id, visitor) SELECT ?, ?, value FROM json_each(?) WHERE ${HELD}
        AND value NOT IN (SELECT visitor FROM withdrawals WHERE site_id = ? AND (purposes & ${PURPOSE_BIT.profile}) <> 0)`,
      args: [site, segment, members, ...heldArgs(lease), site],
    })),
  );
}
