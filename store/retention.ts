// store/retention.ts: how long each site keeps what. The purge is retention-purge.ts, its proof retention-check.ts.
import type { InStatement } from '@libsql/client';
import type { EpochMs } from '../contract/index.ts';
import type { RetentionDays } from '../core/index.ts';
import { DATA_CLASSES, EXEMPT_RETENTION } from '../core/index.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** A site's limits. */
export interface SiteRetention {
  readonly row: SiteRow;
  readonly id: string;
  readonly days: RetentionDays;
}

/** Every site in order of creation with its limits; a class without one is kept until somebody decides. */
export async function readRetention(db: Db): Promise<SiteRetention[]> {
  const { rows } = await db.client.execute(
    `SELECT s.id, s.name, r.data_class, r.days FROM sites AS s LEFT JOIN retention AS r ON r.site_id = s.id ORDER BY s.id`,
  );
  const sites = new Map<SiteRow, SiteRetention & { days: Record<string, number> }>();
  for (const row of rows) {
    const site = sites.get(Number(row['id'])) ?? { row: Number(row['id']), id: textOf(row, 'name'), days: {} };
    if (row['data_class'] !== null) site.days[textOf(row, 'data_class')] = Number(row['days']);
    sites.set(site.row, site);
  }
  return [...sites.values()];
}

/**
 * The statements that give a site whose policy is `exempt` the limits of that, where none or longer ones are set, with the
 * audit entry; run them in the transaction that makes it so. They change nothing of another site.
 */
export async function exemptLimits(site: string, at: number): Promise<InStatement[]> {
  const days = Object.entries(EXEMPT_RETENTION).map(([name, limit]) => ({ name, limit }));
  return [
    {
      sql: `INSERT INTO retention (site_id, data_class, days, set_at) SELECT s.id, value ->> '$.name', value ->> '$.limit', ?2
        FROM sites AS s, json_each(?3) WHERE s.name = ?1 AND s.policy = 'exempt'
        ON CONFLICT DO UPDATE SET days = excluded.days, set_at = excluded.set_at WHERE excluded.days < days`,
      args: [site, at, JSON.stringify(days)],
    },
    await auditStatement({ kind: 'retention_changed', site, days: EXEMPT_RETENTION, at }, 'if_changed'),
  ];
}

/** Sets the limits of the classes that are given, and appends the audit entry that says so, together. */
export async function setRetention(
  db: Db,
  site: { readonly row: SiteRow; readonly id: string },
  days: RetentionDays,
  at: EpochMs,
): Promise<void> {
  const given = DATA_CLASSES.flatMap((name) => (days[name] === undefined ? [] : [[name, days[name]] as const]));
  await db.client.batch(
    [
      ...given.map(([name, limit]) => ({
        sql: `INSERT INTO retention (site_id, data_class, days, set_at) VALUES (?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET days = excluded.days, set_at = excluded.set_at`,
        args: [site.row, name, limit, at],
      })),
      await auditStatement({ kind: 'retention_changed', site: site.id, days: Object.fromEntries(given), at }),
    ],
    'write',
  );
}
