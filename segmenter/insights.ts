// segmenter/insights.ts: what a run finds beside segments, each published by itself.
import type { SiteId } from '../contract/index.ts';
import type { Db, Lease, SiteRow } from '../store/index.ts';
import { countEventsAfter, countProfiles } from '../store/index.ts';
import type { History } from './history.ts';
import { publishRuleSizes } from './publish/rule-sizes.ts';

/** What they are found by. */
export interface InsightInput {
  readonly db: Db;
  readonly site: { readonly row: SiteRow; readonly id: SiteId; readonly floor: number };
  readonly now: number;
  readonly publishKey: Uint8Array<ArrayBuffer>;
  readonly history?: History;
}

/** Finds and publishes them. @param goOn renews the lease. @returns false where the lease was lost. */
export async function findInsights(input: InsightInput, lease: Lease, goOn: () => Promise<boolean>): Promise<boolean> {
  const { db, site, now, publishKey, history } = input;
  // Reports read it; a site too small for one is read from the database.
  if (history !== undefined && (await countEventsAfter(db, site.row, 0)) >= history.eventsMin) {
    if ((await history.sync(site.row, goOn)) === undefined) return false;
  }
  const profiles = await countProfiles(db, site.row);
  return publishRuleSizes(db, lease, { site, secret: publishKey, profiles, now });
}
