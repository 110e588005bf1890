// edge/http/receive.test.ts: no body is read past its limit, whatever it announces (D2).
import { describe, expect, it } from 'vitest';
import type { Result } from '../../contract/index.ts';
import { receiveBytes } from './receive.ts';

const MAX = 10;
const streamed = (chunks: readonly string[]): { request: Request; pulled: () => number } => {
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const chunk = chunks[pulled];
        pulled += 1;
        if (chunk === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(chunk));
      },
    },
    { highWaterMark: 0 },
  );
  return {
    request: new Request('http://edge.test', { method: 'POST', body, duplex: 'half' } as RequestInit),
    pulled: () => pulled,
  };
};
const textOf = async (request: Request): Promise<Result<string, 'body_too_large'>> => {
  const read = await receiveBytes(request, MAX);
  return read.ok ? { ok: true, value: new TextDecoder().decode(read.value) } : read;
};
const announced = (text: string): Request =>
  new Request('http://edge.test', { method: 'POST', body: text, headers: { 'content-length': String(text.length) } });

describe('D2: bodies', () => {
  it.each([
    { why: 'below', text: '123456789', taken: true },
    { why: 'at', text: '1234567890', taken: true },
    { why: 'above', text: '12345678901', taken: false },
  ])('takes a body $why the limit, announced or streamed: $taken', async ({ text, taken }) => {
    const expected = taken ? { ok: true, value: text } : { ok: false, error: 'body_too_large' };
    expect(await textOf(announced(text))).toEqual(expected);
    expect(await textOf(streamed([...text]).request)).toEqual(expected);
  });

  it('stops reading an endless body at the limit', async () => {
    const { request, pulled } = streamed(Array.from({ length: 1_000 }, () => 'x'));
    expect(await textOf(request)).toEqual({ ok: false, error: 'body_too_large' });
    expect(pulled()).toBeLessThan(MAX + 5);
  });

  it('keeps characters whole that two chunks share', async () => {
    const bytes = new TextEncoder().encode('é€');
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const request = new Request('http://edge.test', { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(await textOf(request)).toEqual({ ok: true, value: 'é€' });
  });

  it('reads a request without a body as nothing', async () => {
    expect(await textOf(new Request('http://edge.test', { method: 'POST' }))).toEqual({
      ok: true,
      value: '',
    });
  });
});
