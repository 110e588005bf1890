// store/with-lease.ts: work on a site's derived data that must not meet a run of the segmenter.
import type { Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';
import type { Db, SiteRow } from './db.ts';
import type { Lease } from './lease.ts';
import { acquireLease, releaseLease } from './lease.ts';

/** How long such work may go on between two renewals, ms. */
export const WORK_LEASE_MS = 300_000;

/** What such work needs of its platform. */
export interface LeaseNeeds {
  readonly db: Db;
  /** A random id of this run, for its lease. */
  readonly holder: string;
  readonly clock: () => number;
}

/** Does work under the site's lease, or answers `busy` where another holds it. */
export async function withLease<T>(
  { db, holder, clock }: LeaseNeeds,
  site: SiteRow,
  work: (lease: Lease) => Promise<T>,
): Promise<Result<T, 'busy'>> {
  const lease = await acquireLease(db, site, holder, { now: clock(), expiresAt: clock() + WORK_LEASE_MS });
  if (lease === undefined) return err('busy');
  try {
    return ok(await work(lease));
  } finally {
    await releaseLease(db, lease);
  }
}
