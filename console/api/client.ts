// console/api/client.ts: asks the public API, and nothing else; every answer is checked against a schema before it is shown.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import * as v from 'valibot';
import type { Failure } from './failure.ts';
import { failureOf } from './failure.ts';

/** A question to the API. `path` is a route as /openapi.json names it, with its `{names}` in braces. */
export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: `/${string}`;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** A file in place of a body of JSON. */
  readonly file?: { readonly content: Blob; readonly name: string; readonly type: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** Any schema whose output is T. */
export type SchemaOf<T> = v.GenericSchema<unknown, T>;

/** The API as pages use it. */
export interface Api {
  readonly ask: <T>(question: Question, schema: SchemaOf<T>, signal?: AbortSignal) => Promise<Result<T, Failure>>;
  /** The answer as it came, for files and streams. */
  readonly fetch: (question: Question, signal?: AbortSignal) => Promise<Result<Response, Failure>>;
  /** A line for a terminal that asks the same; the token is a variable there, never in the text. */
  readonly curlOf: (question: Question) => string;
}

/** The address of a question, below the origin. */
export function addressOf({ path, params = {}, query = {} }: Question): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (whole, name: string) => encodeURIComponent(params[name] ?? whole));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** What is of the whole installation: a token, which is of one site, may not ask for it. */
const OF_ALL_SITES = /^\/v1\/(?:people|health)(?:\/|$)/;
const OF_A_PERSON = '# It needs the rights of a person of all sites: a token of one site is refused.\n';

/** The question as a line of curl, below a note where a token does not do. */
export function curlOf(origin: string, question: Question): string {
  const { method = 'GET', body, file, headers = {} } = question;
  const note = OF_ALL_SITES.test(question.path) ? OF_A_PERSON : '';
  const lines = [`${note}curl -s ${quoted(origin + addressOf(question))}`, '-H "Authorization: Bearer $TOKEN"'];
  if (method !== 'GET') lines.push(`-X ${method}`);
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) lines.push(`-H 'Content-Type: application/json'`, `--data ${quoted(JSON.stringify(body))}`);
  if (file !== undefined) lines.push(`-H 'Content-Type: ${file.type}'`, `--data-binary ${quoted(`@${file.name}`)}`);
  return lines.join(' \\\n  ');
}

const openapiSchema = v.looseObject({ paths: v.record(v.string(), v.looseObject({})) });

/** Whether a server describes a route; asked once, when something was not found. */
function createOffers(origin: string): (path: string) => Promise<boolean> {
  let known: Promise<ReadonlySet<string>> | undefined;
  const load = async (): Promise<ReadonlySet<string>> => {
    const response = await fetch(`${origin}/openapi.json`);
    return new Set(Object.keys(v.parse(openapiSchema, await response.json()).paths));
  };
  return async (path) => {
    known ??= load();
    try {
      return (await known).has(path);
    } catch {
      known = undefined;
      // Nobody knows; the answer that came is then shown as it is.
      return true;
    }
  };
}

const UNSAFE: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Makes the API of an origin. @param csrf goes with what changes something. @param onSignedOut is told when the session is over. */
export function createApi(origin: string, csrf: string, onSignedOut: () => void): Api {
  const offers = createOffers(origin);
  const send = async (question: Question, signal?: AbortSignal): Promise<Result<Response, Failure>> => {
    const { method = 'GET', body, file, headers } = question;
    const type = file?.type ?? (body === undefined ? undefined : 'application/json');
    const sent = file?.content ?? (body === undefined ? undefined : JSON.stringify(body));
    try {
      const response = await fetch(origin + addressOf(question), {
        method,
        ...(signal === undefined ? {} : { signal }),
        headers: {
          ...(UNSAFE.has(method) ? { 'x-hushtag-csrf': csrf } : {}),
          ...(type === undefined ? {} : { 'content-type': type }),
          ...headers,
        },
        ...(sent === undefined ? {} : { body: sent }),
      });
      if (response.ok) return ok(response);
      const failure = await failureOf(response);
      if (failure.kind === 'signed_out') onSignedOut();
      const isMissing = response.status === 404 || response.status === 405;
      return err(isMissing && !(await offers(question.path)) ? { kind: 'not_offered' } : failure);
    } catch (fault) {
      if (signal?.aborted === true) throw fault;
      return err({ kind: 'offline' });
    }
  };
  return {
    fetch: send,
    curlOf: (question) => curlOf(origin, question),
    ask: async (question, schema, signal) => {
      const answered = await send(question, signal);
      if (!answered.ok) return answered;
      const body: unknown = answered.value.status === 204 ? null : await answered.value.json().catch(() => undefined);
      const read = v.safeParse(schema, body);
      if (read.success) return ok(read.output);
      const [issue] = read.issues;
      return err({ kind: 'misread', where: v.getDotPath(issue) ?? question.path });
    },
  };
}
