// sdk/full.ts: Full: Core with a first-party id.
import type { Hushtag, TagOptions } from './api.ts';
import { firstPartyId } from './first-party-id.ts';
import { remember } from './gate.ts';
import { startTag } from './start.ts';

/** Starts the full tag and returns its API. */
export const startFull = (options: TagOptions): Hushtag => {
  remember(firstPartyId);
  return startTag(options);
};
