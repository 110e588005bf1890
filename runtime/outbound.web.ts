// runtime/outbound.web.ts: calls out of a Worker: names are looked at; what they resolve to is not ours to see there.
//
// A Worker's fetch leaves from Cloudflare's network, in which there is no loopback, no neighbour and no metadata service of
// ours to reach. So what the check of an address does on Node the platform does here, and a name is all we can look at.
import type { InnerOrigins } from '../core/index.ts';
import { outboundWay } from '../core/index.ts';
import type { FetchOut } from '../edge/index.ts';
import { OUTBOUND_ANSWER_BYTES_MAX, OUTBOUND_MS_MAX, OutboundError } from '../edge/index.ts';

async function readAnswer(answer: Response): Promise<Response> {
  const { status, headers, body } = answer;
  if (body === null) return new Response(null, { status, headers });
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Response(new Blob(chunks), { status, headers });
    bytes += value.byteLength;
    if (bytes > OUTBOUND_ANSWER_BYTES_MAX) {
      await reader.cancel();
      throw new OutboundError('outbound_too_large');
    }
    chunks.push(value);
  }
}

/** Makes the way out of a Worker. */
export const createFetchOut =
  (innerOrigins: InnerOrigins = new Set()): FetchOut =>
  async (url, { method, headers, body, msMax = OUTBOUND_MS_MAX }) => {
    if (outboundWay(new URL(url), innerOrigins) === 'refused') throw new OutboundError('outbound_refused');
    try {
      const signal = AbortSignal.timeout(msMax);
      const sent = body === undefined ? {} : { body };
      return await readAnswer(await fetch(url, { method, headers, ...sent, redirect: 'manual', signal }));
    } catch (fault) {
      if (fault instanceof OutboundError) throw fault;
      throw new OutboundError('outbound_failed', fault);
    }
  };
