// store/purged-since.ts: what of a window of time is not there any more, as the audit log tells it.
import type { EpochMs } from '../contract/index.ts';
import type { Db } from './db.ts';

/** A purge that reached into a window. */
export interface PurgeOfWindow {
  readonly at: EpochMs;
  /** Events before this instant went. */
  readonly before: EpochMs;
  /** Events that went in this purge, those from before the window too; undefined where it did not end, or what it said is past its limit. */
  readonly events?: number;
}

/** What went since a window began. */
export interface PurgedSince {
  /** The newest first, {@link PURGES_MAX} at most. */
  readonly purges: readonly PurgeOfWindow[];
  /** Erasures of visitors since the window began; whom they were of is in no log. */
  readonly erasures: number;
  /** Entries of the audit log whose words are past their limit: of purges among them nothing is known. */
  readonly entriesForgotten: number;
}

/** Purges told of at most. */
export const PURGES_MAX = 200;

/** Reads it for events from `from` on. */
export async function readPurgedSince(db: Db, site: string, from: number): Promise<PurgedSince> {
  const purges = await db.client.execute({
    sql: `SELECT begun.entry ->> '$.at' AS at, begun.entry ->> '$.before' AS before,
        (SELECT ended.entry ->> '$.rows.events' FROM audit_log AS ended WHERE ended.seq > begun.seq
          AND ended.entry ->> '$.site' = ?1 AND ended.entry ->> '$.kind' IN ('purged', 'purge_begun') ORDER BY ended.seq LIMIT 1) AS events
      FROM audit_log AS begun WHERE begun.entry ->> '$.site' = ?1 AND begun.entry ->> '$.kind' = 'purge_begun'
        AND begun.entry ->> '$.before' > ?2 ORDER BY begun.seq DESC LIMIT ?3`,
    args: [site, from, PURGES_MAX],
  });
  const { rows } = await db.client.execute({
    sql: `SELECT (SELECT count(*) FROM audit_log WHERE entry ->> '$.site' = ?1 AND entry ->> '$.kind' = 'visitor_erased' AND entry ->> '$.at' >= ?2) AS erasures,
      (SELECT count(*) FROM audit_log WHERE entry IS NULL) AS forgotten`,
    args: [site, from],
  });
  return {
    purges: purges.rows.map((row) => ({
      at: Number(row['at']) as EpochMs,
      before: Number(row['before']) as EpochMs,
      ...(row['events'] === null ? {} : { events: Number(row['events']) }),
    })),
    erasures: Number(rows[0]?.['erasures']),
    entriesForgotten: Number(rows[0]?.['forgotten']),
  };
}
