// store/exports.ts: exports that may be fetched over the API: which events each is of, and until when. None of them holds an event.
import type { InStatement, Row } from '@libsql/client';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { coverEvents, findStretches } from './event-spans.ts';
import { windowsOf } from './event-windows.ts';
import type { ExportWindow } from './export-events.ts';
import type { TextFormat } from './export-formats.ts';
import { textOf } from './rows.ts';

/** Exports of a site that are remembered: the newest. */
export const EXPORTS_KEPT = 200;
/** How long one may be fetched. */
export const EXPORT_MS = 7 * 86_400_000;
/** Events of one at most; of more, make one of fewer days, or use the command. */
export const EXPORT_EVENTS_MAX = 1_000_000;

/** An export. Times are epoch ms. */
export interface EventExport extends ExportWindow {
  readonly id: string;
  readonly by: string;
  readonly format: TextFormat;
  /** Its last event, in the order of arrival. */
  readonly snapshot: number;
  /** How many events there were when it was made; what was erased or purged since is not in it. */
  readonly events: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/**
 * How many events one would have; more than {@link EXPORT_EVENTS_MAX} are not counted on.
 * @param ground writes ground.db: what it learns of where events are makes the next one, and each fetch, read less.
 */
export async function countExport(
  ground: Db,
  site: SiteRow,
  { from, to }: ExportWindow,
  snapshot: number,
): Promise<number> {
  await coverEvents(ground);
  let events = 0;
  for await (const stretch of windowsOf(ground, await findStretches(ground, site, { from, to }, snapshot))) {
    if (events > EXPORT_EVENTS_MAX) break;
    const { rows } = await ground.client.execute({
      sql: `SELECT count(*) AS events FROM events NOT INDEXED
        WHERE seq > ? AND seq <= ? AND site_id = ? AND at >= ? AND at < ?`,
      args: [stretch.from, stretch.to, site, from, to],
    });
    events += Number(rows[0]?.['events']);
  }
  return events;
}

/** Keeps one with its entry in the audit log, and forgets those of the site past {@link EXPORTS_KEPT}. */
export async function addExport(
  db: Db,
  site: { readonly row: SiteRow; readonly id: string },
  made: EventExport,
): Promise<void> {
  const { id, by, format, from, to, snapshot, events, createdAt, expiresAt } = made;
  const statements: InStatement[] = [
    {
      sql: `INSERT INTO event_exports (id, site_id, "by", format, from_at, to_at, snapshot, events, created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      args: [id, site.row, by, format, from, to, snapshot, events, createdAt, expiresAt],
    },
    await auditStatement({ kind: 'export_made', site: site.id, export: id, format, from, to, by, at: createdAt }),
    {
      sql: `DELETE FROM event_exports WHERE site_id = ?1 AND id NOT IN
        (SELECT id FROM event_exports WHERE site_id = ?1 ORDER BY created_at DESC, id LIMIT ${EXPORTS_KEPT})`,
      args: [site.row],
    },
  ];
  await db.client.batch(statements, 'write');
}

const exportOf = (row: Row): EventExport => ({
  id: textOf(row, 'id'),
  by: textOf(row, 'by'),
  // Written by addExport alone.
  format: textOf(row, 'format') as TextFormat,
  from: Number(row['from_at']),
  to: Number(row['to_at']),
  snapshot: Number(row['snapshot']),
  events: Number(row['events']),
  createdAt: Number(row['created_at']),
  expiresAt: Number(row['expires_at']),
});

/** A site's exports that may be fetched at an instant, newest first; all of them. */
export async function readExports(db: Db, site: SiteRow, now: number): Promise<EventExport[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT * FROM event_exports WHERE site_id = ? AND expires_at > ? ORDER BY created_at DESC, id LIMIT ${EXPORTS_KEPT}`,
    args: [site, now],
  });
  return rows.map(exportOf);
}

/** Takes one away, with the audit entry that says so. @returns whether there was one. */
export async function removeExport(
  db: Db,
  site: { readonly row: SiteRow; readonly id: string },
  id: string,
  { by, at }: { readonly by: string; readonly at: number },
): Promise<boolean> {
  const removal = { sql: 'DELETE FROM event_exports WHERE site_id = ? AND id = ?', args: [site.row, id] };
  const entry = { kind: 'export_removed', site: site.id, export: id, by, at } as const;
  const [result] = await db.client.batch([removal, await auditStatement(entry, 'if_changed')], 'write');
  return result?.rowsAffected === 1;
}

/** The statement that forgets those that are over. */
export const forgetEndedExports = (now: number): InStatement => ({
  sql: 'DELETE FROM event_exports WHERE expires_at <= ?',
  args: [now],
});
