// sdk/start.ts: puts the tag together. Nothing is stored, and nothing sent, before policy and choice allow it.
import type { Purpose } from '../contract/index.ts';
import type { ConsentChoice, EventParams, Hushtag, OwnCalls, TagOptions } from './api.ts';
import { send } from './delivery.ts';
import { explain } from './explain.ts';
import { choose, openGate, SOURCE_SITE } from './gate.ts';
import { OPTED_OUT, writeMark } from './mark.ts';
import { watchPageViews } from './page-views.ts';
import { discard } from './queue.ts';
import { safely } from './safely.ts';
import { track } from './track.ts';

/** Adds the e-commerce calls to a tag's own: each is `track` with its own name. */
export const eventCalls: ProxyHandler<Hushtag> = {
  get: safely(
    (calls: Hushtag, name: string | symbol): unknown =>
      calls[name as keyof Hushtag] ??
      // GA4's names of commerce events. Not any name: who looks for a `then` or a `toJSON` must not find a call.
      (/[a-z]_|purchase|refund|search|identify/.test(name as string)
        ? (params?: EventParams) => calls.track(name as string, params)
        : undefined),
  ),
};

/** Starts the tag and returns its API. There is one tag a page: its state is its modules'. */
export const startTag = (options: TagOptions): Hushtag => {
  openGate(options);
  const consent = safely((choice: ConsentChoice) => {
    // A list becomes its words, as `data-consent="measure profile"` is already.
    choose(String((choice as { readonly purposes?: readonly Purpose[] }).purposes ?? (choice as string)), SOURCE_SITE);
    void send();
  });
  if (options.consent) consent(options.consent);
  safely(watchPageViews)();
  const own: OwnCalls = {
    track,
    consent,
    optOut: () => {
      explain?.('out');
      discard();
      writeMark(OPTED_OUT);
    },
  };
  return new Proxy(own as Hushtag, eventCalls);
};
