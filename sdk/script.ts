// sdk/script.ts: what both script tags do: read their own data attributes, start, and make the calls that waited.
import type { FullCalls, Hushtag, TagOptions } from './api.ts';
import { explained } from './explain.ts';
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

/**
 * Runs a script tag, once a page and with a site; elsewhere nothing starts. With `data-debug` the tag that explains
 * itself starts in its place, where the page lets it load. Never throws (S1).
 */
export const runScript = (start: (options: TagOptions) => Hushtag): void =>
  safely(() => {
    // Where there is no such script (loaded as a module, say), this throws, and nothing starts.
    const script = explained ?? (document.currentScript as HTMLScriptElement);
    // An image may be called `currentScript`; it must say neither what is loaded nor where events go.
    // Where it is none, this throws as well.
    const { dataset, src } = (script.matches('script') && script) as unknown as ScriptTag;
    const begin = safely(() => {
      if (!dataset['site']) return;
      // A tag that runs is no list: a second one, which would count everything twice, throws here and does not start.
      const waiting = [...((window.hushtag ?? []) as readonly WaitingCall[])];
      const tag = start({ collector: new URL(src).origin, ...dataset } as unknown as TagOptions);
      window.hushtag = tag;
      // Each by itself: what is no call must not keep a refusal behind it from being heard.
      waiting.map(safely(([call, ...given]) => (tag as Hushtag & FullCalls)[call](...(given as [never, never]))));
    });
    if (!explained && 'debug' in dataset) import(new URL('tag.debug.js', src) as unknown as string).catch(begin);
    else begin();
  })();
