// segmenter/history.ts: folding a whole history at once, visitor by visitor, where a platform keeps one for quick reading.
//
// The same fold as of slices (profiles/fold.ts) over the same events: states are sums, so the profiles are the same bytes (M1).
import type { SiteTrait } from '../core/index.ts';
import type { PackedProfiles, SiteRow, StoredEvent } from '../store/index.ts';
import { foldEvent } from './profiles/fold.ts';
import { createEventParser } from './profiles/parse-event.ts';
import { readySiteTraits } from './profiles/site-traits.ts';
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
   * Folds all of it. @param traits those that the site defined. @param save writes finished profiles; each visitor comes once. @returns events folded.
   */
  readonly fold: (
    site: SiteRow,
    traits: readonly SiteTrait[],
    save: (profiles: readonly PackedProfiles[], events: number) => Promise<void>,
  ) => Promise<number>;
}

/** A fold, and the events of which it reads what a site's own traits are made of. */
export interface VisitorFold {
  /** Folds one visitor's events, all of them, to the text of their profile. */
  readonly fold: (events: readonly StoredEvent[]) => string;
  readonly toldNames: readonly string[];
}

/** Makes a fold. @param definitions the traits that the site defined. */
export function createVisitorFold(definitions: readonly SiteTrait[]): VisitorFold {
  const parse = createEventParser();
  const traits = readySiteTraits(definitions);
  return {
    toldNames: traits.names,
    fold: (events) => {
      const state = emptyState();
      for (const event of events) foldEvent(state, parse(event), traits);
      return encodeState(state);
    },
  };
}
