// client/client.test.ts: what the client sends, sends again, and throws.
import { describe, expect, it } from 'vitest';
import type { ClientOptions } from './client.ts';
import { createClient } from './client.ts';
import { HushtagProblem, HushtagUnreachable } from './problem.ts';

interface Routes {
  readonly 'GET /v1/sites/{site}/things': {
    readonly path: { readonly site: string };
    readonly query: { readonly limit?: number; readonly cursor?: string };
    readonly body: undefined;
    readonly answer: { readonly things: readonly number[]; readonly next: string | null };
  };
  readonly 'POST /v1/sites/{site}/things': {
    readonly path: { readonly site: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: { readonly name: string };
    readonly answer: { readonly id: string };
  };
}

const problem = (name: string, status: number, headers: Readonly<Record<string, string>> = {}): Response =>
  Response.json(
    { type: `urn:hushtag:problem:${name}`, title: name, status, detail: 'Do this.', reason: 'that' },
    { status, headers: { 'content-type': 'application/problem+json', 'x-request-id': 'abc', ...headers } },
  );

/** A client whose server answers these in turn; a text is a connection that broke. */
function clientOf(answers: readonly (Response | string)[], options: Partial<ClientOptions> = {}) {
  const asked: { readonly url: string; readonly init: RequestInit }[] = [];
  const waits: number[] = [];
  const api = createClient<Routes>({
    origin: 'https://tags.example.com',
    token: 'secret',
    fetch: async (url, init) => {
      const answer = answers[asked.length];
      asked.push({ url, init });
      if (answer === undefined || typeof answer === 'string') throw new TypeError(answer);
      return answer;
    },
    sleep: async (ms) => {
      waits.push(ms);
    },
    ...options,
  });
  const header = (nth: number, name: string) => new Headers(asked[nth]?.init.headers).get(name);
  return { api, asked, waits, header };
}
const AT = { path: { site: 'shop' } } as const;
const things = (next: string | null = null) => Response.json({ things: [1, 2], next });
const caught = (call: Promise<unknown>): Promise<unknown> => call.catch((fault: unknown) => fault);

describe('a call', () => {
  it('fills the path, says who calls, and follows no redirect', async () => {
    const { api, asked, header } = clientOf([things()]);
    const { data } = await api.get('/v1/sites/{site}/things', { path: { site: 'a b/c' }, query: { limit: 5 } });
    expect(data.things).toEqual([1, 2]);
    expect(asked[0]?.url).toBe('https://tags.example.com/v1/sites/a%20b%2Fc/things?limit=5');
    expect([header(0, 'authorization'), asked[0]?.init.redirect]).toEqual(['Bearer secret', 'manual']);
  });

  it.each(['', '.', '..'])('does not go to another path by a value of "%s"', async (site) => {
    const { api, asked } = clientOf([things()]);
    expect(await caught(api.get('/v1/sites/{site}/things', { path: { site } }))).toBeInstanceOf(TypeError);
    expect(asked).toEqual([]);
  });

  it('throws a problem with its name, what to do, and the id of the request', async () => {
    const { api } = clientOf([problem('scope_missing', 403)]);
    const fault = await caught(api.get('/v1/sites/{site}/things', AT));
    expect(fault).toBeInstanceOf(HushtagProblem);
    expect(fault).toMatchObject({ problem: 'scope_missing', status: 403, detail: 'Do this.', requestId: 'abc' });
    expect((fault as HushtagProblem).members['reason']).toBe('that');
  });

  it.each([
    { why: 'a proxy’s page', answer: new Response('<h1>Bad gateway</h1>', { status: 502 }), status: 502 },
    { why: 'a redirect', answer: new Response(null, { status: 302, headers: { location: '/x' } }), status: 302 },
  ])('throws $why as an unknown problem', async ({ answer, status }) => {
    const { api } = clientOf([answer]);
    expect(await caught(api.get('/v1/sites/{site}/things', AT))).toMatchObject({ problem: 'unknown', status });
  });

  it('is told what it holds already', async () => {
    const { api, header } = clientOf([new Response(null, { status: 304, headers: { etag: '"e"' } })]);
    const answer = await api.get('/v1/sites/{site}/things', { ...AT, etag: '"e"' });
    expect([answer.status, answer.data, answer.etag]).toEqual([304, undefined, '"e"']);
    expect(header(0, 'if-none-match')).toBe('"e"');
  });
});

describe('a call is sent again', () => {
  it('after 429 and 503, as late as Retry-After says, with the same Idempotency-Key', async () => {
    const later = { 'retry-after': '3' };
    const { api, waits, header } = clientOf([
      problem('rate_limited', 429, later),
      problem('queue_full', 503),
      Response.json({ id: 'x' }),
    ]);
    expect((await api.post('/v1/sites/{site}/things', { ...AT, body: { name: 'n' } })).data.id).toBe('x');
    expect(waits).toEqual([3_000, 500]);
    const keys = [0, 1, 2].map((nth) => header(nth, 'idempotency-key'));
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(keys).size).toBe(1);
  });

  it('by a date too, counted from the server’s own clock', async () => {
    const headers = { 'retry-after': 'Tue, 24 Nov 2026 12:00:07 GMT', date: 'Tue, 24 Nov 2026 12:00:00 GMT' };
    const { api, waits } = clientOf([problem('rate_limited', 429, headers), things()]);
    await api.get('/v1/sites/{site}/things', AT);
    expect(waits).toEqual([7_000]);
  });

  it.each([
    { why: 'a read whose connection broke', method: 'get', times: 5 },
    { why: 'not a write whose connection broke: it may have been done', method: 'post', times: 1 },
  ] as const)('$why', async ({ method, times }) => {
    const { api, asked } = clientOf(Array.from({ length: 9 }, () => 'reset'));
    const call = { ...AT, body: { name: 'n' } };
    const sent = method === 'get' ? api.get('/v1/sites/{site}/things', AT) : api.post('/v1/sites/{site}/things', call);
    expect(await caught(sent)).toBeInstanceOf(HushtagUnreachable);
    expect(asked.length).toBe(times);
  });

  it.each([
    { why: 'at the limit', seconds: 60, calls: 2 },
    { why: 'above it', seconds: 61, calls: 1 },
  ])('unless the wait is too long: $why', async ({ seconds, calls }) => {
    const { api, asked } = clientOf([problem('rate_limited', 429, { 'retry-after': String(seconds) }), things()]);
    await caught(api.get('/v1/sites/{site}/things', AT));
    expect(asked.length).toBe(calls);
  });

  it('and not for other errors, nor where it was told never to be', async () => {
    const refused = clientOf([problem('internal', 500), things()]);
    expect(await caught(refused.api.get('/v1/sites/{site}/things', AT))).toMatchObject({ status: 500 });
    const once = clientOf([problem('queue_full', 503), things()], { retry: { times: 0 } });
    expect(await caught(once.api.get('/v1/sites/{site}/things', AT))).toMatchObject({ problem: 'queue_full' });
  });
});

