// runtime/live.ts: rounds of live folds: which sites are due, and what becomes of each.
import type { EpochMs } from '../contract/index.ts';
import { DAY_MS, MINUTE_MS } from '../contract/index.ts';
import type { LiveBounds } from '../segmenter/index.ts';
import { foldLive } from '../segmenter/index.ts';
import type { Db, SiteRow } from '../store/index.ts';
import { readArrivals, readLiveSites } from '../store/index.ts';

/** How long a site is left alone whose lease another holds, ms. */
const BUSY_PAUSE_MS = 1_000;
/** And one whose history is still a whole run's work. */
const LEFT_PAUSE_MS = MINUTE_MS;

/** What rounds need of their platform. */
export interface LiveNeeds {
  readonly db: Db;
  readonly now: () => EpochMs;
  /** A random id, for the leases. */
  readonly holder: string;
  readonly bounds?: LiveBounds;
}

/** What one round did. */
export interface LiveRound {
  readonly folded: number;
  /** Sites that wait: for their lease, for the rest of their events, or for a whole run. */
  readonly waiting: number;
}

/**
 * Folds the sites that have rules: those with new events, all of them on a new day, those whose rules changed. Nothing is read
 * but the newest event's number while nothing comes.
 */
export function createLive({ db, now, holder, bounds }: LiveNeeds): () => Promise<LiveRound> {
  // None before the first round, in which every site with rules is due.
  let seen: number | undefined;
  let day = -1;
  let rules: ReadonlyMap<SiteRow, string> = new Map();
  /** Sites that are due, and from when on. */
  const due = new Map<SiteRow, number>();
  return async () => {
    const at = now();
    const held = await readLiveSites(db);
    if (held.size === 0 && due.size === 0) {
      // Nobody to judge. Rules that come make their site due, whatever arrived until then.
      [seen, rules] = [undefined, held];
      return { folded: 0, waiting: 0 };
    }
    const today = Math.floor(at / DAY_MS);
    for (const [site, state] of held) if (today !== day || rules.get(site) !== state) due.set(site, at);
    const arrivals = await readArrivals(db, seen);
    for (const site of arrivals.sites) if (held.has(site) && !due.has(site)) due.set(site, at);
    [seen, day, rules] = [arrivals.seq, today, held];
    let folded = 0;
    for (const [site, from] of due) {
      if (from > now()) continue;
      const fold = await foldLive({ db, site, now: now(), holder, clock: now, bounds });
      if (fold.ok) folded += fold.value.folded;
      if (fold.ok && fold.value.isCaughtUp) due.delete(site);
      else if (!fold.ok) due.set(site, now() + (fold.error === 'left_to_run' ? LEFT_PAUSE_MS : BUSY_PAUSE_MS));
    }
    return { folded, waiting: due.size };
  };
}

/** Rounds of one call at most: what is beyond waits for the next. */
export const CATCH_UP_ROUNDS_MAX = 4;
/** A catch-up that has not ended by then was cut off by its platform. */
const CATCH_UP_MS_MAX = 60_000;

/**
 * Makes rounds until nothing is left to fold, for a platform without a thread: called after each write. A call while another
 * runs makes that one look once more and returns at once, since what another call waits for can't be waited for here.
 */
export function createCatchUp(round: () => Promise<LiveRound>, now: () => EpochMs): () => Promise<void> {
  let heldUntil = 0;
  let again = false;
  return async () => {
    again = true;
    if (now() < heldUntil) return;
    heldUntil = now() + CATCH_UP_MS_MAX;
    try {
      for (let rounds = 0; again && rounds < CATCH_UP_ROUNDS_MAX; rounds += 1) {
        again = false;
        const { folded } = await round();
        // Others that wrote meanwhile found the lease taken and left their events to this one.
        again ||= folded > 0;
      }
    } finally {
      heldUntil = 0;
    }
  };
}
