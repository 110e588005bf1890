// store/event-spans.ts: which stretches of the order of arrival hold a site's events of some days, so that a window is found without
// reading all of history. An index on time would cost every insert; a row for 4,096 events is written long after them.
//
// A block is written once all of its numbers are given (`seq` is given in the order of commits and never again), so its days can only
// grow fewer afterwards: rows say too much, never too little, and what no row covers yet is read. Days and not instants are kept, so
// that a row tells nothing of an event that was erased.
import { DAY_MS } from '../contract/index.ts';
import type { Db, SiteRow } from './db.ts';
import type { EventWindow } from './event-windows.ts';
import { FILE_EVENTS, SERVER_EVENTS } from './event-windows.ts';
import { textOf } from './rows.ts';

/** Numbers of events in a block. */
export const EVENTS_A_SPAN = 4_096;
/** Reads of one pass at most. */
const READS_MAX = 1_000_000;

const COVERED_SQL = `SELECT (SELECT coalesce(max(block), -1) FROM event_spans) AS block, (SELECT coalesce(max(seq), -1) FROM events) AS seq`;
const READ_SQL = `SELECT json_group_array(json_array(site_id, block, from_day, to_day)) AS spans FROM (
  SELECT site_id, seq / ${EVENTS_A_SPAN} AS block, min("at") / ${DAY_MS} AS from_day, max("at") / ${DAY_MS} AS to_day
  FROM events NOT INDEXED WHERE seq >= ? AND seq < ? GROUP BY block, site_id)`;
const KEEP_SQL = `INSERT INTO event_spans (site_id, block, from_day, to_day)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`;
const FIND_SQL = `SELECT coalesce(group_concat(block), '') AS blocks FROM (
  SELECT block FROM event_spans WHERE site_id = ? AND block <= ? AND from_day <= ? AND to_day >= ? ORDER BY block)`;

/** Statements of {@link coverEvents} and {@link findStretches}, for the test of query plans. */
export const EVENT_SPANS_SQL: readonly string[] = [COVERED_SQL, READ_SQL, FIND_SQL];

async function readCovered(db: Db): Promise<{ readonly block: number; readonly seq: number }> {
  const { rows } = await db.client.execute(COVERED_SQL);
  return { block: Number(rows[0]?.['block'] ?? -1), seq: Number(rows[0]?.['seq'] ?? -1) };
}

/** Writes the rows of blocks that are full and have none yet, some 10 ms at a time in a file. */
export async function coverEvents(db: Db): Promise<void> {
  const covered = await readCovered(db);
  const end = Math.floor((covered.seq + 1) / EVENTS_A_SPAN);
  const step = Math.floor((db.client.protocol === 'file' ? FILE_EVENTS : SERVER_EVENTS) / EVENTS_A_SPAN);
  let block = covered.block + 1;
  for (let read = 0; read < READS_MAX && block < end; read += 1) {
    const next = Math.min(end, block + step);
    const args = [block * EVENTS_A_SPAN, next * EVENTS_A_SPAN];
    const { rows } = await db.client.execute({ sql: READ_SQL, args });
    const spans = rows[0] === undefined ? '[]' : textOf(rows[0], 'spans');
    if (spans !== '[]') await db.client.batch([{ sql: KEEP_SQL, args: [spans] }], 'write');
    block = next;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/**
 * Stretches that together hold every event of a site whose time lies in `[from, to)`, epoch ms, up to a snapshot, in order; beside them
 * they hold others. They are of the rows that {@link coverEvents} wrote, and of all that came since.
 */
export async function findStretches(
  db: Db,
  site: SiteRow,
  { from, to }: { readonly from: number; readonly to: number },
  snapshot: number,
): Promise<EventWindow[]> {
  const { block: last } = await readCovered(db);
  const days = [Math.floor((to - 1) / DAY_MS), Math.floor(from / DAY_MS)];
  const { rows } = await db.client.execute({ sql: FIND_SQL, args: [site, last, ...days] });
  const blocks = rows[0] === undefined ? '' : textOf(rows[0], 'blocks');
  const stretches: { from: number; to: number }[] = [];
  const add = (first: number, end: number): void => {
    const before = stretches.at(-1);
    if (before?.to === first) before.to = end;
    else stretches.push({ from: first, to: end });
  };
  // A window begins after its `from`, and a block with its first number.
  for (const block of blocks.split(',').filter((text) => text !== '')) {
    const first = Number(block) * EVENTS_A_SPAN;
    add(first - 1, first + EVENTS_A_SPAN - 1);
  }
  add((last + 1) * EVENTS_A_SPAN - 1, Math.max(snapshot, (last + 1) * EVENTS_A_SPAN - 1));
  return stretches
    .map((one) => ({ from: one.from, to: Math.min(one.to, snapshot) }))
    .filter((one) => one.from < one.to);
}

/** Brings the rows up to date behind a purge: those that say only of days before a site's limit, epoch ms, go with their events (P5). */
export async function settleSpans(db: Db, cutoffs: ReadonlyMap<SiteRow, number>): Promise<void> {
  await coverEvents(db);
  const drops = [...cutoffs].flatMap(([site, before]) => {
    const day = Math.floor(before / DAY_MS);
    return [
      { sql: 'DELETE FROM event_spans WHERE site_id = ? AND to_day < ?', args: [site, day] },
      { sql: 'UPDATE event_spans SET from_day = ?2 WHERE site_id = ?1 AND from_day < ?2', args: [site, day] },
    ];
  });
  if (drops.length > 0) await db.client.batch(drops, 'write');
}
