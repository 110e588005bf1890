// runtime/deliver.ts: posts a message to a destination by the guarded way out.
import type { Deliver, FetchOut } from '../edge/index.ts';
import { OutboundError } from '../edge/index.ts';

/** A destination must have answered within. */
const TIMEOUT_MS = 5_000;

/** Makes it. An answer that is not 2xx, a redirect among them, is no success, and neither is none. */
export const createDeliver =
  (fetchOut: FetchOut): Deliver =>
  async ({ url, headers, body }) => {
    try {
      return (await fetchOut(url, { method: 'POST', headers, body, msMax: TIMEOUT_MS })).ok;
    } catch (fault) {
      if (fault instanceof OutboundError) return false;
      throw fault;
    }
  };
