// console/api/stream.ts: reads server-sent events from an answer, so that a stream is asked for and refused like everything else.

/** One event of a stream. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

/** Reads the events of one block of lines (WHATWG HTML, "interpreting an event stream"), as far as this API uses it. */
export function readBlock(block: string): StreamEvent | undefined {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice('event: '.length);
    else if (line.startsWith('data: ')) data.push(line.slice('data: '.length));
  }
  return data.length === 0 ? undefined : { event, data: data.join('\n') };
}

/** Characters of an unfinished block at most; what is longer is no event of this API. */
const BLOCK_CHARS_MAX = 65_536;

/** Calls back with each event until the stream ends; rejects where it breaks. */
export async function readStream(response: Response, onEvent: (event: StreamEvent) => void): Promise<void> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = (blocks.pop() ?? '').slice(-BLOCK_CHARS_MAX);
    for (const block of blocks) {
      const event = readBlock(block);
      if (event !== undefined) onEvent(event);
    }
  }
}
