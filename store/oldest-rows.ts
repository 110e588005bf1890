// store/oldest-rows.ts: the oldest row there is of each class of data that has a time limit (P5).
import type { DataClass } from '../core/index.ts';
import { DATA_CLASSES } from '../core/index.ts';
import type { Db, SiteRow } from './db.ts';

const OLDEST_SQL: { readonly [C in DataClass]: string } = {
  events: 'SELECT min("at") FROM events NOT INDEXED WHERE site_id = ?1',
  // From the visitor's last event, as the limit counts.
  profiles: `SELECT min(state ->> '$.at[1]') FROM profiles WHERE site_id = ?1`,
  receipts: 'SELECT min(at) FROM receipts WHERE site_id = ?1',
  requests: `SELECT min(closed_at) FROM privacy_requests WHERE site_id = ?1 AND status <> 'open'`,
  audit: `SELECT min(entry ->> '$.at') FROM audit_log WHERE entry ->> '$.site' = ?2`,
};

/** When the oldest row of each class is from, epoch ms; a class without rows is left out. It reads whole tables. */
export async function readOldestRows(
  db: Db,
  site: { readonly row: SiteRow; readonly id: string },
): Promise<Readonly<Partial<Record<DataClass, number>>>> {
  const columns = DATA_CLASSES.map((name) => `(${OLDEST_SQL[name]}) AS ${name}`).join(', ');
  const { rows } = await db.client.execute({ sql: `SELECT ${columns}`, args: [site.row, site.id] });
  const found = DATA_CLASSES.flatMap((name) => {
    const at = rows[0]?.[name];
    return at == null ? [] : [[name, Number(at)] as const];
  });
  return Object.fromEntries(found);
}
