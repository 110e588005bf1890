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

/** A shorter wait is none, ms. Each message without an answer makes it longer by one. */
const WAIT_MS_MIN = 10;

let waitMs = FLUSH_MS;
// Set while a timer runs, so that there is one at most.
let timer: unknown;

/**
 * Sends a message, and after it the next: while the page is hidden in a way that outlives it, since it may end at any time.
 * @param isSoon at the end of what runs now, together with what else it tracks, and before a killed tab could lose it.
 */
export const send = async (isSoon?: boolean): Promise<void> => {
  // A microtask that no page can patch.
  // oxlint-disable-next-line typescript/await-thenable, unicorn/no-unnecessary-await -- nothing is awaited but the end of what runs now.
  if (isSoon) await 0;
  timer = safely(clearTimeout)(timer as number);
  const from = queue;
  // The gate is asked before every message, so that none leaves under an old choice.
  const head = from[0] && envelope();
  if (!head) {
    explain?.('held', from.length);
    return void (waitMs = 0);
  }
  let isLast: unknown;
  let isDelivered = false;
  let askedMs: number | undefined;
  let events: string | undefined;
  try {
    // What has been joined stays so, also where it has to wait again.
    events = from.shift() as string;
    while (from[0] && !(events + from[0])[JOINED_CHARS_MAX]) events += `,${from.shift()}`;
    const url = `${options.collector}/v1/collect`;
    const body = `{"e":[${events}],${JSON.stringify(head).slice(1)}`;
    // A string goes as text/plain, which needs no CORS preflight.
    const how = { keepalive: !body[MESSAGE_CHARS_MAX], method: 'POST', body, activateAfter: 0 };
    // Requests may overlap: what waits for an answer is lost with a killed tab. But a page may tell us of every request that it sees, ours
    // as well, which asks for another, and that for another: before long they leave in tasks of their own, and the page lives.
    waitMs += 1;
    isLast =
      document.hidden && (safely(() => fetchLater(url, how))() ?? safely(() => navigator.sendBeacon(url, body))());
    if (!isLast) {
      const answer = await fetch(url, how);
      explain?.('answered', answer, events);
      askedMs = (answer.headers.get('retry-after') as unknown as number) * 1000;
      // oxlint-disable-next-line typescript/only-throw-error -- nobody but the next line sees it.
      if (answer.status === 429 || answer.status >= 500) throw answer;
    }
    waitMs = 0;
    isDelivered = true;
  } catch {
    // Offline, blocked by the page's policy, patched, or a collector that asks for another attempt.
    // What is no number of seconds, or less than we wait anyway, asks for nothing.
    waitMs = Math.max(askedMs || 0, 2 * waitMs + FLUSH_MS);
    // It goes under the same ids. There is nothing to try again where the page has broken its lists.
    if (events) from.unshift(events);
  }
  explain?.('tried', { events: events as string, head, isLast: Boolean(isLast), isDelivered, retryMs: waitMs });
  wake(); // For what waits still, if anything does.
};

/** Sends what may be sent, soon. */
export const wake: () => void = safely(() => {
  timer ||= waitMs < WAIT_MS_MIN ? send(true) : setTimeout(send, Math.min(waitMs, RETRY_MS_MAX));
});
