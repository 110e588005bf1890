// sdk/delivery.ts: brings events to the collector: in batches while the page is seen, in ways that outlive it when it goes.
import { BATCH_EVENTS_MAX } from '../contract/index.ts';
import { explain } from './explain.ts';
import { envelope, options } from './gate.ts';
import { queue } from './queue.ts';
import { safely } from './safely.ts';

/** Characters of several events in one message: at most 60,000 bytes. A longer message goes without keepalive, whose limit is 64 KiB a page (Fetch standard §4.6). */
export const MESSAGE_CHARS_MAX = 20_000;
/** How long a page's first events wait for somebody to tell of consent, ms; later ones wait for the end of their task. */
export const FLUSH_MS = 500;
/** The longest wait before another attempt, whatever the collector asks for, ms. */
export const RETRY_MS_MAX = 300_000;

let waitMs = FLUSH_MS;
// Set while a timer runs, so that there is one at most. Requests may overlap: what waits for an answer is lost with a killed tab.
let timer: unknown;

/** Sends a message, and after it the next. With `isLast` in a way that outlives the page: there may be no later. */
export const send = async (isLast?: boolean): Promise<void> => {
  let isDelivered: unknown;
  timer = 0;
  const from = queue;
  // The gate is asked before every message, so that none leaves under an old choice.
  const head = from[0] && envelope();
  if (!head) {
    explain?.('held', from.length);
    waitMs = 0;
    return;
  }
  let retryMs = FLUSH_MS + 2 * waitMs;
  let count = BATCH_EVENTS_MAX;
  while (count > 1 && from.slice(0, count).join()[MESSAGE_CHARS_MAX]) count >>= 1;
  const events = from.splice(0, count);
  try {
    const url = `${options.collector}/v1/collect`;
    const body = `{"e":[${events.join()}],${JSON.stringify(head).slice(1)}`;
    // A string goes as text/plain, which needs no CORS preflight.
    const how = { method: 'POST', body, keepalive: !body[MESSAGE_CHARS_MAX], activateAfter: 0 };
    if (isLast) isDelivered = safely(() => fetchLater(url, how))() ?? navigator.sendBeacon(url, body);
    else {
      const answer = await fetch(url, how);
      explain?.('answered', answer, events);
      isDelivered = answer.status < 500 && answer.status !== 429;
      retryMs = Number(answer.headers.get('retry-after')) * 1000 || retryMs;
    }
  } catch {
    // Offline, blocked by the page's policy, or patched.
  }
  if (isDelivered) retryMs = 0;
  else from.unshift(...events); // Another attempt goes under the same ids.
  explain?.('tried', { events, head, isLast: isLast === true, isDelivered, retryMs });
  waitMs = retryMs;
  if (queue[0]) (retryMs ? later : wake)();
};

/** Sends what may be sent then, soon. */
const later = (): void => {
  timer ||= setTimeout(send, Math.min(waitMs, RETRY_MS_MAX));
};

/** Sends what may be sent: soon, or at once while the page is hidden, when it may end at any time. */
export const wake = (): void => void (document.hidden ? send(true) : later());
