// segmenter/fold-events.ts: brings the profiles of a site up to its newest event, slice by slice.
import { IDENTIFY_EVENT } from '../core/index.ts';
import type { Db, FoldedSlice, Lease, SiteRow, StoredEvent, Watermark } from '../store/index.ts';
import {
  countEventsAfter,
  createPacker,
  readEventSlice,
  readStates,
  readWatermark,
  resetFold,
  saveFold,
  saveProfiles,
} from '../store/index.ts';
import { breathe } from './breathe.ts';
import type { History } from './history.ts';
import { foldEvent } from './profiles/fold.ts';
import { createEventParser } from './profiles/parse-event.ts';
import type { SiteTraits } from './profiles/site-traits.ts';
import { NO_SITE_TRAITS } from './profiles/site-traits.ts';
import type { ProfileState } from './profiles/state.ts';
import { decodeState, emptyState, encodeState } from './profiles/state.ts';
import type { Judge, SliceVerdict } from './rules/judge.ts';
import { judgeSlice } from './rules/judge.ts';

/** Events in one slice: bounds memory, and what a killed run has to do again. */
export const SLICE_EVENTS = 5_000;

/** The version of a watermark while a history is folded: profiles without their watermark are never added to. */
const UNFINISHED = -1;

/** How the fold went. */
export interface FoldResult {
  readonly watermark: Watermark;
  /** Events read in this run, of every visitor. */
  readonly read: number;
  /** Of these, those that belong to a profile. */
  readonly folded: number;
  /** Whether who is in which rule segment was kept up to date; where not, everybody is to be judged. */
  readonly isJudged: boolean;
}

/** What folding is given besides the events. */
export interface FoldBy {
  /** Folds everything at once where nothing is folded yet. */
  readonly history?: History | undefined;
  /** The site's rules and its own traits; without, nobody is judged and no own trait is folded. */
  readonly judge?: Judge | undefined;
  /** When who changed segments is found out, epoch ms. */
  readonly at: number;
  /** Events read at most; all where left out. */
  readonly eventsMax?: number;
}

/** Called after each slice; says whether the run may go on. */
export type AfterSlice = (done: number, total: number) => Promise<boolean>;

/**
 * Folds what came since the watermark. Each slice is one transaction of profiles, watermark and who changed segments, so a
 * run killed anywhere goes on behind the last slice. @returns undefined where the lease was lost.
 */
export async function foldNewEvents(
  db: Db,
  site: SiteRow,
  lease: Lease,
  afterSlice: AfterSlice,
  { history, judge, at, eventsMax = Number.POSITIVE_INFINITY }: FoldBy,
): Promise<FoldResult | undefined> {
  // Where they are others than those of the last fold, all is folded anew.
  const traits = judge?.own ?? NO_SITE_TRAITS;
  const { foldVersion } = traits;
  let watermark = await startingPoint(db, site, lease, foldVersion);
  let total = Math.min(eventsMax, await countEventsAfter(db, site, watermark.seq));
  let read = 0;
  let folded = 0;
  // Profiles that lack their first events would seem to enter and leave.
  let isJudged = judge?.isCurrent === true && watermark.seq > 0;
  let mark = judge?.mark;
  if (history !== undefined && watermark.seq === 0 && total >= history.eventsMin) {
    const whole = await foldHistory(db, site, lease, { history, traits }, (done) => afterSlice(done, total));
    if (whole === undefined) return undefined;
    watermark = whole;
    folded = whole.events;
    // What came while it was folded is left to the slices.
    const left = await countEventsAfter(db, site, watermark.seq);
    read = Math.max(0, total - left);
    total = read + left;
  }
  const packer = createPacker();
  // Events that arrive meanwhile wait for the next run, so the loop ends however busy the site is.
  while (read < total) {
    const slice = await readEventSlice(db, site, watermark.seq, Math.min(SLICE_EVENTS, total - read), traits.names);
    if (slice === undefined) break;
    const states = await foldSlice(db, site, slice.events, traits);
    const verdict =
      isJudged && judge ? await judgeSlice(db, site, { ...judge, mark }, states, linkersOf(slice.events)) : undefined;
    if (verdict === undefined) isJudged = false;
    mark = verdict?.mark ?? mark;
    watermark = { seq: slice.seq, events: watermark.events + slice.events.length, stateVersion: foldVersion };
    for (const [visitor, state] of states) packer.add(visitor, encodeState(state));
    const slices: FoldedSlice = { profiles: packer.take(), watermark, ...verdictRows(verdict, at) };
    if (!(await saveFold(db, site, lease, slices))) return undefined;
    read += slice.scanned;
    folded += slice.events.length;
    if (!(await afterSlice(read, total))) return undefined;
    await breathe();
  }
  return { watermark, read, folded, isJudged };
}

const linkersOf = (events: readonly StoredEvent[]): ReadonlySet<number> =>
  new Set(events.filter(({ name }) => name === IDENTIFY_EVENT).map(({ visitor }) => visitor));

/** Without a verdict what is stored is not to be relied on any more, and says so. */
const verdictRows = (verdict: SliceVerdict | undefined, at: number): Partial<FoldedSlice> => {
  if (verdict === undefined) return { isUnjudged: true };
  return { changes: { of: verdict.changes, at }, ...(verdict.mark === undefined ? {} : { mark: verdict.mark }) };
};

async function foldHistory(
  db: Db,
  site: SiteRow,
  lease: Lease,
  { history, traits }: { readonly history: History; readonly traits: SiteTraits },
  goOn: (done: number) => Promise<boolean>,
): Promise<Watermark | undefined> {
  const synced = await history.sync(site, () => goOn(0));
  if (synced === undefined) return undefined;
  const unfinished = { seq: 0, events: 0, stateVersion: UNFINISHED };
  if (!(await saveFold(db, site, lease, { profiles: [], watermark: unfinished }))) return undefined;
  let isHeld = true;
  let done = 0;
  const events = await history.fold(site, traits.definitions, async (profiles, folded) => {
    if (!isHeld) return;
    await saveProfiles(db, site, lease, profiles);
    done += folded;
    isHeld = await goOn(done);
  });
  if (!isHeld) return undefined;
  const watermark = { seq: synced.seq, events, stateVersion: traits.foldVersion };
  return (await saveFold(db, site, lease, { profiles: [], watermark })) ? watermark : undefined;
}

async function startingPoint(db: Db, site: SiteRow, lease: Lease, foldVersion: number): Promise<Watermark> {
  const held = await readWatermark(db, site);
  if (held?.stateVersion === foldVersion) return held;
  if (held !== undefined) await resetFold(db, site, lease);
  return { seq: 0, events: 0, stateVersion: foldVersion };
}

async function foldSlice(
  db: Db,
  site: SiteRow,
  events: readonly StoredEvent[],
  traits: SiteTraits,
): Promise<ReadonlyMap<number, ProfileState>> {
  const visitors = [...new Set(events.map(({ visitor }) => visitor))].sort((a, b) => a - b);
  const states = new Map(visitors.map((visitor) => [visitor, emptyState()]));
  for (const { visitor, state } of await readStates(db, site, visitors)) states.set(visitor, decodeState(state));
  const parse = createEventParser();
  for (const event of events) {
    const state = states.get(event.visitor);
    if (state !== undefined) foldEvent(state, parse(event), traits);
  }
  return states;
}
