// segmenter/model.ts: from a table of traits to a release: clean, cluster, compare with the last version, publish.
// The same table, options and secret give the same bytes, on Node and in workerd (M1).
import type {
  EpochMs,
  NoSegmentsReason,
  PublishedMetrics,
  PublishedModel,
  PublishedSegment,
  PublishedVersion,
  SiteId,
} from '../contract/index.ts';
import { COUNT_STEP, NOISE_EPSILON, publishQuality } from '../core/index.ts';
import { K_MIN, VISITORS_PER_CLUSTER_MIN } from './clusters/choose-k.ts';
import type { ClusterOptions, Clustering } from './clusters/find.ts';
import { findClusters } from './clusters/find.ts';
import type { TraitSpread } from './clusters/drift.ts';
import { driftOf, spreadsOf } from './clusters/drift.ts';
import type { KnownCluster } from './clusters/ids.ts';
import type { CleaningReport, Features } from './features/clean.ts';
import { cleanTraits } from './features/clean.ts';
import { adjustedRandIndex, contingencyOf, normalisedMutualInformation } from './math/agreement.ts';
import { isEnough } from './publish/enough.ts';
import { publishCurve } from './publish/pictures.ts';
import type { ExactGroup, PublishHistory } from './publish/publish.ts';
import { publishUnderCap } from './publish/publish.ts';
import type { TraitTable } from './features/trait-table.ts';
import { TRAITS } from './profiles/traits.ts';
import type { ProfileTraits } from './read-traits.ts';

/** As many clusters a site must have visitors for, where their number is chosen. */
const K_EXPECTED = 5;

/** What a model is made from. */
export interface ModelInput {
  readonly site: { readonly id: SiteId; readonly floor: number };
  readonly version: number;
  readonly at: EpochMs;
  readonly options: ClusterOptions;
  readonly profiles: ProfileTraits;
  /** The last version: its clusters and who was in them. */
  readonly last: LastVersion;
  /** The site's secret for sticky noise. */
  readonly publishKey: Uint8Array<ArrayBuffer>;
}

/** The last version, empty before the first. */
export interface LastVersion {
  readonly clusters: readonly KnownCluster[];
  readonly members: ReadonlyMap<number, string>;
  /** What was published, and how often, in this period. */
  readonly history?: PublishHistory | undefined;
  /** How its traits were spread. */
  readonly spreads?: readonly TraitSpread[];
}

/** What the next run and the operator may know: exact numbers, never published. */
export interface ModelInternals {
  readonly clusters: readonly (KnownCluster & { readonly id: string; readonly centroid: readonly number[] })[];
  readonly axes: readonly (readonly number[])[];
  readonly inertia?: number;
  readonly currency?: string;
  readonly cleaning: CleaningReport;
  /** Absent in what was stored before drift was looked at. */
  readonly spreads?: readonly TraitSpread[];
}

/** A model, ready to be stored. */
export interface Modelled {
  readonly model: PublishedModel;
  readonly segments: readonly PublishedSegment[];
  readonly memberships: readonly { readonly segment: string; readonly visitors: readonly number[] }[];
  readonly internals: ModelInternals;
  /** For the next run's cap. */
  readonly history?: PublishHistory | undefined;
}

/** Visitors from which a site is segmented, less or more by noise: ten a cluster, and twice the floor so that one segment and its complement can be seen. */
export const visitorsNeeded = (k: number, floor: number): number => Math.max(k * VISITORS_PER_CLUSTER_MIN, floor * 2);

/** Makes a model. Too few visitors, or visitors who don't differ, give a model that says so. */
export async function modelVisitors(input: ModelInput): Promise<Modelled> {
  const { table, currency } = input.profiles;
  const features = cleanTraits(table);
  // A site that was segmented stays so: what its segments show, the floors decide. Fewer than k can't make k clusters.
  const needed = visitorsNeeded(input.options.k ?? K_EXPECTED, input.site.floor);
  const enough =
    table.visitors.length >= (input.options.k ?? K_MIN) &&
    (input.last.history !== undefined || (await isEnough(table.visitors, needed, input.publishKey)));
  const clustering = enough ? findClusters(features, input.options, input.last.clusters) : undefined;
  if (clustering === undefined)
    return noSegments(input, enough ? 'traits_do_not_vary' : 'not_enough_visitors', features);
  const groups = clustering.clusters.map(({ id, rows }) => ({ id, ...groupOf(features, table, rows) }));
  const everybody = groupOf(features, table, [...table.visitors.keys()]);
  const context = { version: input.version, at: input.at, floor: input.site.floor, secret: input.publishKey, currency };
  const visitorsOf = (rows: readonly number[]): readonly number[] => rows.map((row) => table.visitors[row] ?? 0);
  const kChoice = await publishCurve(clustering.curve, visitorsOf, context);
  const { publication, history } = await publishUnderCap(groups, everybody, context, input.last.history, kChoice);
  const { segments, visitors, map } = publication;
  const memberships = groups.map((group) => ({
    segment: group.id,
    visitors: [...group.visitors].sort((a, b) => a - b),
  }));
  // As often as new sets, and no oftener: figures of a run say what its sets are like.
  const isNew = history.rounds.includes(input.at);
  const held = isNew ? undefined : input.last.history?.metrics;
  const { drift, ...agreement } = comparedWithLast(memberships, table, input.last);
  const metrics = held ?? (await metricsOf(input, clustering, agreement));
  const model: PublishedModel = {
    status: 'segmented',
    ...versionOf(input, clustering),
    ...(visitors === undefined ? {} : { visitors }),
    // Those that clusters may be made from: which of them vary would tell of the one visitor in whom one does.
    traits: TRAITS.filter(({ clusters }) => clusters).map(({ id }) => id),
    // The alarm does not wait for the next release: what it warns of is happening now.
    metrics: { ...metrics, ...(drift === undefined ? {} : { drift }) },
    ...(publication.kChoice === undefined ? {} : { kChoice: publication.kChoice }),
    ...(map === undefined ? {} : { map }),
  };
  return {
    model,
    segments,
    memberships,
    internals: { ...internalsOf(features, currency, clustering), spreads: spreadsOf(table) },
    history: { ...history, metrics },
  };
}

