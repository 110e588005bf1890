// sdk/delivery.ts: brings events to the collector: in batches while the page is seen, by beacon when it goes.
import { BATCH_EVENTS_MAX } from '../contract/index.ts';
import { envelope, options } from './gate.ts';
import { queue } from './queue.ts';
import { safely } from './safely.ts';

/** Characters of several events in one message; they are at most 60,000 bytes. */
export const MESSAGE_CHARS_MAX = 20_000;
/** Bytes up to which a message goes by keepalive, whose limit is 64 KiB a page (Fetch standard §4.6). */
export const KEEPALIVE_BYTES_MAX = 62_000;
/** How long events wait for company, ms. */
export const FLUSH_MS = 500;
/** The longest wait before another attempt, whatever the collector asks for, ms. */
export const RETRY_MS_MAX = 300_000;

/** A message, and what puts its events back where they were, for another attempt under the same ids. */
type Message = readonly [body: string, putBack: () => void];

let waitMs = FLUSH_MS;
// Set while a timer or a request runs, so that there is one of either at most.
let timer = 0;

const url = (): string => `${options.collector}/v1/collect`;

// The gate is asked before every message, so that none leaves under an old choice.
const take = safely((): Message | undefined => {
  const head = queue[0] && envelope();
  if (!head) return undefined;
  let count = BATCH_EVENTS_MAX;
  while (count > 1 && JSON.stringify(queue.slice(0, count)).length > MESSAGE_CHARS_MAX) count >>= 1;
  const from = queue;
  const e = from.splice(0, count);
  return [JSON.stringify({ ...head, e }), () => void from.unshift(...e)];
});

const send = async (): Promise<void> => {
  const message = take();
  if (message) {
    const [body, putBack] = message;
    let retryMs = 0;
    try {
      // A string goes as text/plain, which needs no CORS preflight.
      const keepalive = new Blob([body]).size < KEEPALIVE_BYTES_MAX;
      const { status, headers } = await fetch(url(), { method: 'POST', body, keepalive });
      if (status === 429 || status >= 500) retryMs = Number(headers.get('retry-after')) * 1000 || waitMs * 2;
    } catch {
      retryMs = waitMs * 2; // Offline, blocked by the page's policy, or a patched fetch.
    }
    if (retryMs) putBack();
    waitMs = retryMs || FLUSH_MS;
  }
  timer = 0;
  if (message && queue[0]) wake();
};

/** Sends soon what may be sent then. */
export const wake = (): void => {
  timer ||= window.setTimeout(() => void send(), Math.min(waitMs, RETRY_MS_MAX));
};

const beacon = safely((body: string) => navigator.sendBeacon(url(), body));

/** Sends at once by beacon: there may be no later. */
export const leave = (): void => {
  for (let message = take(); message; message = take()) {
    const [body, putBack] = message;
    if (!beacon(body)) return putBack();
  }
};
