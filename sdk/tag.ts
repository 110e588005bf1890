// sdk/tag.ts: entry of the script tag. Reads its own data attributes, starts, and makes the calls that waited.
import type { Hushtag, TagOptions } from './api.ts';
import { safely } from './safely.ts';
import { startTag } from './start.ts';

declare global {
  interface Window {
    /** The tag; before it has loaded, the stub's list of calls that wait. */
    hushtag?: Hushtag | readonly WaitingCall[];
  }
}
type WaitingCall = readonly [call: keyof Hushtag, ...given: [never, never]];

safely(() => {
  // Where there is no such script (loaded as a module, say), this throws, and nothing starts.
  const { dataset, src } = document.currentScript as HTMLScriptElement;
  const waiting = window.hushtag ?? [];
  // Nothing starts without a site; a second tag on the page would count everything twice.
  if (!dataset['site'] || !Array.isArray(waiting)) return;
  const tag = startTag(Object.assign({ collector: new URL(src).origin }, dataset) as unknown as TagOptions);
  window.hushtag = tag;
  for (const [call, ...given] of waiting as readonly WaitingCall[]) tag[call](...given);
})();
