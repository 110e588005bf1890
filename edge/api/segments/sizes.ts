// edge/api/segments/sizes.ts: how many are in a rule segment, as the last run published it.
import type { Db, KeptInsight, KeptSegment, SiteRow } from '../../../store/index.ts';
import { readInsights } from '../../../store/index.ts';

/** What is kept of a size; made by the segmenter's run (segmenter/publish/rule-sizes.ts). */
interface KeptSize {
  readonly version: number;
  readonly size: number | null;
  readonly withheld: 'below_floor' | 'complement_below_floor' | 'budget_spent' | null;
}

/** A size as it is shown. */
export interface ShownSize {
  readonly size: number | null;
  readonly withheld: KeptSize['withheld'] | 'not_run';
  readonly sizeAt: number | null;
}

/** Reads sizes of segments. @returns what is shown of each; one whose rule changed since waits for the next run. */
export async function readSizes(
  db: Db,
  site: SiteRow,
  segments: readonly KeptSegment[],
): Promise<(segment: KeptSegment) => ShownSize> {
  const kept: ReadonlyMap<string, KeptInsight> =
    segments.length === 0 ? new Map<string, KeptInsight>() : await readInsights(db, site, 'segment_size');
  return ({ id, version }) => {
    const row = kept.get(id);
    const size = row === undefined ? undefined : (JSON.parse(row.published) as KeptSize);
    if (row === undefined || size?.version !== version) return { size: null, withheld: 'not_run', sizeAt: null };
    return { size: size.size, withheld: size.withheld, sizeAt: row.at };
  };
}
