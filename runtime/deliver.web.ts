// runtime/deliver.web.ts: posts a message from a Worker, which reaches the public internet alone.
import { isPublicName } from '../core/index.ts';
import type { Deliver } from '../edge/index.ts';

/** A destination must have answered within. */
const TIMEOUT_MS = 5_000;

/** By fetch; a redirect is an answer like any that is not 2xx. */
export const deliverByFetch: Deliver = async ({ url, headers, body }) => {
  if (!isPublicName(new URL(url).hostname)) return false;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
};
