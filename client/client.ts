// client/client.ts: calls the API by its paths as the OpenAPI document has them, with types of what they take and answer.
import type { LiveEvent } from './live.ts';
import { readLive } from './live.ts';
import { problemOf } from './problem.ts';
import type { RetryOptions } from './send.ts';
import { send } from './send.ts';

/** What a route takes and answers. */
export interface Operation {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly answer: unknown;
}
/** Routes by method and path, such as `GET /v1/sites/{site}/ledger`. */
export type Operations = object;

/** Whom to call, and as whom. */
export interface ClientOptions {
  /** Where the server is, such as `https://tags.example.com`. */
  readonly origin: string;
  /** A token of `hushtag token`, or what gives one for each call. */
  readonly token?: string | (() => string | Promise<string>);
  readonly retry?: RetryOptions;
  /** The platform's own where absent. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** How a wait is waited for; a timer where absent. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** An answer that is no error. */
export interface Answer<Data> {
  /** Undefined for 204, and for 304 where an `etag` was given. */
  readonly data: Data;
  readonly status: number;
  readonly etag: string | undefined;
  readonly requestId: string | undefined;
}

type Given<Op> = Op extends Operation ? Op : never;
type Needed<Name extends string, Value> =
  Record<string, never> extends Value ? { readonly [N in Name]?: Value } : { readonly [N in Name]: Value };
/** What one call says. */
export type Call<Op> = Needed<'path', Given<Op>['path']> &
  Needed<'query', Given<Op>['query']> & {
    readonly body?: Given<Op>['body'];
    /** For a POST that creates something; one is made where absent, so that a POST sent again does nothing twice. */
    readonly idempotencyKey?: string;
    /** The `etag` of an answer that is still held: `status` is 304 where it is good. */
    readonly etag?: string;
    readonly signal?: AbortSignal;
  };
type PathsOf<Ops, Method extends string> = keyof Ops extends infer Key
  ? Key extends `${Method} ${infer Path}`
    ? Path
    : never
  : never;
type At<Ops, Method extends string, Path extends string> = `${Method} ${Path}` extends keyof Ops
  ? Ops[`${Method} ${Path}`]
  : never;
/** An entry of the list that a page answers under a name. */
export type PageItem<Op, Name extends string> = Given<Op>['answer'] extends {
  readonly [N in Name]: readonly (infer Item)[];
}
  ? Item
  : never;

type Caller<Ops, Method extends string> = <Path extends PathsOf<Ops, Method>>(
  path: Path,
  call: Call<At<Ops, Method, Path>>,
) => Promise<Answer<Given<At<Ops, Method, Path>>['answer']>>;

/** The API, a method each. Every call rejects with HushtagProblem for an error and HushtagUnreachable for none. */
export interface Client<Ops extends Operations> {
  readonly get: Caller<Ops, 'GET'>;
  readonly post: Caller<Ops, 'POST'>;
  readonly put: Caller<Ops, 'PUT'>;
  readonly patch: Caller<Ops, 'PATCH'>;
  readonly delete: Caller<Ops, 'DELETE'>;
  /** The entries of a list, page by page; `name` is the field they are under. */
  readonly pages: <Path extends PathsOf<Ops, 'GET'>, Name extends string>(
    path: Path,
    name: Name,
    call: Call<At<Ops, 'GET', Path>>,
  ) => AsyncGenerator<PageItem<At<Ops, 'GET', Path>, Name>, void, undefined>;
  /** The bytes of an answer that is a file, as they come. */
  readonly file: <Path extends PathsOf<Ops, 'GET'>>(
    path: Path,
    call: Call<At<Ops, 'GET', Path>>,
  ) => Promise<ReadableStream<Uint8Array>>;
  /** The events of a stream of server-sent events. */
  readonly live: <Path extends PathsOf<Ops, 'GET'>>(
    path: Path,
    call: Call<At<Ops, 'GET', Path>>,
  ) => AsyncGenerator<LiveEvent, void, undefined>;
}

type Asked = string | number | boolean | undefined;

interface AnyCall {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, Asked | readonly Asked[]>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly etag?: string;
  readonly signal?: AbortSignal;
}

const NOT_MODIFIED = 304;
/** Pages of one list at most; past it a cursor leads in circles. */
const PAGES_MAX = 100_000;

/** Puts values into a path. @throws {TypeError} one is missing, or would lead to another path. */
function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined || value === '' || value === '.' || value === '..') {
      throw new TypeError(`the path ${template} needs a value for ${name}`);
    }
    return encodeURIComponent(value);
  });
}

