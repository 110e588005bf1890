// client/live.ts: server-sent events of an answer (WHATWG HTML, "interpreting an event stream"), as far as this API uses them.

/** One event of a stream. */
export interface LiveEvent {
  /** `event`, `skipped` or `end`. */
  readonly event: string;
  readonly data: unknown;
  /** Where to go on behind it. */
  readonly id: string | undefined;
}

/** Characters of an unfinished block at most; what is longer is no event of this API. */
const BLOCK_CHARS_MAX = 65_536;

function readBlock(block: string): LiveEvent | undefined {
  let [event, id] = ['message', undefined as string | undefined];
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === 'event') event = value;
    else if (field === 'id') id = value;
    else if (field === 'data') data.push(value);
  }
  return data.length === 0 ? undefined : { event, data: JSON.parse(data.join('\n')) as unknown, id };
}

/** The events of a body until it ends. Leaving the loop ends the stream. */
export async function* readLive(body: ReadableStream<Uint8Array>): AsyncGenerator<LiveEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      rest = (blocks.pop() ?? '').slice(-BLOCK_CHARS_MAX);
      for (const block of blocks) {
        const event = readBlock(block);
        if (event !== undefined) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
