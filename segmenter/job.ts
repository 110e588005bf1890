// segmenter/job.ts: one run of the segmenter for one site: what the schedule, the Worker's cron and the command line call.
import type { EpochMs, PublishedModel, PublishedSegment, Result, SiteId } from '../contract/index.ts';
import { DAY_MS, err, ok } from '../contract/index.ts';
import { invariant } from '../core/index.ts';
import type { Db, Lease, RunEnd, RunStage, SiteRow, StoredModel, Watermark } from '../store/index.ts';
import {
  acquireLease,
  beginRun,
  countProfiles,
  endRun,
  markObjectors,
  nextVersion,
  readClusterMembers,
  readHold,
  readLinks,
  readReleasedModel,
  releaseLease,
  renewLease,
  saveHeldMembers,
  saveRelease,
} from '../store/index.ts';
import type { ExactDrift } from './clusters/drift.ts';
import type { ClusterOptions } from './clusters/find.ts';
import type { CleaningReport } from './features/clean.ts';
import { foldNewEvents } from './fold-events.ts';
import type { History } from './history.ts';
import { membersByModel } from './hold.ts';
import { findInsights } from './insights.ts';
import { ASSIGNMENT_MAX } from './math/assignment.ts';
import type { LastVersion, Modelled, ModelInternals } from './model.ts';
import { modelVisitors } from './model.ts';
import type { Fusion } from './profiles/fuse.ts';
import { fuseVisitors, fusionMark } from './profiles/fuse.ts';
import type { PublishHistory } from './publish/publish.ts';
import { readTraits } from './read-traits.ts';
import { openJudge } from './rules/judge.ts';
import type { SweepBy } from './rules/sweep.ts';
import { sweepRules } from './rules/sweep.ts';

/** A run that has not renewed its lease for this long is taken for dead. Longer than any stage between two renewals. */
export const LEASE_MS = 300_000;
/** Raised when the same profiles would give other segments, so that an unchanged site is modelled again. */
export const PIPELINE_VERSION = 8;
/** What a site gets that did not choose. */
export const DEFAULT_OPTIONS: ClusterOptions = { seed: 42 };

/** The stages of a run, in order. */
export const STAGES = ['fold', 'features', 'clusters', 'rules', 'publish', 'insights'] as const;
/** One stage. */
export type Stage = (typeof STAGES)[number];

/** Everything a run depends on. */
export interface SegmenterInput {
  readonly db: Db;
  readonly site: { readonly row: SiteRow; readonly id: SiteId; readonly floor: number };
  /** When the run is made; traits are computed as of its UTC day. */
  readonly now: EpochMs;
  /** Another reference instant for the traits, as for a history that ended long ago. */
  readonly asOf?: EpochMs;
  /** A random id of this run, for its lease. */
  readonly holder: string;
  /** The time, for the lease and the durations; the numbers never depend on it. */
  readonly clock: () => number;
  /** The site's secret for sticky noise, 32 bytes. */
  readonly publishKey: Uint8Array<ArrayBuffer>;
  readonly onProgress?: (stage: Stage, done: number, total: number) => void;
  /** The site's history in a form that is quick to fold whole; absent where the platform keeps none. */
  readonly history?: History;
  readonly options?: Partial<ClusterOptions>;
}

/** Why a run did not finish. Nothing of it is visible then but folded slices and who is in rule segments by them, and the last release answers. */
export type RunRefusal = 'already_running' | 'lease_lost';

/** What a run did. Its numbers are exact unless they are of `model` or `segments`: for the operator, not for the API. */
export interface RunSummary {
  /** `unchanged`: no new event, same UTC day, same options; the released version stays. */
  readonly outcome: 'released' | 'unchanged';
  readonly version: number;
  readonly eventsRead: number;
  readonly eventsFolded: number;
  readonly profiles: number;
  readonly clusters: number;
  readonly publishedSegments: number;
  readonly model: PublishedModel;
  readonly segments: readonly PublishedSegment[];
  readonly cleaning: CleaningReport;
  readonly durationsMs: Readonly<Partial<Record<Stage, number>>>;
  /** What changed since the last version; absent of the first and of one that stays. */
  readonly drift?: ExactDrift | undefined;
}

/** What is stored beside a version: what it was made from, and the parts of the result that are not published. */
interface StoredInternals extends ModelInternals {
  readonly fingerprint: string;
  readonly segments: readonly PublishedSegment[];
  readonly history?: PublishHistory | undefined;
}

