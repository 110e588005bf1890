// segmenter/publish/publish.ts: from exact clusters to what may be seen of them (P3). Nothing exact passes this file.
import type {
  EpochMs,
  MapPoint,
  NumberOfClusters,
  PublishedMetrics,
  PublishedSegment,
  PublishedTrait,
  VisibleSegment,
} from '../../contract/index.ts';
import type { PublishedCount, WordsSecret } from '../../core/index.ts';
import { mayRelease, meanError, publishCount, RELEASE_PERIOD_MS, roundMean } from '../../core/index.ts';
import { CHINESE } from '../clusters/language.ts';
import { byDifference, TELLING_DIFFERENCE } from '../clusters/summary.ts';
import { describeCluster, labelClusters } from '../clusters/words.ts';
import type { ChosenBounds, MeasuredGroup, NoisyMean } from './means.ts';
import { boundsFor, measure } from './means.ts';
import { mapOf } from './pictures.ts';
import type { Sha256 } from './member-set.ts';
import type { SetNoise } from './set-noise.ts';
import { createSetNoise } from './set-noise.ts';

/** A group of visitors, exactly. */
export type ExactGroup = MeasuredGroup;

/** What is published of a run. */
export interface Publication {
  readonly segments: readonly PublishedSegment[];
  /** All profiled visitors; absent where it would tell of a withheld segment. */
  readonly visitors?: number;
  /** Absent in what was stored before there was one. */
  readonly map?: readonly MapPoint[];
  /** As `map`. */
  readonly kChoice?: readonly NumberOfClusters[];
}

/** What every number is published under. */
export interface PublishContext {
  readonly version: number;
  readonly at: EpochMs;
  readonly floor: number;
  /** The site's secret for sticky noise. */
  readonly secret: WordsSecret;
  /** WebCrypto's where absent. */
  readonly sha256?: Sha256;
  readonly currency: string | undefined;
}

type BlurContext = PublishContext & { readonly noise: SetNoise };

/** A cluster as it is to be published. */
export type ExactCluster = ExactGroup & { readonly id: string };

/** What was published so far, as far as it bounds what may follow. */
export interface PublishHistory {
  /** When rounds were published in this period, epoch ms. */
  readonly rounds: readonly number[];
  /** Rounds that were ever published; absent in what was stored before they were counted. */
  readonly made?: number;
  readonly publication: Publication;
  /** Absent in what was stored before means had noise. */
  readonly bounds?: ChosenBounds;
  /** What was said of the clusters of the last round; it stands as long as that does. */
  readonly metrics?: PublishedMetrics;
}

/** The number of the round that comes next. Noise is drawn by it and not by the time, so that two runs over the same data say the same (M1). */
export const roundOf = (history: PublishHistory | undefined): number => history?.made ?? history?.rounds.length ?? 0;

/**
 * Publishes clusters that share no visitor, and `all` profiled visitors, where the cap of a period allows a round; else the
 * last publication stands: its segments are repeated by id, and those it did not have are withheld. Whether anything changed is
 * not asked: a round that came only then would tell of the one visitor who changed it.
 * @param kChoice what the number of clusters was chosen by, ready to be published.
 */
export async function publishUnderCap(
  clusters: readonly ExactCluster[],
  all: ExactGroup,
  context: PublishContext,
  history?: PublishHistory,
  kChoice?: readonly NumberOfClusters[],
): Promise<{ readonly publication: Publication; readonly history: PublishHistory }> {
  const rounds = (history?.rounds ?? []).filter((at) => context.at - at < RELEASE_PERIOD_MS);
  if (history !== undefined && !mayRelease(rounds, context.at)) {
    return { publication: repeated(history.publication, clusters, context), history: { ...history, rounds } };
  }
  const round = roundOf(history);
  const noise = createSetNoise(context.secret, round, context.sha256);
  const bounds = await boundsFor(all, noise, context.at, history?.bounds);
  const publication = {
    ...(await publishClusters(clusters, all, bounds, { ...context, noise })),
    ...(kChoice === undefined ? {} : { kChoice }),
  };
  return { publication, history: { rounds: [...rounds, context.at], made: round + 1, publication, bounds } };
}

function repeated(
  { segments, visitors, map, kChoice }: Publication,
  clusters: readonly ExactCluster[],
  { version, at }: PublishContext,
): Publication {
  const known = new Map(segments.map((segment) => [segment.id, segment]));
  return {
    segments: clusters.map(({ id }): PublishedSegment => {
      const segment = known.get(id);
      if (segment !== undefined) return { ...segment, version };
      return { status: 'withheld', id, kind: 'cluster', version, at, reason: 'release_cap' };
    }),
    ...(visitors === undefined ? {} : { visitors }),
    ...(map === undefined ? {} : { map: map.filter(({ segment }) => clusters.some(({ id }) => id === segment)) }),
    ...(kChoice === undefined ? {} : { kChoice }),
  };
}

