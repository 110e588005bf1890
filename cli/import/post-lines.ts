// cli/import/post-lines.ts: sends numbered lines to POST /v1/import until they are kept; goes on where the collector stopped.
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { CollectError, retryAfterMs } from '../replay/index.ts';

const ATTEMPTS_MAX = 10;
const WAIT_MS_FIRST = 500;
const WAIT_MS_MAX = 30_000;
const ANSWER_MS_MAX = 120_000;

/** Where lines go. */
export interface ImportTarget {
  readonly url: URL;
  readonly token: string;
  readonly consent: string;
  readonly source: string;
}

const answerSchema = v.object({ accepted: v.number(), refused: v.record(v.string(), v.number()) });
/** What became of some lines. Those that were kept before a refusal count the next time, as accepted or as bad. */
export type ImportAnswer = v.InferOutput<typeof answerSchema>;

/**
 * Sends lines. 429, 503 and no answer are tried again from the first line that was not kept; what was kept twice is known by
 * its id. @throws {CollectError} any other answer, or too many tries.
 */
export async function postLines(
  { url, token, consent, source }: ImportTarget,
  first: number,
  lines: readonly string[],
): Promise<ImportAnswer> {
  let from = first;
  for (let tries = 1; ; tries += 1) {
    const target = new URL('v1/import', url.href.endsWith('/') ? url : `${url.href}/`);
    target.search = new URLSearchParams({ line: String(from), consent, source }).toString();
    const response = await fetch(target, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
      body: lines.slice(from - first).join('\n'),
      // A redirect would hand the token to another host.
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    }).catch(() => undefined);
    const text = await response?.text().catch(() => '');
    if (response?.status === 200) return v.parse(answerSchema, JSON.parse(text ?? ''));
    if (response !== undefined && response.status !== 429 && response.status !== 503) {
      throw new CollectError('refused', `the collector answered ${response.status}: ${text ?? ''}`, {
        status: response.status,
      });
    }
    if (tries >= ATTEMPTS_MAX) {
      throw new CollectError('unreachable', `no answer from ${url.origin}; go on with --from-line ${from}`);
    }
    from = Math.max(from, Number(response?.headers.get('hushtag-next-line') ?? from));
    const asked = retryAfterMs(response?.headers.get('retry-after') ?? null, Date.now());
    await sleep(Math.min(asked ?? WAIT_MS_FIRST * 2 ** tries, WAIT_MS_MAX));
  }
}