describe('a list', () => {
  it('is read page by page, until there is no next one', async () => {
    const { api, asked } = clientOf([things('c1'), things('c2'), things()]);
    const seen: number[] = [];
    for await (const one of api.pages('/v1/sites/{site}/things', 'things', { ...AT, query: { limit: 2 } }))
      seen.push(one);
    expect(seen).toEqual([1, 2, 1, 2, 1, 2]);
    expect(asked.map(({ url }) => new URL(url).search)).toEqual([
      '?limit=2',
      '?limit=2&cursor=c1',
      '?limit=2&cursor=c2',
    ]);
  });
});

describe('a stream', () => {
  it('is read event by event, however its bytes are cut', async () => {
    const text = 'retry: 2000\n\n: open\n\nid: 7\nevent: event\ndata: {"name":"é"}\n\nevent: end\ndata: {}\n\n';
    const bytes = new TextEncoder().encode(text);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const { api } = clientOf([new Response(body, { headers: { 'content-type': 'text/event-stream' } })]);
    const seen: unknown[] = [];
    for await (const one of api.live('/v1/sites/{site}/things', AT)) seen.push(one);
    expect(seen).toEqual([
      { event: 'event', data: { name: 'é' }, id: '7' },
      { event: 'end', data: {}, id: undefined },
    ]);
  });
});

// What is wrong is a fault of types, and is never called.
export const wrong = ({ api }: ReturnType<typeof clientOf>): readonly unknown[] => [
  // @ts-expect-error there is no such path
  api.get('/v1/nothing', {}),
  // @ts-expect-error the path needs its site
  api.get('/v1/sites/{site}/things', {}),
  // @ts-expect-error limit is a number
  api.get('/v1/sites/{site}/things', { ...AT, query: { limit: 'many' } }),
  // @ts-expect-error a thing has a name
  api.post('/v1/sites/{site}/things', { ...AT, body: {} }),
];