function urlOf(origin: string, template: string, { path = {}, query = {} }: AnyCall): string {
  const url = new URL(filled(template, path), origin);
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat() as readonly Asked[])
      if (one !== undefined) url.searchParams.append(name, String(one));
  }
  return url.href;
}

type AnyRequest = (method: string, template: string, call: AnyCall, accept: string) => Promise<Response>;

const JSON_TYPE = 'application/json';

function headersOf(method: string, accept: string, token: string | undefined, call: AnyCall): Record<string, string> {
  const headers: Record<string, string> = { accept };
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  if (call.body !== undefined) headers['content-type'] = JSON_TYPE;
  if (call.etag !== undefined) headers['if-none-match'] = call.etag;
  if (method === 'POST') headers['idempotency-key'] = call.idempotencyKey ?? crypto.randomUUID();
  return headers;
}

/** What sends a request and throws for an answer that is an error. */
function requester(options: ClientOptions): AnyRequest {
  const needs = {
    fetch: options.fetch ?? ((url: string, init: RequestInit) => fetch(url, init)),
    retry: options.retry ?? {},
    sleep: options.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))),
  };
  return async (method, template, call, accept) => {
    const url = urlOf(options.origin, template, call);
    const token = typeof options.token === 'function' ? await options.token() : options.token;
    const init: RequestInit = {
      method,
      headers: headersOf(method, accept, token, call),
      // Followed, a redirect would take the token to where it leads.
      redirect: 'manual',
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    };
    const answer = await send(needs, url, init, method === 'GET');
    if (answer.ok || answer.status === NOT_MODIFIED) return answer;
    throw await problemOf(answer);
  };
}

async function readAnswer(answer: Response): Promise<Answer<unknown>> {
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  return {
    data: isJson ? ((await answer.json()) as unknown) : undefined,
    status: answer.status,
    etag: answer.headers.get('etag') ?? undefined,
    requestId: answer.headers.get('x-request-id') ?? undefined,
  };
}

/** Makes a client. The package's own `createClient` knows the routes; this one is told them. */
export function createClient<Ops extends Operations>(options: ClientOptions): Client<Ops> {
  const request = requester(options);
  const by = (method: string) => async (path: string, call: AnyCall) =>
    readAnswer(await request(method, path, call, JSON_TYPE));
  const get = by('GET');
  async function* pages(path: string, name: string, call: AnyCall): AsyncGenerator<unknown, void, undefined> {
    let cursor: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const { data } = await get(path, { ...call, query: { ...call.query, cursor: cursor ?? call.query?.['cursor'] } });
      const said = data as Readonly<Record<string, unknown>>;
      yield* (said[name] ?? []) as readonly unknown[];
      if (typeof said['next'] !== 'string') return;
      cursor = said['next'];
    }
  }
  async function* live(path: string, call: AnyCall): AsyncGenerator<LiveEvent, void, undefined> {
    const { body } = await request('GET', path, call, 'text/event-stream');
    if (body !== null) yield* readLive(body);
  }
  const file = async (path: string, call: AnyCall): Promise<ReadableStream<Uint8Array>> =>
    (await request('GET', path, call, '*/*')).body ?? new ReadableStream({ start: (none) => none.close() });
  // The types above say what each path takes and answers; here all of them are one.
  const untyped = {
    get,
    post: by('POST'),
    put: by('PUT'),
    patch: by('PATCH'),
    delete: by('DELETE'),
    pages,
    file,
    live,
  };
  return untyped as unknown as Client<Ops>;
}