/** Visitors of some rows, with the traits that means are published of: those that clusters may be made from and that vary. */
const groupOf = (features: Features, { visitors, columns }: TraitTable, rows: readonly number[]): ExactGroup => ({
  visitors: rows.map((row) => visitors[row] ?? 0),
  values: new Map(
    TRAITS.flatMap((trait, nth) => {
      const [column, status] = [columns[nth], features.report.traits[nth]?.status];
      if (column === undefined || !trait.clusters || (status !== 'kept' && status !== 'collinear')) return [];
      return [[trait, Float64Array.from(rows, (row) => column[row] ?? Number.NaN)] as const];
    }),
  ),
});

function noSegments(input: ModelInput, reason: NoSegmentsReason, features: Features): Modelled {
  return {
    model: { status: 'no_segments', ...versionOf(input), reason },
    segments: [],
    memberships: [],
    internals: internalsOf(features, input.profiles.currency),
    // A run without segments does not give a new allowance to the next.
    history: input.last.history,
  };
}

function versionOf({ site, version, at, options, profiles }: ModelInput, found?: Clustering): PublishedVersion {
  const k = options.k ?? found?.clusters.length;
  const { firstAt, lastAt } = profiles;
  return {
    site: site.id,
    version,
    at,
    ...(firstAt === undefined || lastAt === undefined ? {} : { window: { from: utcDay(firstAt), to: utcDay(lastAt) } }),
    method: { name: 'pca-kmeans', ...(k === undefined ? {} : { k }), seed: options.seed },
    privacy: { floor: site.floor, epsilon: NOISE_EPSILON, roundedTo: COUNT_STEP },
  };
}

function internalsOf(features: Features, currency: string | undefined, clustering?: Clustering): ModelInternals {
  return {
    clusters: (clustering?.clusters ?? []).map(({ id, number, size, means, centroid }) => ({
      id,
      number,
      size,
      means,
      centroid,
    })),
    axes: clustering?.components.axes ?? [],
    ...(clustering === undefined ? {} : { inertia: clustering.inertia }),
    ...(currency === undefined ? {} : { currency }),
    cleaning: features.report,
  };
}

/** Agreement of two versions over the visitors in both, and what changed; nothing where there are none. */
function comparedWithLast(
  memberships: Modelled['memberships'],
  table: TraitTable,
  { members: last, spreads = [] }: LastVersion,
): Pick<PublishedMetrics, 'ariWithLast' | 'nmiWithLast' | 'drift'> {
  const now: string[] = [];
  const before: string[] = [];
  for (const { segment, visitors } of memberships) {
    for (const visitor of visitors) {
      const old = last.get(visitor);
      if (old === undefined) continue;
      now.push(segment);
      before.push(old);
    }
  }
  if (now.length === 0) return {};
  const contingency = contingencyOf(now, before);
  const changed = now.filter((segment, i) => segment !== before[i]).length;
  const drift = driftOf(spreads, table, { both: now.length, changed });
  return {
    ariWithLast: adjustedRandIndex(contingency),
    nmiWithLast: normalisedMutualInformation(contingency),
    ...(drift === undefined ? {} : { drift }),
  };
}

/** What is said of how good the clusters are: blurred, as means over the visitors (ADR 0034). */
async function metricsOf(
  { site, profiles, publishKey }: ModelInput,
  { silhouette, components: { explained: explainedVariance } }: Clustering,
  agreement: { readonly ariWithLast?: number; readonly nmiWithLast?: number },
): Promise<PublishedMetrics> {
  const blurred = (name: string, figure: number): Promise<number> =>
    publishQuality(figure, profiles.table.visitors.length, publishKey, `model ${site.id} ${name}`);
  const { ariWithLast, nmiWithLast } = agreement;
  return {
    ...(silhouette === undefined ? {} : { silhouette: await blurred('silhouette', silhouette) }),
    explainedVariance: await blurred('explained variance', explainedVariance),
    ...(ariWithLast === undefined ? {} : { ariWithLast: await blurred('ari', ariWithLast) }),
    ...(nmiWithLast === undefined ? {} : { nmiWithLast: await blurred('nmi', nmiWithLast) }),
  };
}

const utcDay = (at: number): string => new Date(at).toISOString().slice(0, 10);
