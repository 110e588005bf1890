// store/own-segments.ts: what the segments of one visitor are, for that visitor's own browser.
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** What is stored of the visitors that an id stands for. */
export interface OwnSegments {
  readonly segments: readonly string[];
  /** Their profiles, as stored. */
  readonly states: readonly string[];
  /** Whether they are linked to a login. */
  readonly isLinked: boolean;
  /** Purposes that no later choice took back, as bits: of the newest receipt, and less what waits to be withdrawn. */
  readonly receiptPurposes: number | undefined;
  readonly withdrawn: number;
}

/** Reads it in one go. @param visitors by number, a few. */
export async function readOwnSegments(db: Db, site: SiteRow, visitors: readonly number[]): Promise<OwnSegments> {
  const args = [site, JSON.stringify(visitors)];
  const who = 'IN (SELECT value FROM json_each(?2))';
  const [segments, states, links, receipts, withdrawals] = await db.client.batch(
    [
      {
        sql: `SELECT DISTINCT m.segment_id FROM json_each(?2) AS wanted CROSS JOIN memberships AS m INDEXED BY memberships_visitor
          ON m.site_id = ?1 AND m.visitor = wanted.value ORDER BY m.segment_id`,
        args,
      },
      { sql: `SELECT state FROM profiles WHERE site_id = ?1 AND visitor ${who}`, args },
      { sql: `SELECT 1 FROM links WHERE site_id = ?1 AND visitor ${who} LIMIT 1`, args },
      {
        sql: `SELECT purposes FROM receipts WHERE site_id = ?1 AND visitor ${who} ORDER BY at DESC, id DESC LIMIT 1`,
        args,
      },
      { sql: `SELECT purposes FROM withdrawals WHERE site_id = ?1 AND visitor ${who}`, args },
    ],
    'read',
  );
  const receipt = receipts?.rows[0];
  return {
    segments: (segments?.rows ?? []).map((row) => textOf(row, 'segment_id')),
    states: (states?.rows ?? []).map((row) => textOf(row, 'state')),
    isLinked: (links?.rows.length ?? 0) > 0,
    receiptPurposes: receipt === undefined ? undefined : Number(receipt['purposes']),
    withdrawn: (withdrawals?.rows ?? []).reduce((bits, row) => bits | Number(row['purposes']), 0),
  };
}