async function publishClusters(
  clusters: readonly ExactCluster[],
  all: ExactGroup,
  bounds: ChosenBounds,
  context: BlurContext,
): Promise<Publication> {
  const counts: PublishedCount[] = [];
  for (const { visitors } of clusters) counts.push(await countOf(visitors, all.visitors.length, context));
  const overall = (await maySeeAll(clusters, counts, context)) ? all : undefined;
  const visible = clusters.filter((_, i) => counts[i]?.status === 'published');
  const { groups: shown, all: means } = await measure(visible, all, bounds, context);
  // Where everybody's size would tell of a withheld segment, nothing of everybody is shown.
  const overallMeans = overall === undefined ? new Map<string, number>() : means;
  const labels = labelClusters(shown);
  const chinese = labelClusters(shown, CHINESE);
  const summariesOf = new Map<number, readonly NoisyMean[]>();
  let next = 0;
  const segments = clusters.map(({ id }, i): PublishedSegment => {
    const count = counts[i];
    const head = { id, kind: 'cluster', version: context.version, at: context.at } as const;
    if (count?.status !== 'published') return { status: 'withheld', ...head, reason: count?.reason ?? 'below_floor' };
    const nth = next++;
    summariesOf.set(i, shown[nth] ?? []);
    return segmentOf(
      head,
      [labels[nth] ?? id, chinese[nth] ?? id],
      count.count,
      shown[nth] ?? [],
      overallMeans,
      context,
    );
  });
  const map = mapOf(
    segments.flatMap((segment, i) =>
      segment.status === 'published'
        ? [{ segment: segment.id, size: segment.visitors, summaries: summariesOf.get(i) ?? [] }]
        : [],
    ),
  );
  const total = overall === undefined ? undefined : await countOf(overall.visitors, undefined, context);
  return { segments, map, ...(total?.status === 'published' ? { visitors: total.count } : {}) };
}

/** Everybody less the visible segments is who was withheld together: seen only where those could be a segment themselves. */
async function maySeeAll(
  clusters: readonly ExactCluster[],
  counts: readonly PublishedCount[],
  context: BlurContext,
): Promise<boolean> {
  const withheld = clusters.filter((_, i) => counts[i]?.status !== 'published');
  if (withheld.length === 0) return true;
  const together = withheld.flatMap(({ visitors }) => visitors);
  return (await countOf(together, undefined, context)).status === 'published';
}

const countOf = async (
  visitors: readonly number[],
  total: number | undefined,
  { floor, noise }: BlurContext,
): Promise<PublishedCount> => publishCount(visitors.length, total, floor, await noise.words(visitors));

type Head = Pick<VisibleSegment, 'id' | 'kind' | 'version' | 'at'>;

function segmentOf(
  head: Head,
  [label, inChinese]: readonly [english: string, chinese: string],
  visitors: number,
  summaries: readonly NoisyMean[],
  overallMeans: ReadonlyMap<string, number>,
  context: PublishContext,
): VisibleSegment {
  const traits = byDifference(summaries.filter(({ isShown }) => isShown)).map((summary) =>
    publishedTrait(summary, overallMeans, visitors, context.currency),
  );
  return {
    status: 'published',
    id: head.id,
    kind: head.kind,
    version: head.version,
    at: head.at,
    label,
    description: describeCluster(summaries, traits),
    zh: { label: inChinese, description: describeCluster(summaries, traits, CHINESE) },
    visitors,
    traits,
  };
}

function publishedTrait(
  { trait, bound, mean, difference }: NoisyMean,
  overallMeans: ReadonlyMap<string, number>,
  visitors: number,
  currency: string | undefined,
): PublishedTrait {
  const overall = overallMeans.get(trait.id);
  const telling = Math.abs(difference) >= TELLING_DIFFERENCE;
  return {
    id: trait.id,
    unit: trait.unit,
    ...(trait.unit === 'minor_units' && currency !== undefined ? { currency } : {}),
    mean: roundMean(mean),
    limit: bound,
    // Of the published number of visitors: the exact one would be told by it.
    plusMinus: roundMean(meanError(bound, visitors)),
    ...(overall === undefined ? {} : { overall: roundMean(overall) }),
    compared: telling ? (difference > 0 ? 'higher' : 'lower') : 'similar',
  };
}