/** Runs the segmenter once. At most one run of a site goes on at a time; a killed one is taken over when its lease ends. */
export async function runSegmenter(input: SegmenterInput): Promise<Result<RunSummary, RunRefusal>> {
  const { db, site, holder, clock } = input;
  const { k, seed } = { ...DEFAULT_OPTIONS, ...input.options };
  const isNumber = k === undefined || (Number.isInteger(k) && k >= 2 && k <= ASSIGNMENT_MAX);
  invariant(isNumber, 'M1: k is a whole number from 2 to 12');
  invariant(Number.isSafeInteger(seed), 'M1: a seed is a whole number');
  const now = clock();
  const lease = await acquireLease(db, site.row, holder, { now, expiresAt: now + LEASE_MS });
  if (lease === undefined) return err('already_running');
  const timer = stageTimer(clock);
  let run: number | undefined;
  let result: Result<RunSummary, RunRefusal>;
  try {
    run = await beginRun(db, site.row, now);
    result = await runHeld(input, { ...(k === undefined ? {} : { k }), seed }, lease, timer);
    // The release stands whatever becomes of these: the next run makes them.
    const goOn = (): Promise<boolean> => renewLease(db, lease, clock() + LEASE_MS);
    const isFound = result.ok && (await timer('insights', () => findInsights(input, lease, goOn)));
    if (result.ok && !isFound) result = err('lease_lost');
    await endRun(db, site.row, run, endOf(result, clock(), timer.durations()));
  } catch (fault) {
    // The first fault is the one to see; a lease that can't be given back ends by itself.
    const stages = stagesOf(timer.durations());
    if (run !== undefined) {
      await endRun(db, site.row, run, { at: clock(), outcome: 'failed', stages }).catch(() => undefined);
    }
    await releaseLease(db, lease).catch(() => undefined);
    throw fault;
  }
  await releaseLease(db, lease);
  return result.ok ? ok({ ...result.value, durationsMs: timer.durations() }) : result;
}

type Durations = Readonly<Partial<Record<Stage, number>>>;

/** Stages in their order with what each went through. A run that ended early has nothing to say of that. */
const stagesOf = (durations: Durations, summary?: RunSummary): RunStage[] =>
  STAGES.flatMap((stage) => {
    const ms = durations[stage];
    if (ms === undefined) return [];
    const { eventsRead = 0, profiles = 0, segments = [] } = summary ?? {};
    return [{ stage, ms, rows: stage === 'fold' ? eventsRead : stage === 'publish' ? segments.length : profiles }];
  });

const endOf = (result: Result<RunSummary, RunRefusal>, at: number, durations: Durations): RunEnd =>
  result.ok
    ? { at, outcome: result.value.outcome, version: result.value.version, stages: stagesOf(durations, result.value) }
    : { at, outcome: 'lease_lost', stages: stagesOf(durations) };

async function runHeld(
  input: SegmenterInput,
  options: ClusterOptions,
  lease: Lease,
  timer: ReturnType<typeof stageTimer>,
): Promise<Result<RunSummary, RunRefusal>> {
  const { db, site, clock } = input;
  const report = (stage: Stage) => async (done: number, total: number) => {
    input.onProgress?.(stage, done, total);
    return renewLease(db, lease, clock() + LEASE_MS);
  };
  await markObjectors(db, site.row);
  const asOf = input.asOf ?? input.now;
  const judge = await openJudge(db, site.row, asOf);
  const foldBy = { history: input.history, judge, at: input.now };
  const fold = await timer('fold', () => foldNewEvents(db, site.row, lease, report('fold'), foldBy));
  if (fold === undefined) return err('lease_lost');
  const events = { eventsRead: fold.read, eventsFolded: fold.folded };
  const fusion = fuseVisitors(await readLinks(db, site.row));
  const profilesNow = `${await countProfiles(db, site.row)} ${fusionMark(fusion)} ${judge.text}`;
  const fingerprint = fingerprintOf(input, options, fold.watermark, profilesNow);
  const last = await readReleasedModel(db, site.row);
  const lastInternals = last === undefined ? undefined : (JSON.parse(last.internals) as StoredInternals);
  const goOn = () => report('rules')(0, 1);
  const sweep = (by: Partial<SweepBy>): Promise<boolean> =>
    timer('rules', () => sweepRules(db, site.row, lease, judge, { ...by, fusion, at: input.now }, goOn));
  const held = last === undefined ? undefined : await readHold(db, site.row);
  const unchanged = (stored: StoredModel, of: StoredInternals): Result<RunSummary, RunRefusal> =>
    ok({ outcome: 'unchanged', ...events, ...summaryOf(stored, of), durationsMs: timer.durations() });
  if (last !== undefined && lastInternals !== undefined && (held ?? lastInternals.fingerprint) === fingerprint) {
    return fold.isJudged || (await sweep({})) ? unchanged(last, lastInternals) : err('lease_lost');
  }
  const profiles = await timer('features', () => readTraits(db, site.row, asOf, fusion, report('features')));
  if (profiles === undefined) return err('lease_lost');
  const currency = { of: profiles.currency };
  if (held !== undefined && last !== undefined && lastInternals !== undefined) {
    // A version that was gone back to stands, with everybody where its model puts them.
    const found = withFused(membersByModel(lastInternals, profiles.table), fusion);
    const isKept = await saveHeldMembers(db, site.row, lease, found, fingerprint);
    const isWhole = isKept && (await sweep({ currency, clusters: clustersOf(found) }));
    return isWhole ? unchanged(last, lastInternals) : err('lease_lost');
  }
  const version = await nextVersion(db, site.row);
  const members = await readClusterMembers(db, site.row);
  input.onProgress?.('clusters', 0, 1);
  const by = { site, version, at: input.now, options, profiles, publishKey: input.publishKey };
  const modelled = await timer('clusters', () => modelVisitors({ ...by, last: { ...known(lastInternals), members } }));
  if (!(await report('clusters')(1, 1))) return err('lease_lost');
  const released = { ...modelled, memberships: withFused(modelled.memberships, fusion) };
  if (!(await sweep({ currency, clusters: clustersOf(released.memberships) }))) return err('lease_lost');
  const internals = storedOf(modelled, fingerprint);
  if (!(await timer('publish', () => save(input, lease, version, released, internals)))) return err('lease_lost');
  input.onProgress?.('publish', 1, 1);
  const stored = { version, model: JSON.stringify(modelled.model), internals: '' };
  const { drift } = modelled;
  return ok({ outcome: 'released', ...events, ...summaryOf(stored, internals), durationsMs: timer.durations(), drift });
}

