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
import type { ExactDrift, TraitSpread } from './clusters/drift.ts';
import { driftOf, spreadsOf } from './clusters/drift.ts';
import type { KnownCluster } from './clusters/ids.ts';
import type { CleaningReport, Features } from './features/clean.ts';
import { cleanTraits } from './features/clean.ts';
import { SILHOUETTE_REACH, SILHOUETTE_SAMPLE_MAX } from './math/silhouette.ts';
import type { Agreement, BothVersions } from './publish/agreement.ts';
import { publishAgreement } from './publish/agreement.ts';
import { isEnough } from './publish/enough.ts';
import { publishCurve } from './publish/pictures.ts';
import type { ExactGroup, Publication, PublishHistory } from './publish/publish.ts';
import { publishUnderCap, roundOf } from './publish/publish.ts';
import { publishedDrift } from './publish/published-drift.ts';
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
  /** What changed since the last version, exactly and of each run: for the operator, never published. */
  readonly drift?: ExactDrift | undefined;
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
  const round = roundOf(input.last.history);
  const kChoice = await publishCurve(clustering.curve, visitorsOf, { ...context, round });
  const { publication, history } = await publishUnderCap(groups, everybody, context, input.last.history, kChoice);
  const { segments, visitors, map } = publication;
  const memberships = groups.map((group) => ({
    segment: group.id,
    visitors: [...group.visitors].sort((a, b) => a - b),
  }));
  // As often as new sets, and no oftener: figures of a run say what its sets are like.
  const isNew = history.rounds.includes(input.at);
  const held = isNew ? undefined : input.last.history?.metrics;
  const both = inBothVersions(memberships, input.last);
  const metrics = held ?? (await metricsOf(input, clustering, both, publication));
  const model: PublishedModel = {
    status: 'segmented',
    ...versionOf(input, clustering),
    ...(visitors === undefined ? {} : { visitors }),
    // Those that clusters may be made from: which of them vary would tell of the one visitor in whom one does.
    traits: TRAITS.filter(({ clusters }) => clusters).map(({ id }) => id),
    metrics,
    ...(publication.kChoice === undefined ? {} : { kChoice: publication.kChoice }),
    ...(map === undefined ? {} : { map }),
  };
  return {
    model,
    segments,
    memberships,
    internals: { ...internalsOf(features, currency, clustering), spreads: spreadsOf(table) },
    history: { ...history, metrics },
    drift: driftOf(input.last.spreads ?? [], table, both),
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

/** The segments of the visitors that are in both versions. */
function inBothVersions(memberships: Modelled['memberships'], { members: last }: LastVersion): BothVersions {
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
  return { now, before };
}

/** What is said of how good the clusters are, with noise by what one visitor can move (ADR 0034, 0035). */
async function metricsOf(
  { site, profiles, publishKey, last }: ModelInput,
  { silhouette, components: { explained } }: Clustering,
  both: BothVersions,
  publication: Publication,
): Promise<PublishedMetrics> {
  const people = profiles.table.visitors.length;
  // Of this round: were a figure that stayed the same shown the same, it would tell that nobody moved it.
  const what = (name: string): string => `model ${site.id} ${roundOf(last.history)} ${name}`;
  // Of a sample, and a visitor's own width goes from -1 to 1.
  const seen = Math.min(people, SILHOUETTE_SAMPLE_MAX);
  const agreement: Partial<Agreement> = (await publishAgreement(both, publishKey, what('agreement'))) ?? {};
  const { labelsChanged, ...indices } = agreement;
  return {
    ...(silhouette === undefined
      ? {}
      : { silhouette: await publishQuality(silhouette, seen, publishKey, what('silhouette'), SILHOUETTE_REACH) }),
    explainedVariance: await publishQuality(explained, people, publishKey, what('explained variance')),
    ...indices,
    ...(labelsChanged === undefined
      ? {}
      : { drift: publishedDrift(labelsChanged, both.now.length, last.history?.publication, publication) }),
  };
}

const utcDay = (at: number): string => new Date(at).toISOString().slice(0, 10);
