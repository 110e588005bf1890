// sdk/npm.ts: entry of the npm package.
import type { Hushtag, TagOptions } from './api.ts';
import { startFull } from './full.ts';
import { createApi } from './start.ts';

export type { CommerceEventName, PolicyPreset, Purpose } from '../contract/index.ts';
export type { ConsentChoice, EventParams, Hushtag, ItemParams, TagOptions } from './api.ts';

let started: Hushtag | undefined;

/**
 * Starts the tag and returns its calls; called again, it returns the same. On a server, where there is no page, it
 * returns calls that do nothing.
 */
export function createTag(options: TagOptions): Hushtag {
  const nothing = (): void => undefined;
  if (typeof window === 'undefined') return createApi({ track: nothing, consent: nothing, optOut: nothing });
  started ??= startFull(options);
  return started;
}
