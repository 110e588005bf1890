// sdk/chunk.ts: how an optional script reaches the tag: by its calls alone, so that consent gates all that a chunk does.
import type { WaitingCall } from './script.ts';

/** Calls that wait for a tag which may never come. */
export const WAITING_CALLS_MAX = 500;

/** Makes a call of the tag, now or, where the chunk has loaded before it, once it starts. */
export const callTag = (...made: WaitingCall): unknown => {
  const tag = (window.hushtag ??= []);
  const [call, ...given] = made;
  // Before the tag has loaded, this is the page's stub or a plain list: both are arrays.
  if (!Array.isArray(tag)) return (tag as unknown as Record<string, (...all: unknown[]) => unknown>)[call]?.(...given);
  // A question is not left behind: nobody would hear the answer.
  return made[1] !== undefined && tag.length < WAITING_CALLS_MAX && tag.push(made);
};
