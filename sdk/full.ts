// sdk/full.ts: Full: Core with a first-party id, consent platforms, and what visitors do besides looking.
import type { AccountIds, FullCalls, Hushtag, TagOptions } from './api.ts';
import { listenToPlatforms } from './consent-sources.ts';
import { fullExtension } from './first-party-id.ts';
import { envelope, extendGate } from './gate.ts';
import { watchInteractions } from './interactions.ts';
import { offerMark, writeMark } from './mark.ts';
import { safely } from './safely.ts';
import { startTag } from './start.ts';
import { track } from './track.ts';

/** Starts the full tag and returns its API. */
export const startFull = (options: TagOptions): Hushtag & FullCalls => {
  extendGate(fullExtension);
  const tag = startTag(options);
  listenToPlatforms();
  safely(watchInteractions)();
  return Object.assign(tag, {
    id: safely((other?: string) => {
      if (parseInt(other as string)) offerMark(other as string);
      return envelope()?.i;
    }) as FullCalls['id'],
    identify: safely((ids: AccountIds) => {
      track('identify', ids);
      // Logged out: whoever comes next in this browser is another visitor. Without consent there is no id, and storage is left alone (S1).
      if (!Object.values(ids ?? {}).join('') && envelope()?.i) writeMark('');
    }),
  });
};
