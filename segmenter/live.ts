// segmenter/live.ts: brings one site's profiles and rule segments up to date, and nothing else: what is called every few moments.
import type { EpochMs, Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';
import type { Db, Lease, SiteRow } from '../store/index.ts';
import {
  acquireLease,
  countEventsAfter,
  countProfiles,
  LIVE_HOLDER,
  markObjectors,
  readLinks,
  readWatermark,
  releaseLease,
  renewLease,
} from '../store/index.ts';
import { foldNewEvents } from './fold-events.ts';
import { fuseVisitors } from './profiles/fuse.ts';
import { openJudge } from './rules/judge.ts';
import { sweepRules } from './rules/sweep.ts';

/**
 * Why nothing was brought up to date. `busy`: another holds the lease: a run of the segmenter, an erasure, somebody else's
 * live fold. `left_to_run`: so much was never folded that it is a whole run's work.
 */
export type LiveRefusal = 'busy' | 'lease_lost' | 'left_to_run';

/** What a live fold depends on. */
export interface LiveInput {
  readonly db: Db;
  readonly site: SiteRow;
  /** Rules are judged as of its UTC day. */
  readonly now: EpochMs;
  /** A random id, for the lease, which is given up to anybody else who wants it. */
  readonly holder: string;
  readonly clock: () => number;
  /** What this fold may do at most; {@link LIVE_BOUNDS} where left out. */
  readonly bounds?: LiveBounds | undefined;
}

/** How much a live fold takes upon itself. */
export interface LiveBounds {
  /** Events that are read: what is beyond waits for the next, and the lease is free between. */
  readonly eventsMax: number;
  /** Profiles of a site whose everybody is judged where rules or the day changed; larger ones are left to a run. */
  readonly sweptMax: number;
}

/** What it did. */
export interface LiveFold {
  /** Events read, of every visitor. */
  readonly read: number;
  readonly folded: number;
  /** Whether all that had come was read. */
  readonly isCaughtUp: boolean;
  /** Whether everybody was judged and not only who was seen. */
  readonly isSwept: boolean;
}

/** More than this that was never folded is a whole run's work. */
export const LIVE_EVENTS_MAX = 50_000;
/** Bounds of a thread of its own. */
const LIVE_BOUNDS: LiveBounds = { eventsMax: LIVE_EVENTS_MAX, sweptMax: Number.POSITIVE_INFINITY };
/** A live fold that has not renewed its lease for this long is taken for dead. */
const LIVE_LEASE_MS = 60_000;

/** Folds what is new, with the code of a whole run, and judges who changed; everybody where rules or the day changed. */
export async function foldLive(input: LiveInput): Promise<Result<LiveFold, LiveRefusal>> {
  const { db, site, holder, clock } = input;
  const lease = await acquireLease(db, site, `${LIVE_HOLDER}${holder}`, {
    now: clock(),
    expiresAt: clock() + LIVE_LEASE_MS,
  });
  if (lease === undefined) return err('busy');
  try {
    return await foldHeld(input, lease);
  } finally {
    // One that can't be given back ends by itself.
    await releaseLease(db, lease).catch(() => undefined);
  }
}

const hasAtMost = async (db: Db, site: SiteRow, max: number): Promise<boolean> =>
  max === Number.POSITIVE_INFINITY || (await countProfiles(db, site)) <= max;

async function foldHeld(input: LiveInput, lease: Lease): Promise<Result<LiveFold, LiveRefusal>> {
  const { db, site, now, clock, bounds = LIVE_BOUNDS } = input;
  const goOn = (): Promise<boolean> => renewLease(db, lease, clock() + LIVE_LEASE_MS);
  const judge = await openJudge(db, site, now);
  const watermark = await readWatermark(db, site);
  const isStarted = watermark?.stateVersion === judge.own.foldVersion && watermark.seq > 0;
  // What was folded by other definitions is folded anew, from the first event.
  const waiting = await countEventsAfter(db, site, isStarted ? watermark.seq : 0);
  if (!isStarted && waiting > LIVE_EVENTS_MAX) return err('left_to_run');
  await markObjectors(db, site);
  const fold = await foldNewEvents(db, site, lease, goOn, { judge, at: now, eventsMax: bounds.eventsMax });
  if (fold === undefined) return err('lease_lost');
  const { read, folded, isJudged } = fold;
  const isCaughtUp = read >= waiting;
  // Judged in the middle of a backlog everybody would seem to come and go.
  const isSwept = !isJudged && isCaughtUp && (await hasAtMost(db, site, bounds.sweptMax));
  if (isSwept) {
    const fusion = fuseVisitors(await readLinks(db, site));
    if (!(await sweepRules(db, site, lease, judge, { fusion, at: now }, goOn))) return err('lease_lost');
  }
  return ok({ read, folded, isCaughtUp, isSwept });
}