/** What is known of the last version, if there was one. */
const known = (last: StoredInternals | undefined): Omit<LastVersion, 'members'> => ({
  clusters: last?.clusters ?? [],
  history: last?.history,
  spreads: last?.spreads ?? [],
});

const storedOf = ({ internals, segments, history }: Modelled, fingerprint: string): StoredInternals => ({
  ...internals,
  segments,
  history,
  fingerprint,
});

/** Everybody who is one person with a member is a member: the person is whichever of their browsers comes back. */
const withFused = (memberships: Modelled['memberships'], { groups }: Fusion): Modelled['memberships'] =>
  memberships.map(({ segment, visitors }) => ({
    segment,
    visitors: visitors.flatMap((visitor) => groups.get(visitor) ?? visitor).sort((a, b) => a - b),
  }));

const clustersOf = (memberships: Modelled['memberships']): ReadonlyMap<number, string> =>
  new Map(memberships.flatMap(({ segment, visitors }) => visitors.map((visitor) => [visitor, segment] as const)));

const save = (
  { db, site, now }: SegmenterInput,
  lease: Lease,
  version: number,
  modelled: Modelled,
  internals: StoredInternals,
): Promise<boolean> =>
  saveRelease(db, site.row, lease, {
    version,
    at: now,
    model: JSON.stringify(modelled.model),
    internals: JSON.stringify(internals),
    segments: modelled.segments.map((segment) => ({ id: segment.id, published: JSON.stringify(segment) })),
    memberships: modelled.memberships,
  });

/**
 * Everything that decides what a run publishes, but the last version and the secret. The number of profiles is in it
 * because an erasure takes one away without any new event, and who is one person because links come and go as well.
 */
const fingerprintOf = (
  { site, now, asOf }: SegmenterInput,
  { k, seed }: ClusterOptions,
  { events, stateVersion }: Watermark,
  profiles: string,
): string => {
  const day = Math.floor((asOf ?? now) / DAY_MS);
  return JSON.stringify([PIPELINE_VERSION, stateVersion, events, profiles, day, site.floor, k ?? 'chosen', seed]);
};

function summaryOf(stored: StoredModel, internals: StoredInternals) {
  return {
    version: stored.version,
    profiles: internals.cleaning.visitors,
    clusters: internals.clusters.length,
    publishedSegments: internals.segments.filter(({ status }) => status === 'published').length,
    model: JSON.parse(stored.model) as PublishedModel,
    segments: internals.segments,
    cleaning: internals.cleaning,
  };
}

/** Times stages by the run's own clock. */
function stageTimer(clock: () => number) {
  const durations: Partial<Record<Stage, number>> = {};
  const timed = async <T>(stage: Stage, work: () => Promise<T>): Promise<T> => {
    const from = clock();
    const result = await work();
    durations[stage] = clock() - from;
    return result;
  };
  return Object.assign(timed, { durations: (): Readonly<typeof durations> => ({ ...durations }) });
}
