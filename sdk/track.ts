// sdk/track.ts: puts an event into the queue.
import { wake } from './delivery.ts';
import { explain } from './explain.ts';
import { isListening } from './gate.ts';
import { address, pageUrl } from './page-url.ts';
import type { EventFields } from './queue.ts';
import { queue, QUEUE_CHARS_MAX } from './queue.ts';
import { randomId } from './random-id.ts';
import { safely } from './safely.ts';

/** Puts an event into the queue: its name, its parameters, the address where it is not the page's, and what else is known. */
export type Track = (name: string, params?: object, at?: string, referrer?: string, title?: string) => void;

/** Puts an event into the queue, to be sent soon. */
export const track: Track = safely((name, params, at = address(), referrer, title) => {
  explain?.('called', { n: name, u: at, p: params as EventFields['p'] }, isListening());
  // Made JSON at once: what JSON can't hold fails here, alone, and nothing the page changes later changes the event.
  const event = JSON.stringify({
    // Made once, so that a retry changes nothing; the edge adds the event's time and makes a UUIDv7 of it.
    i: randomId(),
    // oxlint-disable-next-line typescript/no-unnecessary-type-conversion -- what has no text, a symbol, throws here: it can name no event.
    n: name + '',
    t: Date.now(),
    u: pageUrl(at),
    p: params,
    r: referrer,
    h: title,
  });
  if (!isListening() || (queue.join() + event)[QUEUE_CHARS_MAX]) return explain?.('refused', event, queue.length);
  queue.push(event);
  explain?.('queued', event);
  wake();
});
