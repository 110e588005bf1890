// store/objection.ts: visitors who objected to profiling (GDPR Art. 21): they are counted on, and in no profile or segment.
//
// The mark is on the visitor's row, where the fold looks. The digest in `objections` sets it again on a row that came later:
// after an erasure, after a restore, on a visitor first seen afterwards.
import type { InStatement } from '@libsql/client';
import type { EpochMs, Result, VisitorKey } from '../contract/index.ts';
import { visitorIdSql } from './accounts.ts';
import type { Db, SiteRow } from './db.ts';
import { forgetDerived, settle } from './retention-purge.ts';
import { formerVisitorKeys, instantsOfDigests, readDigests, visitorDigest, visitorKeys } from './visitor-digest.ts';
import type { LeaseNeeds } from './with-lease.ts';
import { withLease } from './with-lease.ts';

/** Objections, or visitors, of one step. */
const STEP_VISITORS = 2_000;

/** Who objected, without who it was. */
export interface Objection {
  readonly site: SiteRow;
  /** SHA-256 as 64 hex digits. */
  readonly digest: string;
  readonly objectedAt: EpochMs;
}

const objectionStatement = ({ site, digest, objectedAt }: Objection): InStatement => ({
  sql: `INSERT INTO objections (site_id, digest, objected_at) VALUES (?, unhex(?), ?)
    ON CONFLICT DO UPDATE SET objected_at = min(objected_at, excluded.objected_at)`,
  args: [site, digest, objectedAt],
});

/** The statements that record an objection and mark the visitor; from then on no fold takes an event of theirs. */
export async function objectionStatements(site: SiteRow, key: VisitorKey, at: EpochMs): Promise<InStatement[]> {
  return [
    objectionStatement({ site, digest: await visitorDigest(site, key), objectedAt: at }),
    {
      sql: `UPDATE visitors SET objected_at = coalesce(objected_at, ?3) WHERE id = ${visitorIdSql('?1', 'unhex(?2)')}`,
      args: [site, key, at],
    },
  ];
}

/** The statements that take an objection back: events that come from then on are folded again, where there is consent. */
export async function objectionWithdrawalStatements(site: SiteRow, key: VisitorKey): Promise<InStatement[]> {
  return [
    {
      sql: 'DELETE FROM objections WHERE site_id = ? AND digest = unhex(?)',
      args: [site, await visitorDigest(site, key)],
    },
    {
      sql: `UPDATE visitors SET objected_at = NULL WHERE id = ${visitorIdSql('?1', 'unhex(?2)')}`,
      args: [site, key],
    },
  ];
}

/** Every objection, to be kept beside the backups and not in them. */
export const readObjections = async (db: Db): Promise<Objection[]> =>
  (await readDigests(db, 'objections')).map(({ at, ...of }) => ({ ...of, objectedAt: at }));

/** Brings objections into a database that was restored from before them; {@link markObjectors} does the rest. */
export async function addObjections(db: Db, objections: readonly Objection[]): Promise<void> {
  for (let from = 0; from < objections.length; from += STEP_VISITORS) {
    await db.client.batch(objections.slice(from, from + STEP_VISITORS).map(objectionStatement), 'write');
  }
}

/**
 * Marks visitors of a site that came after their objection, and takes what was derived of any objector. Call it with the
 * site's lease, before a fold. @returns how many were marked now.
 */
export async function markObjectors(db: Db, site: SiteRow): Promise<number> {
  const comparedTo = await readComparedTo(db, site);
  if (comparedTo === undefined) return 0;
  let marked = 0;
  let last = comparedTo;
  // A number that is given was never given before, so those up to `last` are done with; keys they had come from a rotation.
  const passes = [visitorKeys(db, site, last), ...(last === 0 ? [formerVisitorKeys(db, site)] : [])];
  for (const pass of passes) {
    for await (const keys of pass) {
      const marks: InStatement[] = [];
      const objected = await instantsOfDigests(db, 'objections', site, keys);
      for (const { visitor, key } of keys) {
        last = Math.max(last, visitor);
        const at = objected.get(key);
        if (at !== undefined)
          marks.push({ sql: 'UPDATE visitors SET objected_at = ? WHERE id = ?', args: [at, visitor] });
      }
      marked += marks.length;
      if (marks.length > 0) await db.client.batch(marks, 'write');
    }
  }
  if (last > comparedTo) {
    await db.client.execute({
      sql: 'UPDATE objections SET compared_to = max(compared_to, ?) WHERE site_id = ?',
      args: [last, site],
    });
  }
  await forgetObjectors(db, site);
  return marked;
}

/** The visitor up to whom every objection of a site was compared; undefined where it has none. */
async function readComparedTo(db: Db, site: SiteRow): Promise<number | undefined> {
  const { rows } = await db.client.execute({
    sql: 'SELECT min(compared_to) AS least FROM objections WHERE site_id = ?',
    args: [site],
  });
  const least = rows[0]?.['least'];
  return least === null || least === undefined ? undefined : Number(least);
}

/** Takes profiles and memberships of a site's objectors. */
async function forgetObjectors(db: Db, site: SiteRow): Promise<void> {
  const { rows } = await db.client.execute({
    sql: 'SELECT id FROM visitors WHERE site_id = ? AND objected_at IS NOT NULL',
    args: [site],
  });
  const ids = rows.map((row) => Number(row['id']));
  for (let from = 0; from < ids.length; from += STEP_VISITORS) {
    await forgetDerived(db, site, ids.slice(from, from + STEP_VISITORS));
  }
}

/** Takes a site's objectors out of profiles and segments now; `busy` where the segmenter is at work. */
export async function leaveSegments(needs: LeaseNeeds, site: SiteRow): Promise<Result<number, 'busy'>> {
  const marked = await withLease(needs, site, () => markObjectors(needs.db, site));
  if (marked.ok) await settle(needs.db);
  return marked;
}
