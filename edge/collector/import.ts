// edge/collector/import.ts: imports: a stream of events, one JSON object or row of CSV a line, written as it comes; POST /v1/import.
import type { Context } from 'hono';
import * as v from 'valibot';
import type { Result } from '../../contract/index.ts';
import { err, ok, PURPOSES } from '../../contract/index.ts';
import { mappingSchema } from '../../core/index.ts';
import type { Site } from '../../store/index.ts';
import { stoppedAnswer } from '../http/import-parts.ts';
import { ENCODINGS_TAKEN } from '../http/inflate.ts';
import type { ProblemName } from '../http/problem.ts';
import { problem } from '../http/problem.ts';
import type { EventResult, ServerInput } from './accept-server-events.ts';
import { acceptServerEvents } from './accept-server-events.ts';
import type { Line } from './import-stream.ts';
import { BrokenCsvError, BrokenStreamError, chunksOf, csvLines, linesOf, LongStreamError } from './import-stream.ts';
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

/** Characters of a mapping in the query. */
const MAPPING_CHARS_MAX = 16_384;

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
  /** Says what would become of the lines, and keeps nothing. */
  dryRun: v.optional(
    v.pipe(
      v.picklist(['true', 'false']),
      v.transform((word) => word === 'true'),
    ),
    'false',
  ),
  /** For a CSV: which column is which field, as JSON. */
  mapping: v.optional(v.pipe(v.string(), v.maxLength(MAPPING_CHARS_MAX), v.parseJson(), mappingSchema)),
});
type Query = v.InferOutput<typeof querySchema>;

const QUERY_HELP =
  'line is a number from 1; consent is unasked, refused, or purposes with commas; source is a word of letters, such as crm; dryRun is true or false; mapping is JSON as docs/ingest.md shows.';

const defaultsOf = ({ consent, source }: Query): Defaults => ({
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

const progressOf = ({ refused, ...counts }: Tally): ImportProgress => ({
  ...counts,
  refused: Object.fromEntries(refused),
});

/** The body's bytes, unpacked where they are packed; undefined where they are packed as we don't take. */
function bodyOf(request: Request): ReadableStream<Uint8Array> | undefined {
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  const body =
    request.body ?? new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (controller) => controller.close() });
  if (encoding === 'identity' || encoding === '') return body;
  if (encoding !== 'gzip' && encoding !== 'deflate') return undefined;
  return body.pipeThrough(new DecompressionStream(encoding));
}

/** Why an import ended before its lines did. */
export type ImportStop =
  | 'malformed_encoding'
  | 'malformed_csv'
  | 'queue_full'
  | 'storage_unavailable'
  | 'body_too_large';
/** How far an import is. */
export interface ImportProgress {
  /** Lines that were decided about. */
  readonly lines: number;
  /** The line to go on with. */
  readonly nextLine: number;
  readonly accepted: number;
  /** Reasons with how many lines. */
  readonly refused: Readonly<Record<string, number>>;
}
/** What an import came to. */
export interface ImportReport extends ImportProgress {
  readonly format: 'ndjson' | 'csv';
  readonly dryRun: boolean;
  readonly stopped?: ImportStop;
}
/** An import that is ready to run: its query and body are what this takes. */
export interface PreparedImport {
  readonly format: ImportReport['format'];
  readonly dryRun: boolean;
  readonly line: number;
  /** @param onChunk told after each chunk how far it is; the stream waits for it. */
  readonly run: (onChunk?: (progress: ImportProgress) => Promise<void>) => Promise<ImportReport>;
}
/** Why one can't begin. */
export interface ImportRefusal {
  readonly problem: ProblemName;
  readonly detail: string;
}

type Decide = (chunk: readonly Line[]) => Promise<ImportStop | undefined>;

