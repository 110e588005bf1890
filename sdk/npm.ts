// sdk/npm.ts: entry of the npm package.
import type { Hushtag, TagOptions } from './api.ts';
import { startFull } from './full.ts';
import { startOnce } from './start-once.ts';
import { startTag } from './start.ts';

export { readSegments } from './read-segments.ts';

export type { CommerceEventName, PolicyPreset, Purpose } from '../contract/index.ts';
export type { ConsentChoice, EventParams, Hushtag, ItemParams, TagOptions } from './api.ts';

/**
 * Starts the full tag and returns its calls; called again, it returns the same. On a server, where there is no page, it
 * returns calls that do nothing.
 */
export const createTag = (options: TagOptions): Hushtag => startOnce(startFull, options);

/**
 * The same with Core: no first-party id, no consent platforms, no links and forms. A bundle that takes this alone
 * carries nothing of the rest. There is one tag a page: the first that starts is it.
 */
export const createCore = (options: TagOptions): Hushtag => startOnce(startTag, options);
