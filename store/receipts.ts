// store/receipts.ts: receipts of consent and what a withdrawal ends at once; its purge is withdrawals.ts.
import type { InStatement, Row } from '@libsql/client';
import type { EpochMs, PurposeBits } from '../contract/index.ts';
import { PURPOSE_BIT } from '../contract/index.ts';
import { visitorIdSql } from './accounts.ts';
import type { Db, SiteRow } from './db.ts';
import { letterVisitorStatement } from './dead-letters.ts';
import { textOf } from './rows.ts';

/** A choice that a message tells of, as far as it may be kept (P1). */
export interface Choice {
  /** Visitor key as 24 hex digits; a withdrawal's is that of the id which is given up. */
  readonly visitor: string;
  readonly kind: 'granted' | 'withdrawn';
  /** When it was made, where that was told. */
  readonly toldAt?: number | undefined;
  readonly receivedAt: number;
  /** Told of the past by an import: a choice made since stands against it. */
  readonly isHistory?: boolean;
  /** What holds after it; without what GPC takes away, which is not the visitor's choice here but their browser's everywhere. */
  readonly purposes: PurposeBits;
  readonly source: string;
  readonly policyVersion: number;
  /** Keyed hash of the platform's string, 24 hex digits. */
  readonly digest?: string | undefined;
  /** Whether Global Privacy Control was set on the message, and what took effect of the purposes with it; absent where that is not known. */
  readonly gpc?: { readonly isSet: boolean; readonly effective: PurposeBits } | undefined;
}

/** A receipt as kept. */
export interface Receipt {
  readonly kind: 'granted' | 'withdrawn';
  readonly at: EpochMs;
  readonly purposes: PurposeBits;
  readonly source: string;
  readonly policyVersion: number;
  /** 24 hex digits. */
  readonly digest?: string;
  /** As of {@link Choice}. */
  readonly gpc?: { readonly isSet: boolean; readonly effective: PurposeBits };
}

/** Receipts of one visitor that are read at most. */
const RECEIPTS_MAX = 10_000;

/** Every bit that a purpose has or may come to have. */
const EVERY_PURPOSE = 0x7fff;
const CHOICE = `(SELECT ${visitorIdSql('?1', 'unhex(?2)')} AS visitor)`;
const LAST = `LEFT JOIN receipts AS last ON last.id = (SELECT max(id) FROM receipts WHERE site_id = ?1 AND visitor = chosen.visitor)`;
// The instant of the last withdrawal, in the receipts.
const REFUSED_AT = `(SELECT max(at) FROM receipts WHERE site_id = ?1 AND visitor = chosen.visitor AND kind = 'withdrawn')`;
// A grant that was given before the visitor withdrew and comes after it agrees to nothing (C1). Nor does one that does not say when it
// was given: it may be as old, and the tag gives no id again that was withdrawn (ADR 0063).
const IS_STALE = `(?3 = 'granted' AND coalesce(?7 <= ${REFUSED_AT}, last.kind = 'withdrawn', false))`;
// A line of history that refuses what was granted after it withdraws nothing.
const IS_HISTORY = `(?10 = 1 AND ?3 = 'withdrawn' AND coalesce(last.kind = 'granted' AND last.at > ?7, false))`;
// Withdrawn is what the last receipt granted under the same policy and this one does not: a policy that was narrowed is
// the site's doing. Somebody without a receipt withdraws everything. What a stale grant brought goes as well: all until now,
// or where the visitor agreed again since, all until they withdrew.
const WITHDRAWAL_SQL = `INSERT INTO withdrawals (site_id, visitor, purposes, until)
  SELECT ?1, chosen.visitor, CASE WHEN ?3 = 'withdrawn' OR ${IS_STALE} THEN ${EVERY_PURPOSE} ELSE last.purposes & ~?4 END,
    CASE WHEN ${IS_STALE} AND last.kind <> 'withdrawn' THEN ${REFUSED_AT} ELSE ?5 END
  FROM ${CHOICE} AS chosen ${LAST}
  WHERE chosen.visitor IS NOT NULL AND NOT ${IS_HISTORY} AND CASE WHEN ?3 = 'withdrawn' THEN last.kind IS NOT 'withdrawn'
    ELSE ${IS_STALE} OR (last.kind = 'granted' AND last.policy_version = ?6 AND (last.purposes & ~?4) <> 0) END
  ON CONFLICT DO UPDATE SET purposes = purposes | excluded.purposes, until = max(until, excluded.until)`;
// A signal that is set after the choice is kept as a receipt of its own; one that is gone again is not: what took effect of each event is with the event.
const RECEIPT_SQL = `INSERT INTO receipts (site_id, visitor, kind, at, purposes, source, policy_version, digest, gpc, effective)
  SELECT ?1, chosen.visitor, ?3, coalesce(?7, ?5), ?4, ?8, ?6, unhex(?9), ?11, ?12 FROM ${CHOICE} AS chosen ${LAST}
  WHERE chosen.visitor IS NOT NULL AND NOT ${IS_HISTORY} AND NOT ${IS_STALE} AND (last.id IS NULL OR last.kind <> ?3 OR (?3 = 'granted' AND
    (last.purposes <> ?4 OR last.source <> ?8 OR last.policy_version <> ?6 OR last.digest IS NOT unhex(?9) OR last.at <> coalesce(?7, last.at) OR (?11 = 1 AND last.gpc IS NOT 1))))`;
