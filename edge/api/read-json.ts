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

/** How long the pages of a list are. */
export interface PageSizes {
  /** Entries where the caller names no number. */
  readonly usual: number;
  readonly max: number;
}
const USUAL: PageSizes = { usual: PAGE_DEFAULT, max: PAGE_MAX };
/** Of lists that are short as a rule and shown whole: sites, people, rule segments. */
export const WHOLE: PageSizes = { usual: 1_000, max: 1_000 };

const pageSchema = ({ usual, max }: PageSizes) =>
  v.object({
    limit: v.optional(
      v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(1), v.maxValue(max)),
      String(usual),
    ),
    cursor: v.optional(v.pipe(v.string(), v.regex(/^[\w.-]{1,100}$/))),
  });
/** Which part of a list is asked for. */
export type Page = v.InferOutput<ReturnType<typeof pageSchema>>;

/** Makes what reads `limit` and `cursor` of a list, or makes the answer that refuses them. */
export function pageReader(sizes: PageSizes): (context: Context) => Result<Page, Response> {
  const schema = pageSchema(sizes);
  const help = `limit is 1 to ${sizes.max}; cursor is the "next" of the page before.`;
  return (context) => {
    const { limit, cursor } = context.req.query();
    const read = v.safeParse(schema, { limit, cursor });
    return read.success ? ok(read.output) : err(problem('malformed_request', help));
  };
}
/** Of most lists. */
export const readPage: ReturnType<typeof pageReader> = pageReader(USUAL);
/** Of lists that are shown whole as a rule. */
export const readWholePage: ReturnType<typeof pageReader> = pageReader(WHOLE);

/** A page, and the cursor of the one behind it; null where there is none. */
export interface PageOf<T> {
  readonly page: readonly T[];
  readonly next: string | null;
}

/**
 * A page of a list that is in memory whole, and in the order of its keys as texts. What was added or removed since the page before
 * shifts nothing: the cursor is the last key that was told. @param keyOf characters of `\w.-`.
 */
export function pageOf<T>(all: readonly T[], { limit, cursor }: Page, keyOf: (one: T) => string): PageOf<T> {
  const behind = cursor === undefined ? all : all.filter((one) => keyOf(one) > cursor);
  const page = behind.slice(0, limit);
  const last = page.at(-1);
  return { page, next: behind.length > page.length && last !== undefined ? keyOf(last) : null };
}

const NUMBER_DIGITS = 16;
/** A number from 0 as a text that sorts as it does. */
export const sortable = (number: number): string => String(number).padStart(NUMBER_DIGITS, '0');

/** The last instant there is (ECMA-262, time values). */
const LAST_INSTANT = 8_640_000_000_000_000;
/** An instant, epoch ms, as a text that sorts the newest first. */
export const newestFirst = (at: number): string => sortable(LAST_INSTANT - at);

/** What a route of a list says of `limit` and `cursor`. */
export const pageParameters = ({ usual, max }: PageSizes) =>
  [
    { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: max, default: usual } },
    { name: 'cursor', in: 'query', schema: { type: 'string' }, description: 'The "next" of the page before' },
  ] as const;
/** Of most lists. */
export const PAGE_PARAMETERS = pageParameters(USUAL);
