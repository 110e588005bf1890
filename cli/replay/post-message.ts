// cli/replay/post-message.ts: one message to a collector's /v1/collect, retried within bounds until it is durable (D1).
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';

/** Tries of one message before the replay gives up. */
export const ATTEMPTS_MAX = 10;
/** The longest wait between two tries, whatever `Retry-After` says. */
export const WAIT_MS_MAX = 30_000;
/** The first wait where the answer names none; it doubles with each try. */
export const WAIT_MS_FIRST = 200;
/** How long one answer may take. */
const ANSWER_MS_MAX = 60_000;
/** Characters of an answer that an error repeats. */
const ANSWER_CHARS_MAX = 300;

/** What went wrong: `refused` the collector said no · `unreachable` it never answered · `bad_answer` it isn't one of ours. */
export type CollectErrorCode = 'refused' | 'unreachable' | 'bad_answer';

/** A message that could not be delivered. `code` is stable; the message says what to do. */
export class CollectError extends Error {
  readonly code: CollectErrorCode;
  /** HTTP status of the last answer, where there was one. */
  readonly status?: number;

  constructor(
    code: CollectErrorCode,
    message: string,
    options: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'CollectError';
    this.code = code;
    if (options.status !== undefined) this.status = options.status;
  }
}

/** Where messages go, and the outside world they need. */
export interface Collector {
  /** Its origin, or the folder above `v1/collect`. */
  readonly url: URL;
  /** A token with the scope `import`; without it the edge takes only events as fresh as a browser's. */
  readonly token: string;
  readonly now: () => number;
  readonly wait?: (ms: number) => Promise<unknown>;
  readonly signal?: AbortSignal;
}

/** The collector's answer to a message it took: everything else in it is durable. */
export interface Acknowledged {
  readonly received: number;
  readonly refused: readonly { readonly reason: string }[];
  /** Tries before the one that worked. */
  readonly retries: number;
}

type Attempt =
  | { readonly done: true; readonly answer: Omit<Acknowledged, 'retries'> }
  | { readonly done: false; readonly error: CollectError; readonly waitMs?: number };

const answerSchema = v.object({
  received: v.pipe(v.number(), v.integer(), v.minValue(0)),
  refused: v.array(v.object({ reason: v.string() })),
});
const problemSchema = v.object({ title: v.optional(v.string()), detail: v.optional(v.string()) });

/**
 * Posts a body until the collector has taken it. 429, 503 and network errors are tried again, at most
 * {@link ATTEMPTS_MAX} times; a message that was in truth stored is a duplicate the second time, and changes nothing.
 * @param body made anew for each try, because it says when it was sent.
 * @throws {CollectError} any other status, an answer that isn't the collector's, or no more tries.
 */
export async function postMessage(collector: Collector, body: (sentAt: number) => string): Promise<Acknowledged> {
  const wait =
    collector.wait ?? ((ms: number) => sleep(ms, undefined, collector.signal ? { signal: collector.signal } : {}));
  for (let retries = 0; ; retries += 1) {
    const attempt = await tryOnce(collector, body(collector.now()));
    if (attempt.done) return { ...attempt.answer, retries };
    collector.signal?.throwIfAborted();
    if (retries + 1 >= ATTEMPTS_MAX) throw attempt.error;
    await wait(Math.min(attempt.waitMs ?? WAIT_MS_FIRST * 2 ** retries, WAIT_MS_MAX));
  }
}

async function tryOnce(collector: Collector, body: string): Promise<Attempt> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(endpointOf(collector.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${collector.token}`, 'content-type': 'text/plain' },
      body,
      // A redirect would hand the token to another host.
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS_MAX), ...(collector.signal ? [collector.signal] : [])]),
    });
    text = await response.text();
  } catch (cause) {
    const message = `no answer from ${collector.url.origin}: is the edge running there?`;
    return { done: false, error: new CollectError('unreachable', message, { cause }) };
  }
  if (response.status === 202) return { done: true, answer: readAnswer(text) };
  const error = refusal(response, text);
  if (response.status !== 429 && response.status !== 503) throw error;
  const waitMs = retryAfterMs(response.headers.get('retry-after'), collector.now());
  return { done: false, error, ...(waitMs === undefined ? {} : { waitMs }) };
}

/** The collect endpoint below a collector's address; a path in the address stays, with or without a last slash. */
const endpointOf = (collector: URL): URL =>
  new URL('v1/collect', collector.href.endsWith('/') ? collector : `${collector.href}/`);

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

function readAnswer(text: string): Omit<Acknowledged, 'retries'> {
  const answer = v.safeParse(answerSchema, parseJson(text));
  if (answer.success) return answer.output;
  throw new CollectError('bad_answer', `the answer is not a hushtag collector's: ${text.slice(0, ANSWER_CHARS_MAX)}`, {
    status: 202,
  });
}

/** Says what the collector said; a problem document's own words (RFC 9457) where it sent one. */
function refusal(response: Response, text: string): CollectError {
  const problem = v.safeParse(problemSchema, parseJson(text));
  const words = problem.success
    ? [problem.output.title, problem.output.detail].filter((word) => word !== undefined)
    : [];
  const said = words.length > 0 ? words.join(': ') : text.slice(0, ANSWER_CHARS_MAX);
  return new CollectError('refused', `the collector answered ${response.status}${said === '' ? '' : `, ${said}`}`, {
    status: response.status,
  });
}

/** `Retry-After` (RFC 9110 §10.2.3) is seconds or a date. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const trimmed = header.trim();
  if (/^\d+$/.test(trimmed)) return Number(trimmed) * 1000;
  const date = Date.parse(trimmed);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
