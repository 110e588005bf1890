// segmenter/fold-events.ts: brings the profiles of a site up to its newest event, slice by slice.
import type { Item } from '../contract/index.ts';
import type { Db, Lease, SiteRow, StoredEvent, Watermark } from '../store/index.ts';
import { countEventsAfter, readEventSlice, readStates, readWatermark, resetFold, saveFold } from '../store/index.ts';
import { breathe } from './breathe.ts';
import type { FoldedEvent } from './profiles/fold.ts';
import { foldEvent } from './profiles/fold.ts';
import type { ProfileState } from './profiles/state.ts';
import { decodeState, emptyState, encodeState, STATE_VERSION } from './profiles/state.ts';

/** Events in one slice: bounds memory, and what a killed run has to do again. */
export const SLICE_EVENTS = 5_000;

/** How the fold went. */
export interface FoldResult {
  readonly watermark: Watermark;
  /** Events read in this run, of every visitor. */
  readonly read: number;
  /** Of these, those that belong to a profile. */
  readonly folded: number;
}

/** Called after each slice; says whether the run may go on. */
export type AfterSlice = (done: number, total: number) => Promise<boolean>;

/**
 * Folds what came since the watermark. Each slice is one transaction of profiles and watermark, so a run killed anywhere
 * goes on behind the last slice. @returns undefined where the lease was lost.
 */
export async function foldNewEvents(
  db: Db,
  site: SiteRow,
  lease: Lease,
  afterSlice: AfterSlice,
): Promise<FoldResult | undefined> {
  let watermark = await startingPoint(db, site, lease);
  const total = await countEventsAfter(db, site, watermark.seq);
  let read = 0;
  let folded = 0;
  // Events that arrive meanwhile wait for the next run, so the loop ends however busy the site is.
  while (read < total) {
    const slice = await readEventSlice(db, site, watermark.seq, Math.min(SLICE_EVENTS, total - read));
    if (slice === undefined) break;
    const states = await foldSlice(db, site, slice.events);
    watermark = { seq: slice.seq, events: watermark.events + slice.events.length, stateVersion: STATE_VERSION };
    const profiles = [...states].map(([visitor, state]) => ({ visitor, state: encodeState(state) }));
    if (!(await saveFold(db, site, lease, { profiles, watermark }))) return undefined;
    read += slice.scanned;
    folded += slice.events.length;
    if (!(await afterSlice(read, total))) return undefined;
    await breathe();
  }
  return { watermark, read, folded };
}

async function startingPoint(db: Db, site: SiteRow, lease: Lease): Promise<Watermark> {
  const held = await readWatermark(db, site);
  if (held?.stateVersion === STATE_VERSION) return held;
  if (held !== undefined) await resetFold(db, site, lease);
  return { seq: 0, events: 0, stateVersion: STATE_VERSION };
}

async function foldSlice(
  db: Db,
  site: SiteRow,
  events: readonly StoredEvent[],
): Promise<ReadonlyMap<number, ProfileState>> {
  const visitors = [...new Set(events.map(({ visitor }) => visitor))].sort((a, b) => a - b);
  const states = new Map(visitors.map((visitor) => [visitor, emptyState()]));
  for (const { visitor, state } of await readStates(db, site, visitors)) states.set(visitor, decodeState(state));
  for (const event of events) {
    const state = states.get(event.visitor);
    if (state !== undefined) foldEvent(state, parsed(event));
  }
  return states;
}

/** The items column was written by the collector from checked items, so its text is trusted. */
const parsed = ({ items, ...event }: StoredEvent): FoldedEvent =>
  items === undefined ? event : { ...event, items: JSON.parse(items) as readonly Item[] };
