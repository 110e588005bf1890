// client/send.ts: one request, sent again where that is harmless and the server asks for it.
import { HushtagUnreachable } from './problem.ts';

/** How often a request is sent again. */
export interface RetryOptions {
  /** Times after the first; 4 where absent, 0 for never. */
  readonly times?: number;
  /** A wait longer than this is not waited for: the problem is thrown. 60,000 ms where absent. */
  readonly waitMsMax?: number;
}

/** What sending needs. */
export interface SendNeeds {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly retry: RetryOptions;
  readonly sleep: (ms: number) => Promise<void>;
}

const TIMES = 4;
const WAIT_MS_MAX = 60_000;
const FIRST_WAIT_MS = 250;
const SECOND_MS = 1_000;
/** The server took nothing: it slowed the caller down, or could not work. */
const AGAIN: ReadonlySet<number> = new Set([429, 503]);

/** Milliseconds that `Retry-After` asks for: seconds or a date (RFC 9110 §10.2.3). */
function askedWait(answer: Response): number | undefined {
  const text = answer.headers.get('retry-after');
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * SECOND_MS;
  const [until, date] = [Date.parse(text), Date.parse(answer.headers.get('date') ?? '')];
  return Number.isNaN(until) || Number.isNaN(date) ? undefined : Math.max(0, until - date);
}

/**
 * Sends a request. @param isHarmless whether it may be sent again where no answer came: it may have been done.
 * @returns the last answer, whatever it is. @throws {HushtagUnreachable}
 */
export async function send(
  { fetch, retry, sleep }: SendNeeds,
  url: string,
  init: RequestInit,
  isHarmless: boolean,
): Promise<Response> {
  const { times = TIMES, waitMsMax = WAIT_MS_MAX } = retry;
  for (let nth = 0; ; nth += 1) {
    let answer: Response | undefined;
    try {
      answer = await fetch(url, init);
    } catch (fault) {
      const isOver = init.signal?.aborted === true || nth >= times || !isHarmless;
      if (isOver) throw new HushtagUnreachable('the server did not answer', { cause: fault });
    }
    if (answer !== undefined && (!AGAIN.has(answer.status) || nth >= times)) return answer;
    const wait = (answer && askedWait(answer)) ?? FIRST_WAIT_MS * 2 ** nth;
    if (answer !== undefined && wait > waitMsMax) return answer;
    await answer?.body?.cancel();
    await sleep(Math.min(wait, waitMsMax));
  }
}
