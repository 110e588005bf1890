// edge/api/read-json.ts: reads a JSON body or the place in a list at the border, by a schema, once.
import type { Context } from 'hono';
import * as v from 'valibot';
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import { problem } from '../http/problem.ts';
import { receiveBytes } from '../http/receive.ts';

/** Bytes of a body of the API, unless a route says otherwise. */
export const JSON_BYTES_MAX = 65_536;
/** Entries of a page where the caller names no number, and at most. */
export const PAGE_DEFAULT = 50;
export const PAGE_MAX = 200;

/** Reads a body, or makes the answer that refuses it. @param help what to send instead. */
export async function readJson<S extends v.GenericSchema>(
  context: Context,
  schema: S,
  help: string,
): Promise<Result<v.InferOutput<S>, Response>> {
  const body = await receiveBytes(context.req.raw, JSON_BYTES_MAX);
  if (!body.ok) return err(problem(body.error, `Send at most ${JSON_BYTES_MAX} bytes.`));
  let raw: unknown;
  try {
    raw = JSON.parse(new TextDecoder().decode(body.value));
  } catch {
    return err(problem('malformed_json', help));
  }
  const read = v.safeParse(schema, raw);
  return read.success ? ok(read.output) : err(problem('malformed_request', help));
}

const pageSchema = v.object({
  limit: v.optional(
    v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(1), v.maxValue(PAGE_MAX)),
    String(PAGE_DEFAULT),
  ),
  cursor: v.optional(v.pipe(v.string(), v.regex(/^[\w.-]{1,100}$/))),
});
/** Which part of a list is asked for. */
export type Page = v.InferOutput<typeof pageSchema>;

/** Reads `limit` and `cursor`, or makes the answer that refuses them. */
export function readPage(context: Context): Result<Page, Response> {
  const { limit, cursor } = context.req.query();
  const read = v.safeParse(pageSchema, { limit, cursor });
  if (read.success) return ok(read.output);
  return err(problem('malformed_request', `limit is 1 to ${PAGE_MAX}; cursor is the "next" of the page before.`));
}

/** What a route of a list says of `limit` and `cursor`. */
export const PAGE_PARAMETERS = [
  { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT } },
  { name: 'cursor', in: 'query', schema: { type: 'string' }, description: 'The "next" of the page before' },
] as const;
