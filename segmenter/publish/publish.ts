// segmenter/publish/publish.ts: from exact clusters to what may be seen of them (P3). Nothing exact passes this file.
import type { EpochMs, PublishedSegment, PublishedTrait, VisibleSegment } from '../../contract/index.ts';
import type { PublishedCount } from '../../core/index.ts';
import { checkFloor, publishCount, roundMean, setWords } from '../../core/index.ts';
import type { TraitSummary } from '../clusters/summary.ts';
import { byDifference, TELLING_DIFFERENCE } from '../clusters/summary.ts';
import { describeCluster, labelClusters } from '../clusters/words.ts';
import { memberSetDigest } from './member-set.ts';

/** A group of visitors, exactly. */
export interface ExactGroup {
  readonly visitors: readonly number[];
  readonly traits: readonly TraitSummary[];
}

/** What is published of a run. */
export interface Publication {
  readonly segments: readonly PublishedSegment[];
  /** All profiled visitors; absent where it would tell of a withheld segment. */
  readonly visitors?: number;
}

/** What every number is published under. */
export interface PublishContext {
  readonly version: number;
  readonly at: EpochMs;
  readonly floor: number;
  /** The site's secret for sticky noise. */
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly currency: string | undefined;
}

/** Publishes clusters that share no visitor, and `all` profiled visitors. */
export async function publishClusters(
  clusters: readonly (ExactGroup & { readonly id: string })[],
  all: ExactGroup,
  context: PublishContext,
): Promise<Publication> {
  const counts: PublishedCount[] = [];
  for (const { visitors } of clusters) counts.push(await countOf(visitors, all.visitors.length, context));
  const withheld = clusters.filter((_, i) => counts[i]?.status !== 'published');
  const hidden = withheld.reduce((sum, cluster) => sum + cluster.visitors.length, 0);
  // Everybody less the visible segments is who was withheld together: seen only where they are of the floor's size.
  const overall = hidden === 0 || hidden >= context.floor ? all : undefined;
  const shown = clusters
    .filter((_, i) => counts[i]?.status === 'published')
    .map((cluster) => visible(cluster, context));
  const labels = labelClusters(shown);
  let next = 0;
  const segments = clusters.map(({ id }, i): PublishedSegment => {
    const count = counts[i];
    const head = { id, kind: 'cluster', version: context.version, at: context.at } as const;
    if (count?.status !== 'published') return { status: 'withheld', ...head, reason: count?.reason ?? 'below_floor' };
    const nth = next++;
    return segmentOf(head, labels[nth] ?? id, count.count, shown[nth] ?? [], overall, context);
  });
  const total = overall === undefined ? undefined : await allCount(overall, context);
  return { segments, ...(total === undefined ? {} : { visitors: total }) };
}

const countOf = async (
  visitors: readonly number[],
  total: number,
  context: PublishContext,
): Promise<PublishedCount> => {
  const reason = checkFloor(visitors.length, total, context.floor);
  if (reason !== undefined) return { status: 'withheld', reason };
  return publishCount(visitors.length, context.floor, await wordsOf(visitors, context));
};

/** All profiled visitors have no complement to protect, so the floor alone decides. */
async function allCount(all: ExactGroup, context: PublishContext): Promise<number | undefined> {
  if (all.visitors.length < context.floor) return undefined;
  const count = await publishCount(all.visitors.length, context.floor, await wordsOf(all.visitors, context));
  return count.status === 'published' ? count.count : undefined;
}

const wordsOf = async (visitors: readonly number[], { secret }: PublishContext) =>
  setWords(secret, await memberSetDigest(visitors));

/** Traits that enough of a group's visitors have: these may be spoken of. */
const visible = (group: ExactGroup, { floor }: PublishContext): TraitSummary[] =>
  group.traits.filter(({ count }) => count >= floor);

/** Traits that enough of them have and are not 0 in: of these, numbers may be shown. */
const measured = (traits: readonly TraitSummary[], { floor }: PublishContext): TraitSummary[] =>
  traits.filter(({ contributors }) => contributors >= floor);

type Head = Pick<VisibleSegment, 'id' | 'kind' | 'version' | 'at'>;

function segmentOf(
  head: Head,
  label: string,
  visitors: number,
  summaries: readonly TraitSummary[],
  overall: ExactGroup | undefined,
  context: PublishContext,
): VisibleSegment {
  const overallMeans = new Map(measured(overall?.traits ?? [], context).map(({ trait, mean }) => [trait.id, mean]));
  const traits = byDifference(measured(summaries, context)).map((summary) =>
    publishedTrait(summary, overallMeans, context.currency),
  );
  return {
    status: 'published',
    id: head.id,
    kind: head.kind,
    version: head.version,
    at: head.at,
    label,
    description: describeCluster(summaries, traits),
    visitors,
    traits,
  };
}

function publishedTrait(
  { trait, mean, difference }: TraitSummary,
  overallMeans: ReadonlyMap<string, number>,
  currency: string | undefined,
): PublishedTrait {
  const overall = overallMeans.get(trait.id);
  const telling = Math.abs(difference) >= TELLING_DIFFERENCE;
  return {
    id: trait.id,
    unit: trait.unit,
    ...(trait.unit === 'minor_units' && currency !== undefined ? { currency } : {}),
    mean: roundMean(mean),
    ...(overall === undefined ? {} : { overall: roundMean(overall) }),
    compared: telling ? (difference > 0 ? 'higher' : 'lower') : 'similar',
  };
}
