// sdk/full.ts: Full: Core with a first-party id, consent platforms, and what visitors do besides looking.
import type { FullCalls, Hushtag, TagOptions } from './api.ts';
import { listenToPlatforms } from './consent-sources.ts';
import { fullExtension, idCalls } from './first-party-id.ts';
import { extendGate } from './gate.ts';
import { watchInteractions } from './interactions.ts';
import { safely } from './safely.ts';
import { startTag } from './start.ts';

/** Starts the full tag and returns its API. */
export const startFull = (options: TagOptions): Hushtag & FullCalls => {
  extendGate(fullExtension);
  const tag = startTag(options);
  listenToPlatforms();
  safely(watchInteractions)();
  return Object.assign(tag, idCalls);
};
