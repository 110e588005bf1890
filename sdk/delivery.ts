// sdk/delivery.ts: brings events to the collector: in batches while the page is seen, in ways that outlive it when it goes.
import { explain } from './explain.ts';
import { envelope, options } from './gate.ts';
import { queue } from './queue.ts';
import { safely } from './safely.ts';

/** Characters of several events in one message. None is shorter than 90, so that there are at most the contract's BATCH_EVENTS_MAX of them. */
export const JOINED_CHARS_MAX = 9_000;
/** Characters of a message with keepalive, whose limit is 64 KiB a page (Fetch standard §4.6): at most 60,000 bytes. A longer one, of one event, goes without. */
export const MESSAGE_CHARS_MAX = 20_000;
/** How long a page's first events wait for somebody to tell of consent, ms; later ones leave at once. */
export const FLUSH_MS = 500;
/** The longest wait before another attempt, whatever the collector asks for, ms. */
export const RETRY_MS_MAX = 300_000;

let waitMs = FLUSH_MS;
// Set while a timer runs, so that there is one at most. Requests may overlap: what waits for an answer is lost with a killed tab.
let timer: unknown;

/** Sends a message, and after it the next: while the page is hidden in a way that outlives it, since it may end at any time. */
export const send = async (): Promise<void> => {
  timer = safely(clearTimeout)(timer as number);
  const from = queue;
  // The gate is asked before every message, so that none leaves under an old choice.
  const head = from[0] && envelope();
  if (!head) {
    explain?.('held', from.length);
    return void (waitMs = 0);
  }
  let isLast: unknown;
  let isDelivered: unknown;
  let askedMs: number | undefined;
  let events: string | undefined;
  try {
    // What has been joined stays so, also where it has to wait again.
    events = from.shift() as string;
    while (from[0] && !(events + from[0])[JOINED_CHARS_MAX]) events += `,${from.shift()}`;
    const url = `${options.collector}/v1/collect`;
    const body = `{"e":[${events}],${JSON.stringify(head).slice(1)}`;
    // A string goes as text/plain, which needs no CORS preflight.
    const how = { method: 'POST', body, keepalive: !body[MESSAGE_CHARS_MAX], activateAfter: 0 };
    isDelivered =
      document.hidden && (safely(() => fetchLater(url, how))() ?? safely(() => navigator.sendBeacon(url, body))());
    isLast = isDelivered;
    if (!isDelivered) {
      // A page may tell us of every request that it sees, ours as well. What it tells meanwhile waits for the answer: in a microtask it
      // would ask for another request, and that for another, before the page could do anything else.
      timer = how; // Something that is no timer's number.
      const asked = safely(() => fetch(url, how))();
      timer = 0;
      const answer = (await asked) as Response;
      explain?.('answered', answer, events);
      isDelivered = answer.status !== 429 && answer.status < 500;
      askedMs = (answer.headers.get('retry-after') as unknown as number) * 1000;
    }
  } catch {
    // Offline, blocked by the page's policy, or patched.
  }
  if (isDelivered) waitMs = 0;
  else {
    // What is no number of seconds, or less than we wait anyway, asks for nothing.
    waitMs = Math.max(askedMs || 0, 2 * waitMs + FLUSH_MS);
    from.unshift(events as string); // Another attempt goes under the same ids.
  }
  explain?.('tried', { events: events as string, head, isLast: Boolean(isLast), isDelivered, retryMs: waitMs });
  if (queue[0]) wake();
};

/** Sends at the end of what runs now, together with what else it tracks, and before a killed tab could lose it: by `await`, which no page can patch. */
const sendAtOnce = async (): Promise<void> => {
  // Its promise is not returned, which would ask the page's own `then`.
  // oxlint-disable-next-line unicorn/no-unnecessary-await, typescript/await-thenable -- nothing is awaited but the end of what runs now.
  void ((await 0) || send());
};

/** Sends what may be sent, soon. */
export const wake: () => void = safely(() => {
  timer ||= waitMs ? setTimeout(send, Math.min(waitMs, RETRY_MS_MAX)) : sendAtOnce();
});
