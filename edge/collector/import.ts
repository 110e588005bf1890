// edge/collector/import.ts: POST /v1/import: a stream of events, one JSON object a line, written as it comes.
import type { Context } from 'hono';
import * as v from 'valibot';
import { PURPOSES } from '../../contract/index.ts';
import { ENCODINGS_TAKEN } from '../http/inflate.ts';
import { problem } from '../http/problem.ts';
import type { Port } from '../port.ts';
import type { EventResult, ServerContext, ServerInput } from './accept-server-events.ts';
import { acceptServerEvents } from './accept-server-events.ts';
import type { Line } from './import-stream.ts';
import { BrokenStreamError, linesOf, LongStreamError } from './import-stream.ts';
import { siteOfToken } from './ingest.ts';
import type { Defaults } from './server-event.ts';
import { sourceSchema } from './server-event.ts';
import { mendSurrogates } from './well-formed.ts';
import type { WaysIn } from './ways-in.ts';
import { writeJob } from './write-job.ts';

/** Lines that are decided about and written together; the stream waits for them. */
export const CHUNK_LINES = 250;
/** Lines of one request, empty ones included. */
export const IMPORT_LINES_MAX = 1_000_000;
/** Bytes of one request after unpacking: a small packed body may hold any number of them. */
export const IMPORT_BYTES_MAX = 2_147_483_648;

const purpose = v.picklist(PURPOSES);
const querySchema = v.strictObject({
  /** Number of the first line, for one who goes on where another request ended. */
  line: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,11}$/), v.transform(Number)), '1'),
  /** For lines that state none themselves: `unasked`, `refused`, or purposes with commas between them. */
  consent: v.optional(
    v.union([
      v.picklist(['unasked', 'refused']),
      v.pipe(
        v.string(),
        v.transform((words) => words.split(',')),
        v.array(purpose),
      ),
    ]),
    'unasked',
  ),
  /** For lines that name none. */
  source: v.optional(sourceSchema, 'import'),
});

const defaultsOf = ({ consent, source }: v.InferOutput<typeof querySchema>): Defaults => ({
  gpc: false,
  source,
  consent: typeof consent === 'string' ? { state: consent } : { state: 'granted', purposes: consent },
});

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(mendSurrogates(text));
  } catch {
    return undefined;
  }
};

// A line without an id of its own is known by what it says: sent again it changes nothing.
const inputOf = ({ line, text }: Line): ServerInput => ({
  raw: text === undefined ? undefined : parsed(text),
  ownId: text ?? `line ${line}`,
  line,
});

/** What a request came to so far. */
interface Tally {
  lines: number;
  nextLine: number;
  accepted: number;
  readonly refused: Map<string, number>;
}

function count(tally: Tally, chunk: readonly Line[], results: readonly EventResult[]): void {
  tally.lines += chunk.length;
  tally.nextLine = (chunk.at(-1)?.line ?? tally.nextLine - 1) + 1;
  for (const { outcome, reason, pointer } of results) {
    if (outcome === 'accepted') tally.accepted += 1;
    else {
      const why = [reason ?? outcome, pointer].filter((part) => part !== undefined && part !== '').join(' at ');
      tally.refused.set(why, (tally.refused.get(why) ?? 0) + 1);
    }
  }
}

/** The body's bytes, unpacked where they are packed; undefined where they are packed as we don't take. */
function bodyOf(request: Request): ReadableStream<Uint8Array> | undefined {
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  const body =
    request.body ?? new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (controller) => controller.close() });
  if (encoding === 'identity' || encoding === '') return body;
  if (encoding !== 'gzip' && encoding !== 'deflate') return undefined;
  return body.pipeThrough(new DecompressionStream(encoding));
}

/** Decides about lines and writes them. @returns why they were not written, where they were not. */
async function writeChunk(
  port: Port,
  chunk: readonly Line[],
  defaults: Defaults,
  context: Omit<ServerContext, 'now'>,
  tally: Tally,
) {
  const { job, results } = await acceptServerEvents(chunk.map(inputOf), defaults, { ...context, now: port.now() });
  const refusal = await writeJob(port, job);
  if (refusal === undefined) count(tally, chunk, results);
  return refusal;
}

/** Makes the handler of POST /v1/import. */
export function createImport({ port, tokenKeys, siteOf, saltHmac }: WaysIn): (context: Context) => Promise<Response> {
  return async (context) => {
    const asked = { header: (name: string) => context.req.header(name) };
    const site = await siteOfToken(asked, 'import', { now: port.now, tokenKeys, siteOf });
    if (!site.ok) return problem(site.error.problem, site.error.detail);
    const query = v.safeParse(querySchema, context.req.query());
    if (!query.success) {
      return problem(
        'malformed_request',
        'line is a number from 1; consent is unasked, refused, or purposes with commas; source is a word of letters, such as crm.',
      );
    }
    const body = bodyOf(context.req.raw);
    if (body === undefined)
      return problem('unsupported_encoding', `Send it as it is, or packed as ${ENCODINGS_TAKEN}.`);
    const { line } = query.output;
    const defaults = defaultsOf(query.output);
    const shared = {
      site: site.value,
      saltHmac,
      randomBytes: port.randomBytes,
      via: 'import',
      ageMsMax: Infinity,
    } as const;
    const tally: Tally = { lines: 0, nextLine: line, accepted: 0, refused: new Map() };
    const stopped = (name: 'malformed_encoding' | 'queue_full' | 'storage_unavailable' | 'body_too_large'): Response =>
      problem(name, `Lines before ${tally.nextLine} are kept; send the others with ?line=${tally.nextLine}.`, {
        'hushtag-next-line': String(tally.nextLine),
      });
    const reader = body.getReader();
    let chunk: Line[] = [];
    try {
      for await (const one of linesOf(reader, line, { linesMax: IMPORT_LINES_MAX, bytesMax: IMPORT_BYTES_MAX })) {
        chunk.push(one);
        if (chunk.length < CHUNK_LINES) continue;
        // Nothing more is read until these are durable: the sender waits as long as the disk needs.
        const refusal = await writeChunk(port, chunk, defaults, shared, tally);
        if (refusal !== undefined) return stopped(refusal);
        chunk = [];
      }
    } catch (fault) {
      if (fault instanceof BrokenStreamError) return stopped('malformed_encoding');
      if (!(fault instanceof LongStreamError)) throw fault;
      const refusal = chunk.length === 0 ? undefined : await writeChunk(port, chunk, defaults, shared, tally);
      if (refusal !== undefined) return stopped(refusal);
      tally.nextLine = fault.nextLine;
      return stopped('body_too_large');
    } finally {
      await reader.cancel().catch(() => undefined);
    }
    const refusal = chunk.length === 0 ? undefined : await writeChunk(port, chunk, defaults, shared, tally);
    if (refusal !== undefined) return stopped(refusal);
    const { refused, ...counts } = tally;
    return context.json({ ...counts, refused: Object.fromEntries(refused) }, 200, {
      'cache-control': 'private, no-store',
    });
  };
}
