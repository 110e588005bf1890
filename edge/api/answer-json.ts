// edge/api/answer-json.ts: a JSON answer with an ETag, which a browser of the caller alone may keep and must ask about.
import type { Context } from 'hono';
import { toHex } from '../../core/index.ts';

/** Bytes of the digest in an ETag. */
const ETAG_BYTES = 12;

/** Answers with JSON, or with 304 where the caller has it already (RFC 9110 §13.1.2). */
export async function answerJson(context: Pick<Context, 'req' | 'body'>, body: object): Promise<Response> {
  const text = JSON.stringify(body);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  const etag = `"${toHex(digest.slice(0, ETAG_BYTES))}"`;
  const headers = { etag, 'cache-control': 'private, no-cache', vary: 'Authorization, Cookie' };
  const asked = context.req.header('if-none-match');
  const isHeld = asked?.split(',').some((one) => one.trim().replace(/^W\//, '') === etag) === true;
  if (isHeld) return context.body(null, 304, headers);
  return context.body(text, 200, { ...headers, 'content-type': 'application/json' });
}
