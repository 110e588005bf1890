// segmenter/insight-input.ts: what everything that a run finds beside segments is found by.
import type { SiteId } from '../contract/index.ts';
import type { Db, SiteRow } from '../store/index.ts';
import type { History } from './history.ts';

/** What they are found by. */
export interface InsightInput {
  readonly db: Db;
  readonly site: { readonly row: SiteRow; readonly id: SiteId; readonly floor: number };
  readonly now: number;
  readonly publishKey: Uint8Array<ArrayBuffer>;
  readonly history?: History;
}
