// edge/api/segments/sizes.ts: how many are in a rule segment, as the last run published it.
import type { PublishedSegment } from '../../../contract/index.ts';
import type { SizeTrend } from '../../../core/index.ts';
import { sizeTrend } from '../../../core/index.ts';
import type { Db, KeptInsight, KeptSegment, SiteRow } from '../../../store/index.ts';
import {
  readClusterIds,
  readInsight,
  readInsights,
  readRuleSegments,
  readSegmentHistory,
} from '../../../store/index.ts';

/** What is kept of a size; made by the segmenter's run (segmenter/publish/rule-sizes.ts). */
interface KeptSize {
  readonly version: number;
  readonly size: number | null;
  readonly withheld: 'below_floor' | 'complement_below_floor' | 'budget_spent' | null;
  readonly madeAt?: number;
  readonly past?: readonly { readonly version: number; readonly at: number; readonly size: number | null }[];
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

/** Published sizes of a segment, oldest first, and what they lead to expect of the last. */
export interface SizeHistory {
  readonly sizes: readonly { readonly version: number; readonly at: number; readonly visitors: number | null }[];
  readonly trend: SizeTrend;
}

/** Every segment there is: clusters of the release, then rules. */
export const readSegmentIds = async (db: Db, site: SiteRow): Promise<string[]> => [
  ...(await readClusterIds(db, site)),
  ...(await readRuleSegments(db, site)).segments.map(({ id }) => id),
];

/** A segment's sizes, of a cluster or of a rule; undefined where the site has none of this id. */
export async function readSizeHistory(db: Db, site: SiteRow, id: string): Promise<SizeHistory | undefined> {
  const clusters = clusterSizes(await readSegmentHistory(db, site, id));
  if (clusters.length > 0) return { sizes: clusters, trend: sizeTrend(clusters) };
  const rule = (await readRuleSegments(db, site)).segments.find((one) => one.id === id);
  if (rule === undefined) return undefined;
  const kept = await readInsight(db, site, 'segment_size', id);
  const size = kept === undefined ? undefined : (JSON.parse(kept.published) as KeptSize);
  const now = size?.madeAt === undefined ? [] : [{ version: size.version, at: size.madeAt, size: size.size }];
  const sizes = [...(size?.past ?? []), ...now].map((one) => ({
    version: one.version,
    at: one.at,
    visitors: one.size,
  }));
  // A changed rule is about others.
  return { sizes, trend: sizeTrend(sizes.filter(({ version }) => version === rule.version)) };
}

/** Each once: a size that was repeated because the cap was reached is the older one's. */
function clusterSizes(texts: readonly string[]): { version: number; at: number; visitors: number | null }[] {
  const sizes: { version: number; at: number; visitors: number | null }[] = [];
  for (const text of texts) {
    const segment = JSON.parse(text) as PublishedSegment;
    const visitors = segment.status === 'published' ? segment.visitors : null;
    const { version, at } = segment;
    if (sizes.at(-1)?.at !== at) sizes.push({ version, at, visitors });
  }
  return sizes;
}
