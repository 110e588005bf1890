// store/export-events.ts: a site's events in words, slice by slice, as one moment saw them.
import { BROWSERS, CHANNELS, DEVICES, SYSTEMS } from '../core/index.ts';
import type { Db, SiteRow } from './db.ts';
import { findStretches } from './event-spans.ts';
import type { EventWindow } from './event-windows.ts';
import { textOf } from './rows.ts';

/** A column of an export. */
export interface ExportColumn {
  readonly name: string;
  /** DuckDB's type, which is the Parquet file's. */
  readonly type: 'BIGINT' | 'INTEGER' | 'BOOLEAN' | 'VARCHAR' | 'JSON';
  /** Where it comes from. */
  readonly sql: string;
}

const column = (name: string, type: ExportColumn['type'], sql: string): ExportColumn => ({ name, type, sql });
const text = (name: string): ExportColumn => column(name, 'VARCHAR', `nullif(x.${name}, '')`);
/** What is at rest as a position in a list (core/context.ts), as its word. */
const word = (name: string, words: readonly string[]): ExportColumn =>
  column(name, 'VARCHAR', `CASE x.${name} ${words.map((one, at) => `WHEN ${at} THEN '${one}'`).join(' ')} END`);

/** The columns, in their order; docs/export.md says what they mean. */
export const EXPORT_COLUMNS: readonly ExportColumn[] = [
  column('id', 'VARCHAR', 'lower(hex(e.id))'),
  column('at', 'BIGINT', 'e."at"'),
  column('name', 'VARCHAR', 'n.value'),
  // Who objected is in no profile, so nobody may make one of an export either.
  column('visitor', 'VARCHAR', "iif(v.objected_at IS NULL, nullif(lower(hex(v.key)), ''), NULL)"),
  column('linked', 'BOOLEAN', "iif(v.linked = 1, json('true'), json('false'))"),
  column('purposes', 'INTEGER', 'e.purposes'),
  column('policy_version', 'INTEGER', 'e.policy_version'),
  column('path', 'VARCHAR', 'p.value'),
  column('title', 'VARCHAR', 't.value'),
  column('referrer', 'VARCHAR', 'r.value'),
  column('campaign', 'VARCHAR', 'k.value'),
  column('order_key', 'VARCHAR', "nullif(lower(hex(e.order_key)), '')"),
  column('currency', 'VARCHAR', 'c.value'),
  column('value', 'BIGINT', 'e.value'),
  column('tax', 'BIGINT', 'e.tax'),
  column('shipping', 'BIGINT', 'e.shipping'),
  column('discount', 'BIGINT', 'e.discount'),
  column('coupon', 'VARCHAR', 'o.value'),
  column('items', 'JSON', 'json(e.items)'),
  column('properties', 'JSON', 'json(e.properties)'),
  text('country'),
  text('region'),
  word('device', DEVICES),
  word('browser', BROWSERS),
  word('os', SYSTEMS),
  text('language'),
  text('time_zone'),
  word('channel', CHANNELS),
  column('source', 'VARCHAR', "coalesce(x.source, 'web')"),
];

/** Events read at once. */
const SLICE_EVENTS = 20_000;
/** Events gone through at once in a server's own files: some 10 ms, in which the same thread answers nobody. */
const BESIDE_FILE_EVENTS = 1_000;
/** Events read at once of a database on a server: some megabytes. */
const BESIDE_SERVER_EVENTS = 10_000;
/** Slices of one export at most: a thousand million events and more. */
const SLICES_MAX = 5_000_000;

const SLICE = `SELECT max(seq) AS seq, count(*) AS events, group_concat(line, char(10)) AS lines FROM (
  SELECT e.seq, json_object(${EXPORT_COLUMNS.map(({ name, sql }) => `'${name}', ${sql}`).join(', ')}) AS line
  FROM events AS e NOT INDEXED CROSS JOIN strings AS n ON n.id = e.name LEFT JOIN visitors AS v ON v.id = e.visitor
    LEFT JOIN strings AS p ON p.id = e.path LEFT JOIN strings AS t ON t.id = e.title LEFT JOIN strings AS r ON r.id = e.referrer
    LEFT JOIN strings AS k ON k.id = e.campaign LEFT JOIN strings AS c ON c.id = e.currency
    LEFT JOIN strings AS o ON o.id = e.coupon LEFT JOIN contexts AS x ON x.id = e.context
  WHERE e.seq > ?1 AND e.seq <= ?2 AND e.site_id = ?3 AND e."at" >= ?4 AND e."at" < ?5 ORDER BY e.seq LIMIT ?6)`;

/** Events of a site whose time lies in `[from, to)`, epoch ms. */
export interface ExportWindow {
  readonly from: number;
  readonly to: number;
}

/** Some events, a line of JSON each with a field for every column. */
export interface ExportSlice {
  readonly events: number;
  readonly lines: string;
}

/** The last event that was committed: what an export ends with, however long it takes. */
export async function readSnapshot(db: Db): Promise<number> {
  const { rows } = await db.client.execute('SELECT coalesce(max(seq), 0) AS seq FROM events');
  return Number(rows[0]?.['seq']);
}

/**
 * Reads the events up to a snapshot in their order of arrival. Events have their numbers in the order of their commits, so what comes
 * meanwhile is not among them; what is erased or purged meanwhile is left out, as it should be.
 */
export async function* exportSlices(
  db: Db,
  site: SiteRow,
  window: ExportWindow,
  snapshot: number,
): AsyncGenerator<ExportSlice, void, undefined> {
  const all = { from: 0, to: snapshot };
  yield* slicesOf(db, site, window, { part: all, stretch: Infinity, events: SLICE_EVENTS });
}

/** Reads a part of them in slices so small that a server which reads its files itself answers others in between. */
export async function* exportSlicesBeside(
  db: Db,
  site: SiteRow,
  window: ExportWindow,
  part: EventWindow,
): AsyncGenerator<ExportSlice, void, undefined> {
  const isFile = db.client.protocol === 'file';
  yield* slicesOf(db, site, window, {
    part,
    stretch: isFile ? BESIDE_FILE_EVENTS : Infinity,
    events: isFile ? BESIDE_FILE_EVENTS : BESIDE_SERVER_EVENTS,
  });
}

async function* slicesOf(
  db: Db,
  site: SiteRow,
  window: ExportWindow,
  { part, stretch, events: eventsMax }: { part: EventWindow; stretch: number; events: number },
): AsyncGenerator<ExportSlice, void, undefined> {
  let slices = 0;
  for (const { from, to } of await findStretches(db, site, window, part.to)) {
    let seq = Math.max(from, part.from);
    for (; slices < SLICES_MAX && seq < to; slices += 1) {
      const end = Math.min(to, seq + stretch);
      const args = [seq, end, site, window.from, window.to, eventsMax];
      const { rows } = await db.client.execute({ sql: SLICE, args });
      const [row] = rows;
      const events = Number(row?.['events'] ?? 0);
      // As many as were asked for: there may be more of them before the end of the stretch.
      seq = row !== undefined && events === eventsMax ? Number(row['seq']) : end;
      if (row !== undefined && events > 0) yield { events, lines: textOf(row, 'lines') };
      else await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
}
