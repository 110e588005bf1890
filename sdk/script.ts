// sdk/script.ts: what both script tags do: read their own data attributes, start, and make the calls that waited.
import type { FullCalls, Hushtag, TagOptions } from './api.ts';
import { safely } from './safely.ts';

declare global {
  interface Window {
    /** The tag; before it has loaded, the stub's list of calls that wait. */
    hushtag?: Hushtag | readonly WaitingCall[];
  }
}
/** Its attributes' names are any, as an object of its own has them. */
interface ScriptTag {
  readonly dataset: Readonly<Record<string, string | undefined>>;
  readonly src: string;
}
/** A call that waits for the tag: its name and what it was given. */
export type WaitingCall = readonly [call: keyof (Hushtag & FullCalls), ...given: unknown[]];

/** Runs a script tag, once a page and with a site; elsewhere nothing starts. Never throws (S1). */
export const runScript = (start: (options: TagOptions) => Hushtag): void =>
  safely(() => {
    // Where there is no such script (loaded as a module, say), this throws, and nothing starts.
    const { dataset, src } = document.currentScript as unknown as ScriptTag;
    const waiting = window.hushtag ?? [];
    // Nothing starts without a site; a second tag on the page would count everything twice.
    if (!dataset['site'] || !Array.isArray(waiting)) return;
    const tag = start({ collector: new URL(src).origin, ...dataset } as unknown as TagOptions);
    window.hushtag = tag;
    for (const [call, ...given] of waiting as readonly WaitingCall[])
      (tag as Hushtag & FullCalls)[call]?.(...(given as [never, never]));
  })();
