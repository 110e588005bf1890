// sdk/start.ts: puts the tag together. Nothing is stored, and nothing sent, before policy and choice allow it.
import type { WireEvent } from '../contract/index.ts';
import { COMMERCE_EVENTS, eventIdFrom, TEXT_CHARS_MAX } from '../contract/index.ts';
import type { ConsentChoice, EventParams, Hushtag, OwnCalls, TagOptions } from './api.ts';
import { leave, wake } from './delivery.ts';
import { choose, isListening, openGate, policy } from './gate.ts';
import { optOut } from './mark.ts';
import { pageUrl } from './page-url.ts';
import { watchPageViews } from './page-views.ts';
import type { QueuedEvent, Sparse } from './queue.ts';
import { discard, queue, QUEUE_EVENTS_MAX } from './queue.ts';
import { safely } from './safely.ts';

/** Makes the e-commerce calls, each `track` with its name, and adds the calls that do something of their own. */
export const createApi = (own: OwnCalls): Hushtag => {
  const api = own as { -readonly [Call in keyof Hushtag]: Hushtag[Call] };
  for (const name of COMMERCE_EVENTS) api[name] = (params) => own.track(name, params);
  return api;
};

const track = safely((name: string, params?: EventParams, page?: Sparse<Pick<WireEvent, 'r' | 'h'>>) => {
  if (!isListening() || queue.length >= QUEUE_EVENTS_MAX) return;
  const at = Date.now();
  const event = {
    i: eventIdFrom(at, crypto.getRandomValues(new Uint8Array(10))),
    n: name,
    t: at,
    u: pageUrl(location.href, policy.channelData),
    ...page,
    p: params,
  };
  // Through JSON and back: what JSON can't hold fails here, alone, and not later with the whole queue.
  queue.push(JSON.parse(JSON.stringify(event)) as QueuedEvent);
  wake();
});

/** Starts the tag and returns its API. There is one tag a page: its state is its modules'. */
export const startTag = (options: TagOptions): Hushtag => {
  openGate(options);
  const consent = safely((choice: ConsentChoice) => {
    choose(choice);
    wake();
  });
  if (options.consent) consent(options.consent);
  safely(() => {
    watchPageViews((from) =>
      track('page_view', undefined, {
        r: (policy.channelData && pageUrl(from, false)) || undefined,
        h: document.title.slice(0, TEXT_CHARS_MAX),
      }),
    );
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) leave();
    });
    addEventListener('pagehide', leave);
  })();
  return createApi({
    track,
    consent,
    optOut: safely(() => {
      discard();
      optOut();
    }),
  });
};
