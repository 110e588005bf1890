// edge/http/inflate.ts: unpacks a body that was packed, and never further than it may be large.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';

/** Why a packed body was refused. */
export type InflateRefusal = 'body_too_large' | 'unsupported_encoding' | 'malformed_encoding';

/** What `Accept-Encoding` says of request bodies (RFC 9110 §12.5.3). */
export const ENCODINGS_TAKEN = 'gzip, deflate, identity';

const FORMATS: ReadonlyMap<string, 'gzip' | 'deflate'> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
]);

// The first two bytes of a gzip file (RFC 1952 §2.3.1), which no JSON begins with. Some proxies drop the header and leave the body.
const looksPacked = (body: Uint8Array): boolean => body[0] === 0x1f && body[1] === 0x8b;

/** The format of a body, undefined where it is not packed, or that it is in none we know. */
function formatOf(body: Uint8Array, encoding: string): 'gzip' | 'deflate' | 'unknown' | undefined {
  const named = encoding.trim().toLowerCase();
  if (named === '' || named === 'identity') return looksPacked(body) ? 'gzip' : undefined;
  return FORMATS.get(named) ?? 'unknown';
}

/** Whether a body must be unpacked, or refused, before it is read. */
export const isPacked = (body: Uint8Array, encoding: string | undefined): boolean =>
  (encoding !== undefined && encoding !== '') || looksPacked(body);

/**
 * Unpacks a body. It is read as it unpacks, so that a bomb costs its sender's limit and not its size.
 * @param encoding the `Content-Encoding` header. @param bytesMax what may come out.
 */
export async function inflate(
  body: Uint8Array,
  encoding: string | undefined,
  bytesMax: number,
): Promise<Result<Uint8Array, InflateRefusal>> {
  const format = formatOf(body, encoding ?? '');
  if (format === undefined) return ok(body);
  if (format === 'unknown') return err('unsupported_encoding');
  const { readable, writable } = new DecompressionStream(format);
  const writer = writable.getWriter();
  // What goes wrong shows at the reading end; here it must only not go unheard.
  const written = Promise.allSettled([writer.write(new Uint8Array(body)), writer.close()]);
  const reader = readable.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
      if (bytes > bytesMax) {
        await reader.cancel();
        return err('body_too_large');
      }
      chunks.push(value);
    }
  } catch {
    return err('malformed_encoding');
  }
  await written;
  return ok(joinedBytes(chunks, bytes));
}

/** Some pieces as one. @param bytes their length together. */
export function joinedBytes(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
