// segmenter/history.ts: folding a whole history at once, visitor by visitor, where a platform keeps one for quick reading.
//
// The same fold as of slices (profiles/fold.ts) over the same events: states are sums, so the profiles are the same bytes (M1).
import type { Item } from '../contract/index.ts';
import type { PackedProfiles, SiteRow, StoredEvent } from '../store/index.ts';
import type { FoldedEvent } from './profiles/fold.ts';
import { foldEvent } from './profiles/fold.ts';
import { emptyState, encodeState } from './profiles/state.ts';

/** A site's whole history in a form that is quick to read; a platform without one (Workers) folds slice by slice. */
export interface History {
  /** From this many events on it is worth reading; below, slices are as quick. */
  readonly eventsMin: number;
  /**
   * Brings it up to the newest event. @param goOn says whether the run may go on.
   * @returns the last event it holds, in order of arrival; undefined where `goOn` said to stop.
   */
  readonly sync: (site: SiteRow, goOn: () => Promise<boolean>) => Promise<{ readonly seq: number } | undefined>;
  /**
   * Folds all of it. @param save writes finished profiles; each visitor comes once. @returns events folded.
   */
  readonly fold: (
    site: SiteRow,
    save: (profiles: readonly PackedProfiles[], events: number) => Promise<void>,
  ) => Promise<number>;
}

/** The event with its items parsed. Built field by field: copying with a rest took longer than the fold itself (measured). */
function parsedEvent(event: StoredEvent, itemsOf: (text: string) => readonly Item[]): FoldedEvent {
  const { id, at, name, purposes, orderKey, currency, value, items, source } = event;
  if (items === undefined && id === '' && source === undefined) return { id, at, name, purposes };
  return {
    id,
    at,
    name,
    purposes,
    ...(orderKey === undefined ? {} : { orderKey }),
    ...(currency === undefined ? {} : { currency }),
    ...(value === undefined ? {} : { value }),
    ...(items === undefined ? {} : { items: itemsOf(items) }),
    ...(source === undefined ? {} : { source }),
  };
}

/** Parsed item lists kept: shops send the same products again and again. */
const ITEMS_CACHED_MAX = 20_000;

/** Folds one visitor's events, all of them, to the text of their profile. */
export function createVisitorFold(): (events: readonly StoredEvent[]) => string {
  const parsed = new Map<string, readonly Item[]>();
  const itemsOf = (text: string): readonly Item[] => {
    let items = parsed.get(text);
    if (items === undefined) {
      // The items column was written by the collector from checked items, so its text is trusted.
      items = JSON.parse(text) as readonly Item[];
      if (parsed.size >= ITEMS_CACHED_MAX) parsed.clear();
      parsed.set(text, items);
    }
    return items;
  };
  return (events) => {
    const state = emptyState();
    for (const event of events) foldEvent(state, parsedEvent(event, itemsOf));
    return encodeState(state);
  };
}
