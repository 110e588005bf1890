// store/releases.ts: which versions a site's segments can go back to, and holding one of them.
//
// Who is in a cluster is kept of the released version alone, so that an erasure has one place to look. Going back takes the numbers
// back at once and empties the clusters; the next run puts everybody where the version's model says (segmenter/hold.ts).
import type { Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import type { Lease } from './lease.ts';
import { CLUSTER_SEGMENTS, HELD, heldArgs } from './lease.ts';
import { textOf } from './rows.ts';
import type { NewRelease } from './segmenter.ts';
import { membershipStatements } from './segmenter.ts';
import type { LeaseNeeds } from './with-lease.ts';
import { withLease } from './with-lease.ts';

/** A version that is kept. */
export interface KeptVersion {
  readonly version: number;
  readonly at: number;
  readonly isReleased: boolean;
}

/** Where a release is changed. */
export interface ReleaseSite {
  readonly row: SiteRow;
  readonly id: string;
}

/** Why it is not. `busy`: a run goes on. */
export type ReleaseRefusal = 'unknown_version' | 'not_held' | 'busy';

/** The versions of a site, newest first; at most as many as are kept. */
export async function readVersions(db: Db, site: SiteRow): Promise<KeptVersion[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT m.version, m.at, m.version = coalesce(r.version, 0) AS released FROM models AS m
      LEFT JOIN releases AS r ON r.site_id = m.site_id WHERE m.site_id = ? ORDER BY m.version DESC`,
    args: [site],
  });
  return rows.map((row) => ({
    version: Number(row['version']),
    at: Number(row['at']),
    isReleased: Number(row['released']) === 1,
  }));
}

/** What a held version's members were found by, '' before a run found them; undefined where none is held. */
export async function readHold(db: Db, site: SiteRow): Promise<string | undefined> {
  const { rows } = await db.client.execute({ sql: 'SELECT held FROM releases WHERE site_id = ?', args: [site] });
  const [row] = rows;
  return row === undefined || row['held'] === null ? undefined : textOf(row, 'held');
}

async function change(
  needs: LeaseNeeds,
  site: ReleaseSite,
  work: (lease: Lease) => Promise<boolean>,
  refusal: ReleaseRefusal,
): Promise<Result<true, ReleaseRefusal>> {
  const done = await withLease(needs, site.row, work);
  if (!done.ok) return err('busy');
  return done.value ? ok(true) : err(refusal);
}

/** Goes back to a version, and holds it: numbers at once and together, members with the next run. It is in the audit log. */
export const rollBack = (needs: LeaseNeeds, site: ReleaseSite, version: number, by: string) =>
  change(
    needs,
    site,
    async (lease) => {
      const held = heldArgs(lease);
      const at = needs.clock();
      const entry = { kind: 'release_rolled_back', site: site.id, version, by, at } as const;
      const results = await needs.db.client.batch(
        [
          {
            sql: `UPDATE releases SET version = ?1, at = ?2, held = '' WHERE site_id = ?3
              AND EXISTS (SELECT 1 FROM models WHERE site_id = ?3 AND version = ?1)
              AND EXISTS (SELECT 1 FROM leases WHERE name = ?4 AND holder = ?5)`,
            args: [version, at, site.row, ...held],
          },
          await auditStatement(entry, 'if_changed'),
          {
            sql: `DELETE FROM memberships WHERE site_id = ? AND segment_id GLOB ? AND ${HELD}
              AND EXISTS (SELECT 1 FROM releases WHERE site_id = ? AND version = ? AND held = '')`,
            args: [site.row, CLUSTER_SEGMENTS, ...held, site.row, version],
          },
        ],
        'write',
      );
      return results[0]?.rowsAffected === 1;
    },
    'unknown_version',
  );

/** Lets runs make new versions again. */
export const resumeReleases = (needs: LeaseNeeds, site: ReleaseSite, by: string) =>
  change(
    needs,
    site,
    async (lease) => {
      const entry = { kind: 'releases_resumed', site: site.id, by, at: needs.clock() } as const;
      const results = await needs.db.client.batch(
        [
          {
            sql: `UPDATE releases SET held = NULL WHERE site_id = ? AND held IS NOT NULL AND ${HELD}`,
            args: [site.row, ...heldArgs(lease)],
          },
          await auditStatement(entry, 'if_changed'),
        ],
        'write',
      );
      return results[0]?.rowsAffected === 1;
    },
    'not_held',
  );

/** Writes who is in the clusters of a held version, and what that was found by. @returns false where the lease is lost. */
export async function saveHeldMembers(
  db: Db,
  site: SiteRow,
  lease: Lease,
  memberships: NewRelease['memberships'],
  foundBy: string,
): Promise<boolean> {
  const held = heldArgs(lease);
  const results = await db.client.batch(
    [
      {
        sql: `DELETE FROM memberships WHERE site_id = ? AND segment_id GLOB ? AND ${HELD}`,
        args: [site, CLUSTER_SEGMENTS, ...held],
      },
      ...membershipStatements(site, lease, memberships),
      {
        sql: `UPDATE releases SET held = ? WHERE site_id = ? AND held IS NOT NULL AND ${HELD}`,
        args: [foundBy, site, ...held],
      },
    ],
    'deferred',
  );
  return results.at(-1)?.rowsAffected === 1;
}
