// store/annotations.ts: what people noted about single days of a site.
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** Annotations of a site at most. */
export const ANNOTATIONS_MAX = 1_000;

/** A note about a UTC day. */
export interface Annotation {
  readonly id: number;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly text: string;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** A site's notes about days from one to another, both included, oldest day first. */
export async function readAnnotations(db: Db, site: SiteRow, from: string, to: string): Promise<Annotation[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT id, date, text, created_at FROM annotations WHERE site_id = ? AND date BETWEEN ? AND ?
      ORDER BY date, id LIMIT ${ANNOTATIONS_MAX}`,
    args: [site, from, to],
  });
  return rows.map((row) => ({
    id: Number(row['id']),
    date: textOf(row, 'date'),
    text: textOf(row, 'text'),
    createdAt: Number(row['created_at']),
  }));
}

/** Takes one away. @returns whether there was one. */
export async function removeAnnotation(db: Db, site: SiteRow, id: number): Promise<boolean> {
  const { rowsAffected } = await db.client.execute({
    sql: 'DELETE FROM annotations WHERE site_id = ? AND id = ?',
    args: [site, id],
  });
  return rowsAffected === 1;
}

/** Adds a note. @returns its number, or undefined where the site has {@link ANNOTATIONS_MAX} of them. */
export async function addAnnotation(db: Db, site: SiteRow, note: Omit<Annotation, 'id'>): Promise<number | undefined> {
  const { rows } = await db.client.execute({
    sql: `INSERT INTO annotations (site_id, date, text, created_at) SELECT ?1, ?2, ?3, ?4
      WHERE (SELECT count(*) FROM annotations WHERE site_id = ?1) < ${ANNOTATIONS_MAX} RETURNING id`,
    args: [site, note.date, note.text, note.createdAt],
  });
  return rows[0] === undefined ? undefined : Number(rows[0]['id']);
}
