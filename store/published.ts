// store/published.ts: what the API may read of the segmenter's work: the released version's published form.
import { and, eq } from 'drizzle-orm';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';
import { models, releases, segments } from './schema/derived.ts';

/** A site's released version. */
export interface Release {
  readonly version: number;
  readonly at: number;
}

/** The version the API answers with, or undefined before the first run. */
export async function currentRelease(db: Db, site: SiteRow): Promise<Release | undefined> {
  const [release] = await db.orm
    .select({ version: releases.version, at: releases.at })
    .from(releases)
    .where(eq(releases.siteId, site))
    .limit(1);
  return release;
}

/** The released model's JSON. */
export async function releasedModel(db: Db, site: SiteRow, version: number): Promise<string | undefined> {
  const [found] = await db.orm
    .select({ model: models.model })
    .from(models)
    .where(and(eq(models.siteId, site), eq(models.version, version)))
    .limit(1);
  return found?.model;
}

/** Published segments of a version as JSON texts, ordered by id. */
export async function releasedSegments(db: Db, site: SiteRow, version: number): Promise<string[]> {
  const found = await db.orm
    .select({ published: segments.published })
    .from(segments)
    .where(and(eq(segments.siteId, site), eq(segments.version, version)))
    .orderBy(segments.id);
  return found.map((segment) => segment.published);
}

/** One published segment of a version as JSON text. */
export async function releasedSegment(db: Db, site: SiteRow, version: number, id: string): Promise<string | undefined> {
  const [found] = await db.orm
    .select({ published: segments.published })
    .from(segments)
    .where(and(eq(segments.siteId, site), eq(segments.version, version), eq(segments.id, id)))
    .limit(1);
  return found?.published;
}

/** When new sets were published, epoch ms, as the released run counted them (P3). */
export async function readReleaseRounds(db: Db, site: SiteRow): Promise<number[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT round.value AS at FROM releases AS r
      CROSS JOIN models AS m ON m.site_id = r.site_id AND m.version = r.version
      CROSS JOIN json_each(m.internals, '$.history.rounds') AS round WHERE r.site_id = ? ORDER BY at`,
    args: [site],
  });
  return rows.map((row) => Number(row['at']));
}

/** A segment's published forms in every version that is kept, oldest first, as JSON texts. */
export async function readSegmentHistory(db: Db, site: SiteRow, id: string): Promise<string[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT s.published FROM releases AS r CROSS JOIN segments AS s ON s.site_id = r.site_id AND s.version <= r.version
      WHERE r.site_id = ? AND s.id = ? ORDER BY s.version`,
    args: [site, id],
  });
  return rows.map((row) => textOf(row, 'published'));
}
