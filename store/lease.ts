// store/lease.ts: the lease of a site's derived data: one run at a time, across processes, and no write without it.
import { HOUR_MS } from '../contract/index.ts';
import { invariant } from '../core/index.ts';
import type { Db, SiteRow } from './db.ts';

/** A right to run, held by one run at a time. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
}

/** Segments that a clustering run owns, as a GLOB pattern. */
export const CLUSTER_SEGMENTS = 'cluster-*';

/** That the lease is still held, as a condition of a statement; its arguments come last. */
export const HELD = 'EXISTS (SELECT 1 FROM leases WHERE name = ? AND holder = ?)';
/** The arguments of {@link HELD}. */
export const heldArgs = (lease: Lease): [string, string] => [lease.name, lease.holder];

/** What holders begin with that give way to anybody else: live folds, which come again in a moment. */
export const LIVE_HOLDER = 'live-';

/** No lease is longer: one that ends later was taken while the clock was ahead, and nobody waits for it. */
export const LEASE_MS_MAX: number = HOUR_MS;

/** Takes the lease where it is free, expired, a live fold's or already the holder's. @returns whether it is held now. */
export async function acquireLease(
  db: Db,
  site: SiteRow,
  holder: string,
  times: { readonly now: number; readonly expiresAt: number },
): Promise<Lease | undefined> {
  invariant(times.expiresAt - times.now <= LEASE_MS_MAX, 'D1: a lease has an end');
  const name = `segmenter:${site}`;
  const { rows } = await db.client.execute({
    sql: `INSERT INTO leases (name, holder, expires_at) VALUES (?1, ?2, ?3)
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
      WHERE leases.expires_at <= ?4 OR leases.expires_at > ?6 OR leases.holder = excluded.holder
        OR (leases.holder GLOB ?5 AND excluded.holder NOT GLOB ?5) RETURNING holder`,
    args: [name, holder, times.expiresAt, times.now, `${LIVE_HOLDER}*`, times.now + LEASE_MS_MAX],
  });
  return rows.length === 1 ? { name, holder } : undefined;
}

/** Moves the lease's end, unless another run has taken it meanwhile. @returns whether it is still held. */
export async function renewLease(db: Db, lease: Lease, expiresAt: number): Promise<boolean> {
  const { rowsAffected } = await db.client.execute({
    sql: 'UPDATE leases SET expires_at = ? WHERE name = ? AND holder = ?',
    args: [expiresAt, ...heldArgs(lease)],
  });
  return rowsAffected === 1;
}

/** Gives the lease back; another's lease stays. */
export async function releaseLease(db: Db, lease: Lease): Promise<void> {
  await db.client.execute({ sql: 'DELETE FROM leases WHERE name = ? AND holder = ?', args: heldArgs(lease) });
}
