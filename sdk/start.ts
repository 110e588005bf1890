// sdk/start.ts: puts the tag together. Nothing is stored, and nothing sent, before policy and choice allow it.
import type { Purpose } from '../contract/index.ts';
import type { ConsentChoice, EventParams, Hushtag, OwnCalls, TagOptions } from './api.ts';
import { leave, send, wake } from './delivery.ts';
import { choose, isListening, openGate, SOURCE_SITE } from './gate.ts';
import { OPTED_OUT, writeMark } from './mark.ts';
import { address, pageUrl } from './page-url.ts';
import { watchPageViews } from './page-views.ts';
import type { EventFields, Track } from './queue.ts';
import { discard, queue, QUEUE_EVENTS_MAX } from './queue.ts';
import { safely } from './safely.ts';

// GA4's names of commerce events. Not any name: who looks for a `then` or a `toJSON` must not find a call.
const EVENT_CALL = /^[a-z]+_|purchase|refund|search/;

/** Adds the e-commerce calls: each is `track` with its own name. */
export const createApi = (own: OwnCalls): Hushtag =>
  new Proxy(own as Hushtag, {
    get: (calls, name) =>
      calls[name as keyof Hushtag] ??
      (EVENT_CALL.test(String(name)) ? (params?: EventParams) => own.track(name as string, params) : undefined),
  });

/** Puts an event into the queue, to be sent soon. */
export const track: Track = safely((name, params, at = address(), more) => {
  if (!isListening() || queue.length >= QUEUE_EVENTS_MAX) return;
  const event: EventFields = {
    // Made once, so that a retry changes nothing; the edge adds the event's time and makes a UUIDv7 of it.
    i: crypto.randomUUID(),
    n: name,
    t: Date.now(),
    u: pageUrl(at),
    p: params as EventFields['p'],
    ...more,
  };
  // Made JSON at once: what JSON can't hold fails here, alone, and nothing the page changes later changes the event.
  queue.push(JSON.stringify(event));
  wake();
});

/** Starts the tag and returns its API. There is one tag a page: its state is its modules'. */
export const startTag = (options: TagOptions): Hushtag => {
  openGate(options);
  const consent = safely((choice: ConsentChoice) => {
    // A list becomes its words, as `data-consent="measure profile"` is already.
    const { purposes = choice as string } = choice as { readonly purposes?: readonly Purpose[] };
    choose(purposes.toString(), SOURCE_SITE);
    void send();
  });
  if (options.consent) consent(options.consent);
  safely(watchPageViews)(track, leave);
  return createApi({
    track,
    consent,
    optOut: safely(() => {
      discard();
      writeMark(OPTED_OUT);
    }),
  });
};
