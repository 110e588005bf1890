// store/site-traits.ts: the traits that a site defines over its own events, by version.
import type { SiteTrait } from '../core/index.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** A site's traits as they are kept. */
export interface KeptSiteTraits {
  /** Counts up with each change; 0 of a site that never defined any. */
  readonly version: number;
  readonly setAt: number | null;
  readonly traits: readonly SiteTrait[];
}

/** A site's own traits. */
export async function readSiteTraits(db: Db, site: SiteRow): Promise<KeptSiteTraits> {
  const { rows } = await db.client.execute({
    sql: 'SELECT version, set_at, traits FROM site_traits WHERE site_id = ?',
    args: [site],
  });
  const [row] = rows;
  if (row === undefined) return { version: 0, setAt: null, traits: [] };
  return {
    version: Number(row['version']),
    setAt: Number(row['set_at']),
    // Checked before they were kept.
    traits: JSON.parse(textOf(row, 'traits')) as readonly SiteTrait[],
  };
}

/** Keeps a site's traits over those it had; the same again changes nothing. @param traits as they were checked. */
export async function putSiteTraits(
  db: Db,
  site: { readonly row: SiteRow; readonly id: string },
  traits: readonly SiteTrait[],
  { at, by }: { readonly at: number; readonly by: string },
): Promise<KeptSiteTraits> {
  const entry = { kind: 'traits_changed', site: site.id, traits: traits.length, by, at } as const;
  await db.client.batch(
    [
      {
        sql: `INSERT INTO site_traits (site_id, version, set_at, traits) VALUES (?, 1, ?, ?)
          ON CONFLICT DO UPDATE SET version = version + 1, set_at = excluded.set_at, traits = excluded.traits
          WHERE traits IS NOT excluded.traits`,
        args: [site.row, at, JSON.stringify(traits)],
      },
      await auditStatement(entry, 'if_changed'),
    ],
    'write',
  );
  return readSiteTraits(db, site.row);
}
