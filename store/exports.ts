// store/exports.ts: exports that may be fetched over the API: which events each is of, and until when. None of them holds an event.
import type { InStatement, Row } from '@libsql/client';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { coverEvents, findStretches } from './event-spans.ts';
import { windowsOf } from './event-windows.ts';
import type { ExportWindow } from './export-events.ts';
import type { ExportFormat } from './export-formats.ts';
import { textOf } from './rows.ts';

/** Exports of a site that are remembered: the newest. */
export const EXPORTS_KEPT = 200;
/** How long one may be fetched. */
export const EXPORT_MS = 7 * 86_400_000;
/** Events of one at most; of more, make one of fewer days, or use the command. */
export const EXPORT_EVENTS_MAX = 1_000_000;

/** Events of a part of one at most, so that who is interrupted goes on near to where they were. */
export const PART_EVENTS_MAX = 100_000;

/** A part of an export: its events after the number `from`, up to and with `to`. */
export interface ExportPart {
  readonly from: number;
  readonly to: number;
  /** How many there were when it was made. */
  readonly events: number;
}

/** An export. Times are epoch ms. */
export interface EventExport extends ExportWindow {
  readonly id: string;
  readonly by: string;
  readonly format: ExportFormat;
  /** Its last event, in the order of arrival. */
  readonly snapshot: number;
  /** How many events there were when it was made; what was erased or purged since is not in it. */
  readonly events: number;
  /** At least one, in order. */
  readonly parts: readonly ExportPart[];
  readonly createdAt: number;
  readonly expiresAt: number;
}

/**
 * The parts that one would have. More than {@link EXPORT_EVENTS_MAX} events are not counted on: the parts then hold more than that.
 * @param ground writes ground.db: what it learns of where events are makes the next one, and each fetch, read less.
 */
export async function planExport(
  ground: Db,
  site: SiteRow,
  window: ExportWindow,
  snapshot: number,
): Promise<readonly ExportPart[]> {
  const parts: ExportPart[] = [];
  let part: ExportPart | undefined;
  let total = 0;
  await coverEvents(ground);
  const stretches = await findStretches(ground, site, window, snapshot);
  for await (const { from, to } of windowsOf(ground, stretches, PART_EVENTS_MAX)) {
    const { rows } = await ground.client.execute({
      sql: `SELECT count(*) AS events FROM events NOT INDEXED
        WHERE seq > ? AND seq <= ? AND site_id = ? AND at >= ? AND at < ?`,
      args: [from, to, site, window.from, window.to],
    });
    const events = Number(rows[0]?.['events']);
    if (events === 0) continue;
    if (part !== undefined && part.events + events > PART_EVENTS_MAX) {
      parts.push(part);
      part = undefined;
    }
    part = { from: part?.from ?? from, to, events: (part?.events ?? 0) + events };
    total += events;
    if (total > EXPORT_EVENTS_MAX) break;
  }
  return [...parts, part ?? { from: snapshot, to: snapshot, events: 0 }];
}

/** Keeps one with its entry in the audit log, and forgets those of the site past {@link EXPORTS_KEPT}. */
export async function addExport(
  db: Db,
  site: { readonly row: SiteRow; readonly id: string },
  made: EventExport,
): Promise<void> {
  const { id, by, format, from, to, snapshot, events, parts, createdAt, expiresAt } = made;
  const ends = JSON.stringify(parts.map((part) => [part.from, part.to, part.events]));
  const statements: InStatement[] = [
    {
      sql: `INSERT INTO event_exports (id, site_id, "by", format, from_at, to_at, snapshot, events, parts, created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      args: [id, site.row, by, format, from, to, snapshot, events, ends, createdAt, expiresAt],
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

/** Its parts; one from before there were parts has one. */
function partsOf(row: Row): readonly ExportPart[] {
  // Written by addExport alone.
  const kept = JSON.parse(textOf(row, 'parts')) as readonly (readonly [number, number, number])[];
  if (kept.length === 0) return [{ from: 0, to: Number(row['snapshot']), events: Number(row['events']) }];
  return kept.map(([from, to, events]) => ({ from, to, events }));
}

const exportOf = (row: Row): EventExport => ({
  id: textOf(row, 'id'),
  by: textOf(row, 'by'),
  // Written by addExport alone.
  format: textOf(row, 'format') as ExportFormat,
  from: Number(row['from_at']),
  to: Number(row['to_at']),
  snapshot: Number(row['snapshot']),
  events: Number(row['events']),
  parts: partsOf(row),
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
