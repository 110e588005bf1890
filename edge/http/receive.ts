// edge/http/receive.ts: reads a body within its size limit, before anything is parsed.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import { joinedBytes } from './inflate.ts';

/** Reads at most `bytesMax` bytes. A body that announces more is refused unread. */
export async function receiveBytes(request: Request, bytesMax: number): Promise<Result<Uint8Array, 'body_too_large'>> {
  const announced = request.headers.get('content-length');
  if (announced !== null) {
    // HTTP holds a body to the length it announced (RFC 9112 §6.3), and reading it whole costs a third of streaming it.
    return Number(announced) > bytesMax ? err('body_too_large') : ok(new Uint8Array(await request.arrayBuffer()));
  }
  if (request.body === null) return ok(new Uint8Array());
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return ok(joinedBytes(chunks, bytes));
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      return err('body_too_large');
    }
    chunks.push(value);
  }
}
