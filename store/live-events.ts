// store/live-events.ts: events as they come, for whoever builds a site and wants to see them: without whose they are.
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** An event just stored. */
export interface LiveEvent {
  readonly seq: number;
  readonly at: number;
  readonly name: string;
  readonly path: string | undefined;
  /** Purposes it was accepted under, as bits. */
  readonly purposes: number;
  /** Positions in the lists of core/context.ts. */
  readonly device: number;
  readonly channel: number;
  readonly source: string;
  /** Whether its visitor is recognised on other days. */
  readonly isLinked: boolean;
}

/** The newest events of a site after `seq`, at most `limit`, oldest first, and how many more there were. */
export async function readLiveEvents(
  db: Db,
  site: SiteRow,
  seq: number,
  limit: number,
): Promise<{ readonly events: readonly LiveEvent[]; readonly skipped: number }> {
  const { rows } = await db.client.execute({
    sql: `SELECT e.seq, e."at", n.value AS name, p.value AS path, e.purposes, coalesce(x.device, 0) AS device,
        coalesce(x.channel, 0) AS channel, coalesce(x.source, 'web') AS source, coalesce(v.linked, 0) AS linked,
        count(*) OVER () AS total
      FROM events AS e NOT INDEXED CROSS JOIN strings AS n ON n.id = e.name LEFT JOIN strings AS p ON p.id = e.path
        LEFT JOIN contexts AS x ON x.id = e.context LEFT JOIN visitors AS v ON v.id = e.visitor
      WHERE e.seq > ? AND e.site_id = ? ORDER BY e.seq DESC LIMIT ?`,
    args: [seq, site, limit],
  });
  const events = rows.map((row) => ({
    seq: Number(row['seq']),
    at: Number(row['at']),
    name: textOf(row, 'name'),
    path: row['path'] === null ? undefined : textOf(row, 'path'),
    purposes: Number(row['purposes']),
    device: Number(row['device']),
    channel: Number(row['channel']),
    source: textOf(row, 'source'),
    isLinked: Number(row['linked']) === 1,
  }));
  return { events: events.reverse(), skipped: Math.max(0, Number(rows[0]?.['total'] ?? 0) - events.length) };
}