const ENDED = `visitor IN (SELECT w.visitor FROM withdrawals AS w WHERE w.site_id = ?1
  AND w.visitor = (SELECT visitor FROM ${CHOICE}) AND w.until = ?3 AND (w.purposes & ${PURPOSE_BIT.profile}) <> 0)`;

/** The statements that keep a choice and end what it withdraws: the links to accounts go in the same transaction. */
export function choiceStatements(site: SiteRow, choice: Choice): InStatement[] {
  const { visitor, kind, purposes, receivedAt, policyVersion, toldAt = null, source, digest = null, gpc } = choice;
  const history = choice.isHistory === true ? 1 : 0;
  const args = [site, visitor, kind, purposes, receivedAt, policyVersion, toldAt, source, digest, history];
  return [
    // Somebody of whom there are dead letters alone gets a number, which the withdrawal and its purge go by.
    ...(kind === 'withdrawn' ? [letterVisitorStatement(site, visitor)] : []),
    { sql: WITHDRAWAL_SQL, args },
    { sql: RECEIPT_SQL, args: [...args, gpc === undefined ? null : Number(gpc.isSet), gpc?.effective ?? null] },
    { sql: `DELETE FROM links WHERE site_id = ?1 AND ${ENDED}`, args: [site, visitor, receivedAt] },
    {
      sql: `INSERT INTO unlinks (site_id, visitor, until) SELECT site_id, visitor, ?3 FROM withdrawals
        WHERE site_id = ?1 AND ${ENDED} ON CONFLICT DO UPDATE SET until = max(until, excluded.until)`,
      args: [site, visitor, receivedAt],
    },
  ];
}

/**
 * Takes visitors out of profiles and segments at once, where a withdrawal of `profile` waits for its purge. Published
 * numbers were frozen and stay. Deferred: only derived tables are written.
 * @returns the keys of those who have withdrawn: a grant of theirs among the choices agrees to nothing.
 */
export async function leaveOnWithdrawal(
  db: Db,
  site: SiteRow,
  choices: readonly Choice[],
): Promise<ReadonlySet<string>> {
  const withdrawn = new Set<string>();
  for (const choice of choices) if (await leave(db, site, choice)) withdrawn.add(choice.visitor);
  return withdrawn;
}

// As IS_STALE, once the choice is written.
const IS_ENDED_SQL = `SELECT coalesce(?3 <= max(at) FILTER (WHERE kind = 'withdrawn'), max(id) FILTER (WHERE kind = 'withdrawn') = max(id), 0) AS is_ended
  FROM receipts WHERE site_id = ?1 AND visitor = (SELECT visitor FROM ${CHOICE})`;

async function leave(db: Db, site: SiteRow, choice: Choice): Promise<boolean> {
  const waits = `SELECT visitor FROM withdrawals WHERE site_id = ?1 AND visitor = (SELECT visitor FROM ${CHOICE})
    AND (purposes & ${PURPOSE_BIT.profile}) <> 0`;
  // Where a queue stands between, the withdrawal itself is not written yet.
  const who = choice.kind === 'withdrawn' ? `SELECT visitor FROM ${CHOICE}` : waits;
  const args = [site, choice.visitor];
  const left = ['memberships', 'segment_changes', 'profiles'].map((table) => ({
    sql: `DELETE FROM ${table} WHERE site_id = ?1 AND visitor IN (${who})`,
    args,
  }));
  const results = await db.client.batch(
    [...left, { sql: IS_ENDED_SQL, args: [...args, choice.toldAt ?? null] }],
    'deferred',
  );
  return choice.kind === 'withdrawn' || results.at(-1)?.rows[0]?.['is_ended'] === 1;
}

/** What a receipt says of Global Privacy Control. */
export const gpcOf = (row: Row): Pick<Receipt, 'gpc'> =>
  row['gpc'] === null ? {} : { gpc: { isSet: Number(row['gpc']) === 1, effective: Number(row['effective']) } };

/** The receipts of a visitor, oldest first. */
export async function readReceipts(db: Db, site: SiteRow, visitor: number): Promise<Receipt[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT kind, at, purposes, source, policy_version, lower(hex(digest)) AS digest, gpc, effective FROM receipts
      WHERE site_id = ? AND visitor = ? ORDER BY id LIMIT ?`,
    args: [site, visitor, RECEIPTS_MAX],
  });
  return rows.map((row) => ({
    kind: textOf(row, 'kind') as Receipt['kind'],
    at: Number(row['at']) as EpochMs,
    purposes: Number(row['purposes']),
    source: textOf(row, 'source'),
    policyVersion: Number(row['policy_version']),
    ...(row['digest'] === null || row['digest'] === '' ? {} : { digest: textOf(row, 'digest') }),
    ...gpcOf(row),
  }));
}
