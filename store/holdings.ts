// store/holdings.ts: what is held of a site, counted: for the record of processing and for a breach notice.
import type { Row } from '@libsql/client';
import type { EpochMs } from '../contract/index.ts';
import type { Db, SiteRow } from './db.ts';
import { eventWindows } from './event-windows.ts';
import { textOf } from './rows.ts';

/** Fields of events that say something about a person, as named in records. */
export const HELD_FIELDS = [
  'path', 'title', 'referrer', 'campaign', 'order_key', 'value', 'items', 'properties', 'context',
] as const; // biome-ignore format: a list reads better in rows
/** One of them. */
export type HeldField = (typeof HELD_FIELDS)[number];

/** Events of a window and whom they are of. */
export interface Holdings {
  readonly events: number;
  /** Visitors known for longer than a day, by consent. */
  readonly linkedVisitors: number;
  /** Visitors known for a day alone. */
  readonly dayVisitors: number;
  /** Events of nobody. */
  readonly eventsWithoutVisitor: number;
  /** Events in which a field is filled. */
  readonly fields: Readonly<Record<HeldField, number>>;
  readonly oldestAt?: EpochMs;
  readonly newestAt?: EpochMs;
}

const FIELD_COUNTS = HELD_FIELDS.map((name) => `count(e.${name}) AS ${name}`).join(', ');
const WINDOW = 'e.seq > ?1 AND e.seq <= ?2 AND e.site_id = ?3 AND e.at >= ?4 AND e.at < ?5';

/** Counts a site's events between two instants, reading them in stretches. */
export async function readHoldings(db: Db, site: SiteRow, from: number, to: number): Promise<Holdings> {
  const fields = Object.fromEntries(HELD_FIELDS.map((name) => [name, 0])) as Record<HeldField, number>;
  const visitors = { linked: new Set<number>(), day: new Set<number>() };
  let [events, eventsWithoutVisitor, oldest, newest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for await (const window of eventWindows(db)) {
    const args = [window.from, window.to, site, from, to];
    const counted = await db.client.execute({
      sql: `SELECT count(*) AS events, count(*) - count(e.visitor) AS nobody, min(e.at) AS oldest, max(e.at) AS newest, ${FIELD_COUNTS}
        FROM events AS e NOT INDEXED WHERE ${WINDOW}`,
      args,
    });
    const [row] = counted.rows;
    if (row === undefined || Number(row['events']) === 0) continue;
    events += Number(row['events']);
    eventsWithoutVisitor += Number(row['nobody']);
    oldest = Math.min(oldest, Number(row['oldest']));
    newest = Math.max(newest, Number(row['newest']));
    for (const name of HELD_FIELDS) fields[name] += Number(row[name]);
    const seen = await db.client.execute({
      sql: `SELECT DISTINCT e.visitor, v.linked FROM events AS e NOT INDEXED CROSS JOIN visitors AS v ON v.id = e.visitor WHERE ${WINDOW}`,
      args,
    });
    for (const one of seen.rows) visitors[one['linked'] === 1 ? 'linked' : 'day'].add(Number(one['visitor']));
  }
  return {
    events,
    linkedVisitors: visitors.linked.size,
    dayVisitors: visitors.day.size,
    eventsWithoutVisitor,
    fields,
    ...(events === 0 ? {} : { oldestAt: oldest as EpochMs, newestAt: newest as EpochMs }),
  };
}

/** Rows of a site beside events. */
export interface HeldRecords {
  readonly profiles: number;
  readonly receipts: number;
  readonly deadLetters: number;
  /** Logins by what they are known by. */
  readonly accounts: Readonly<Record<string, number>>;
  readonly openRequests: number;
  readonly auditCheckpoints: number;
}

/** Counts them; receipts are those of choices between two instants, the rest has no window. */
export async function readHeldRecords(db: Db, site: SiteRow, from: number, to: number): Promise<HeldRecords> {
  const { rows } = await db.client.execute({
    sql: `SELECT (SELECT count(*) FROM profiles WHERE site_id = ?1) AS profiles, (SELECT count(*) FROM receipts WHERE site_id = ?1 AND at >= ?2 AND at < ?3) AS receipts,
      (SELECT count(*) FROM dead_letters WHERE site_id = ?1) AS letters,
      (SELECT count(*) FROM privacy_requests WHERE site_id = ?1 AND status = 'open') AS requests,
      (SELECT count(*) FROM audit_checkpoints) AS checkpoints`,
    args: [site, from, to],
  });
  const accounts = await db.client.execute({
    sql: 'SELECT kind, count(*) AS accounts FROM accounts WHERE site_id = ? GROUP BY kind ORDER BY kind',
    args: [site],
  });
  const count = (name: string): number => Number(rows[0]?.[name] ?? 0);
  return {
    profiles: count('profiles'),
    receipts: count('receipts'),
    deadLetters: count('letters'),
    accounts: Object.fromEntries(accounts.rows.map((row) => [textOf(row, 'kind'), Number(row['accounts'])])),
    openRequests: count('requests'),
    auditCheckpoints: count('checkpoints'),
  };
}

/** A salt of a period, or what the audit log says of one that is gone. */
export interface HeldSalt {
  readonly use: string;
  readonly opensAt: number;
  /** The key that opens it at the key provider; absent where the salt was destroyed. */
  readonly kekId?: string;
  readonly destroyedAt?: number;
  /** The entry of the audit log that proves it. */
  readonly provenBy?: number;
}

/** Salts told of at most, newest first. */
const SALTS_MAX = 1_000;

/**
 * Salts that pseudonyms of events between two instants may have been made with: those stored, and those the audit log says were
 * destroyed. Long salts of later too: imported history has its own dates, and the pseudonyms of the day it was imported.
 */
export async function readHeldSalts(
  db: Db,
  site: { readonly row: SiteRow; readonly id: string },
  from: number,
  to: number,
): Promise<HeldSalt[]> {
  const live = await db.client.execute({
    sql: `SELECT use, opens_at, kek_id FROM salts WHERE site_id = ? AND (opens_at < ? OR use = 'long') AND closes_at > ? ORDER BY opens_at DESC LIMIT ?`,
    args: [site.row, to, from, SALTS_MAX],
  });
  const gone = await db.client.execute({
    sql: `SELECT seq, entry ->> '$.use' AS use, entry ->> '$.opensAt' AS opens_at, entry ->> '$.at' AS at FROM audit_log
      WHERE entry ->> '$.kind' = 'salt_destroyed' AND entry ->> '$.site' = ? AND (opens_at < ? OR use = 'long') AND at > ? ORDER BY seq DESC LIMIT ?`,
    args: [site.id, to, from, SALTS_MAX],
  });
  const head = (row: Row): Pick<HeldSalt, 'use' | 'opensAt'> => ({
    use: textOf(row, 'use'),
    opensAt: Number(row['opens_at']),
  });
  return [
    ...live.rows.map((row) => ({ ...head(row), kekId: textOf(row, 'kek_id') })),
    ...gone.rows.map((row) => ({ ...head(row), destroyedAt: Number(row['at']), provenBy: Number(row['seq']) })),
  ];
}
