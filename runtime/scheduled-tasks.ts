// runtime/scheduled-tasks.ts: what runs without anybody asking: ended salts and retention first, then the segmenter over what stayed.
import { toHex } from '../core/index.ts';
import { destroyExpiredSalts } from '../edge/index.ts';
import { purgeExpired } from '../store/index.ts';
import type { SegmentNeeds } from './segment-sites.ts';
import { segmentSites } from './segment-sites.ts';

/** One thing the schedule does. */
export type Task = 'salts' | 'purge' | 'segment';

const HOLDER_BYTES = 8;

async function purge({ db, now, randomBytes }: SegmentNeeds): Promise<Readonly<Record<string, number>>> {
  const report = await purgeExpired({ db, holder: toHex(randomBytes(HOLDER_BYTES)), clock: now }, now());
  return {
    purged_events: report.sites.reduce((sum, { events }) => sum + events, 0),
    purged_profiles: report.sites.reduce((sum, { profiles }) => sum + profiles, 0),
    sites_without_retention: report.sites.filter(({ outcome }) => outcome === 'no_limits').length,
  };
}

/** Runs tasks in their order and counts what came of them. */
export async function runTasks(needs: SegmentNeeds, tasks: readonly Task[]): Promise<Readonly<Record<string, number>>> {
  return {
    ...(tasks.includes('salts') ? { salts_destroyed: await destroyExpiredSalts(needs, needs.now()) } : {}),
    ...(tasks.includes('purge') ? await purge(needs) : {}),
    ...(tasks.includes('segment') ? await segmentSites(needs) : {}),
  };
}
