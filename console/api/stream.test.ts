// console/api/stream.test.ts: blocks of a stream of server-sent events.
import { describe, expect, it } from 'vitest';
import { readBlock, readStream } from './stream.ts';

describe('a block of a stream', () => {
  it.each([
    { why: 'names its event', block: 'id: 4\nevent: event\ndata: {"a":1}', event: { event: 'event', data: '{"a":1}' } },
    { why: 'names none', block: 'data: x', event: { event: 'message', data: 'x' } },
    { why: 'has two lines of data', block: 'data: a\ndata: b', event: { event: 'message', data: 'a\nb' } },
    { why: 'is a sign of life', block: ': still here', event: undefined },
  ])('is read where it $why', ({ block, event }) => expect(readBlock(block)).toEqual(event));

  it('may come in pieces', async () => {
    const seen: string[] = [];
    const pieces = ['retry: 2000\n\nev', 'ent: event\nda', 'ta: 1\n\ndata: 2\n', '\n'];
    const body = new ReadableStream({
      start: (controller) => {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
        controller.close();
      },
    });
    await readStream(new Response(body), ({ event, data }) => seen.push(`${event} ${data}`));
    expect(seen).toEqual(['event 1', 'message 2']);
  });
});
