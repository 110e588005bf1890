// sdk/delivery.ts: brings events to the collector: in batches while the page is seen, by beacon when it goes.
import { BATCH_EVENTS_MAX } from '../contract/index.ts';
import { envelope, options } from './gate.ts';
import { queue } from './queue.ts';

/** Characters of several events in one message: at most 60,000 bytes. A longer message goes without keepalive, whose limit is 64 KiB a page (Fetch standard §4.6). */
export const MESSAGE_CHARS_MAX = 20_000;
/** How long a page's first events wait for somebody to tell of consent, ms; later ones wait for the end of their task. */
export const FLUSH_MS = 500;
/** The longest wait before another attempt, whatever the collector asks for, ms. */
export const RETRY_MS_MAX = 300_000;

let waitMs = FLUSH_MS;
// Set while a timer runs, so that there is one at most. Requests may overlap: what waits for an answer is lost with a killed tab.
let timer: unknown;

/** Sends a message, and after it the next. With `isLast` at once and by beacon: there may be no later. */
export const send = async (isLast?: boolean): Promise<void> => {
  let putBack: (() => void) | undefined;
  let isDelivered: boolean | undefined;
  let after: string | null | undefined;
  if (!isLast) timer = 0;
  try {
    // The gate is asked before every message, so that none leaves under an old choice.
    const head = queue[0] && envelope();
    if (head) {
      let count = BATCH_EVENTS_MAX;
      while (count > 1 && queue.slice(0, count).join().length > MESSAGE_CHARS_MAX) count >>= 1;
      const from = queue;
      const events = from.splice(0, count);
      putBack = () => void from.unshift(...events); // Another attempt goes under the same ids.
      const url = `${options.collector}/v1/collect`;
      const body = `{"e":[${events.join()}],${JSON.stringify(head).slice(1)}`;
      if (isLast) isDelivered = navigator.sendBeacon(url, body);
      else {
        // A string goes as text/plain, which needs no CORS preflight.
        const { status, headers } = await fetch(url, {
          method: 'POST',
          body,
          keepalive: body.length < MESSAGE_CHARS_MAX,
        });
        isDelivered = status < 500 && status !== 429;
        after = headers.get('retry-after');
      }
    }
  } catch {
    // Offline, blocked by the page's policy, or patched.
  }
  if (!putBack) return void (waitMs = 0);
  if (!isDelivered) putBack();
  waitMs = isDelivered ? 0 : Number(after) * 1000 || waitMs * 2 + FLUSH_MS;
  if (queue[0]) (isLast && isDelivered ? leave : wake)();
};

/** Sends soon what may be sent then. */
export const wake = (): void => {
  timer ||= setTimeout(send, Math.min(waitMs, RETRY_MS_MAX));
};

/** Sends at once what may be sent now. */
export const leave = (): void => void send(true);
