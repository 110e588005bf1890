// sdk/full.ts: Full: Core with a first-party id, consent platforms, and what visitors do besides looking.
import type { Hushtag, TagOptions } from './api.ts';
import { combineChoices, listenToPlatforms } from './consent-sources.ts';
import { wake } from './delivery.ts';
import { firstPartyId } from './first-party-id.ts';
import { choose, combineBy, remember } from './gate.ts';
import { watchInteractions } from './interactions.ts';
import { safely } from './safely.ts';
import { startTag, track } from './start.ts';

/** Starts the full tag and returns its API. */
export const startFull = (options: TagOptions): Hushtag => {
  remember(firstPartyId);
  combineBy(combineChoices());
  const tag = startTag(options);
  safely(listenToPlatforms)((said, source) => {
    choose(said, source);
    wake();
  });
  safely(watchInteractions)(track);
  return tag;
};
