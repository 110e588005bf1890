// segmenter/insights.ts: what a run finds beside segments, each published by itself.
import type { SiteId } from '../contract/index.ts';
import type { Db, Lease, SiteRow } from '../store/index.ts';
import { countProfiles } from '../store/index.ts';
import { publishRuleSizes } from './publish/rule-sizes.ts';

/** What they are found by. */
export interface InsightInput {
  readonly db: Db;
  readonly site: { readonly row: SiteRow; readonly id: SiteId; readonly floor: number };
  readonly now: number;
  readonly publishKey: Uint8Array<ArrayBuffer>;
}

/** Finds and publishes them. @returns false where the lease was lost. */
export async function findInsights({ db, site, now, publishKey }: InsightInput, lease: Lease): Promise<boolean> {
  const profiles = await countProfiles(db, site.row);
  return publishRuleSizes(db, lease, { site, secret: publishKey, profiles, now });
}
