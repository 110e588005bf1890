// store/destinations.ts: whom a site's data is given to (GDPR Art. 13, 19 and 30).
import type { EpochMs } from '../contract/index.ts';
import type { NewDestination } from '../core/index.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** Destinations of one site at most: all of them are told while somebody waits for an answer. */
export const DESTINATIONS_MAX = 20;

/** A destination as kept. */
export interface StoredDestination extends NewDestination {
  readonly addedAt: EpochMs;
}

interface NamedSite {
  readonly row: SiteRow;
  readonly id: string;
}

/** A site's destinations, by name. */
export async function readDestinations(db: Db, site: SiteRow): Promise<StoredDestination[]> {
  const { rows } = await db.client.execute({
    sql: 'SELECT name, url, purpose, added_at FROM destinations WHERE site_id = ? ORDER BY name LIMIT ?',
    args: [site, DESTINATIONS_MAX],
  });
  return rows.map((row) => ({
    name: textOf(row, 'name'),
    url: textOf(row, 'url'),
    purpose: textOf(row, 'purpose'),
    addedAt: Number(row['added_at']) as EpochMs,
  }));
}

/** Adds a destination, or changes the one of this name. @returns false where the site has {@link DESTINATIONS_MAX} others. */
export async function setDestination(
  db: Db,
  site: NamedSite,
  { name, url, purpose }: NewDestination,
  at: EpochMs,
): Promise<boolean> {
  const results = await db.client.batch(
    [
      {
        sql: `INSERT INTO destinations (site_id, name, url, purpose, added_at) SELECT ?1, ?2, ?3, ?4, ?5
          WHERE (SELECT count(*) FROM destinations WHERE site_id = ?1 AND name <> ?2) < ?6
          ON CONFLICT DO UPDATE SET url = excluded.url, purpose = excluded.purpose`,
        args: [site.row, name, url, purpose, at, DESTINATIONS_MAX],
      },
      await auditStatement({ kind: 'destination_set', site: site.id, destination: name, at }, 'if_changed'),
    ],
    'write',
  );
  return results[0]?.rowsAffected === 1;
}

/** Removes a destination: it is told of nothing any more. @returns whether there was one. */
export async function removeDestination(db: Db, site: NamedSite, name: string, at: EpochMs): Promise<boolean> {
  const results = await db.client.batch(
    [
      { sql: 'DELETE FROM destinations WHERE site_id = ? AND name = ?', args: [site.row, name] },
      await auditStatement({ kind: 'destination_removed', site: site.id, destination: name, at }, 'if_changed'),
    ],
    'write',
  );
  return results[0]?.rowsAffected === 1;
}