/** Reads lines in chunks and decides about each. @returns why it stopped, where it did. */
async function readChunks(lines: AsyncIterable<Line>, decide: Decide, tally: Tally): Promise<ImportStop | undefined> {
  let chunk: Line[] = [];
  try {
    for await (const one of lines) {
      chunk.push(one);
      if (chunk.length < CHUNK_LINES) continue;
      // Nothing more is read until these are durable: the sender waits as long as the disk needs.
      const refusal = await decide(chunk);
      if (refusal !== undefined) return refusal;
      chunk = [];
    }
  } catch (fault) {
    if (fault instanceof BrokenStreamError) return 'malformed_encoding';
    if (fault instanceof BrokenCsvError) return 'malformed_csv';
    if (!(fault instanceof LongStreamError)) throw fault;
    const refusal = chunk.length === 0 ? undefined : await decide(chunk);
    tally.nextLine = refusal === undefined ? fault.nextLine : tally.nextLine;
    return refusal ?? 'body_too_large';
  }
  return chunk.length === 0 ? undefined : await decide(chunk);
}

/** Does something with a body, and takes no more of it after that. */
async function letGo<T>(reader: ReadableStreamDefaultReader<Uint8Array>, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Makes what runs imports of any site. */
export function createImportRuns({
  port,
  saltHmac,
}: WaysIn): (
  site: Site,
  request: Request,
  query: Readonly<Record<string, string>>,
) => Result<PreparedImport, ImportRefusal> {
  return (site, request, raw) => {
    const query = v.safeParse(querySchema, raw);
    if (!query.success) return err({ problem: 'malformed_request', detail: QUERY_HELP });
    const { line, dryRun, mapping } = query.output;
    const body = bodyOf(request);
    if (body === undefined)
      return err({ problem: 'unsupported_encoding', detail: `Send it as it is, or packed as ${ENCODINGS_TAKEN}.` });
    const { readCsv } = port;
    if (mapping !== undefined && readCsv === undefined)
      return err({ problem: 'not_here', detail: 'Send lines of JSON: `hushtag import` makes them of a CSV.' });
    const defaults = defaultsOf(query.output);
    const { randomBytes } = port;
    const shared = { site, saltHmac, randomBytes, via: 'import', ageMsMax: Infinity } as const;
    const format = mapping === undefined ? 'ndjson' : 'csv';
    const run: PreparedImport['run'] = async (onChunk) => {
      const tally: Tally = { lines: 0, nextLine: line, accepted: 0, refused: new Map() };
      const decide: Decide = async (chunk) => {
        const context = { ...shared, now: port.now() };
        const { job, results } = await acceptServerEvents(chunk.map(inputOf), defaults, context);
        const written = dryRun ? undefined : await writeJob(port, job);
        if (written !== undefined && !written.ok) return written.error;
        count(tally, chunk, results);
        await onChunk?.(progressOf(tally));
        return undefined;
      };
      const reader = body.getReader();
      const limits = { linesMax: IMPORT_LINES_MAX, bytesMax: IMPORT_BYTES_MAX };
      const lines =
        mapping === undefined || readCsv === undefined
          ? linesOf(reader, line, limits)
          : csvLines(readCsv(chunksOf(reader, limits)), line, mapping, limits);
      const stopped = await letGo(reader, () => readChunks(lines, decide, tally));
      return { format, dryRun, ...progressOf(tally), ...(stopped === undefined ? {} : { stopped }) };
    };
    return ok({ format, dryRun, line, run });
  };
}

/** Makes the handler of POST /v1/import. */
export function createImport(
  { port, tokenKeys, siteOf }: WaysIn,
  prepare: ReturnType<typeof createImportRuns>,
): (context: Context) => Promise<Response> {
  return async (context) => {
    const asked = { header: (name: string) => context.req.header(name) };
    const site = await siteOfToken(asked, 'import', { now: port.now, tokenKeys, siteOf });
    if (!site.ok) return problem(site.error.problem, site.error.detail);
    const ready = prepare(site.value, context.req.raw, context.req.query());
    if (!ready.ok) return problem(ready.error.problem, ready.error.detail);
    const { stopped, dryRun, lines, nextLine, accepted, refused } = await ready.value.run();
    if (stopped !== undefined) return stoppedAnswer(stopped, { nextLine, dryRun });
    return context.json({ lines, nextLine, accepted, refused }, 200, { 'cache-control': 'private, no-store' });
  };
}
