// cli/replay/replay.test.ts
import { afterEach, describe, expect, it } from 'vitest';
import { decodeBatch } from '../../contract/wire-decode.ts';
import { exampleFile } from './example-file.ts';
import { ATTEMPTS_MAX, postMessage, retryAfterMs, WAIT_MS_FIRST, WAIT_MS_MAX } from './post-message.ts';
import { replay, replayMapped } from './replay.ts';
import { mapRetail } from './retail.ts';
import type { Asked, Reply } from './testing.ts';
import { aRow, startCollector } from './testing.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const FILE = exampleFile();
/** The edge's decoder reads all 11,107 events again in the test; on a busy machine that takes a while. */
const REAL_FILE_MS_MAX = 60_000;
const CUSTOMERS = 20;
/** Two invoices each of twenty customers: as many messages of two events. */
const SMALL = mapRetail(
  Array.from({ length: 2 * CUSTOMERS }, (_, nth) =>
    aRow({ InvoiceNo: String(600_000 + nth), CustomerID: BigInt(1 + (nth % CUSTOMERS)) }),
  ),
);
const opened: { readonly close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});
const collector = async (reply: (asked: Asked, nth: number) => Reply | undefined) => {
  const server = await startCollector(reply);
  opened.push(server);
  return server;
};
const taken = (received: number, refused: readonly { event: string; reason: string }[] = []): Reply => ({
  status: 202,
  body: JSON.stringify({ received, refused }),
});
const eventsIn = (asked: Asked) => {
  const batch = decodeBatch(asked.body);
  if (!batch.ok) throw new Error(batch.error);
  return batch.value.events.map((event) => (event.ok ? event.value.id : event.error));
};

describe('D1: a replay ends when every event is durable', () => {
  it('posts the real file once, whatever is busy or cut off on the way', { timeout: REAL_FILE_MS_MAX }, async () => {
    const stored = new Map<string, number>();
    const { url, asked } = await collector((one, nth) => {
      if (nth % 50 === 0) return { status: 503, headers: { 'retry-after': '1' } };
      if (nth % 333 === 0) return undefined;
      const ids = eventsIn(one);
      for (const id of ids) stored.set(id, (stored.get(id) ?? 0) + 1);
      return taken(ids.length);
    });
    const waits: number[] = [];
    const progress: (readonly [number, number])[] = [];
    const report = await replay({
      collector: url,
      site: 'shop',
      token: 'a-token',
      file: FILE,
      now: () => NOW,
      wait: async (ms) => waits.push(ms),
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(report).toMatchObject({ events: 11_107, accepted: 11_107, refused: {}, messages: 2_978 });
    expect(report.retries).toBe(waits.length);
    expect(report.retries).toBe(asked.length - report.messages);
    expect(new Set(waits)).toEqual(new Set([1000, WAIT_MS_FIRST]));
    expect(stored.size).toBe(11_107);
    expect(new Set(stored.values())).toEqual(new Set([1]));
    expect(progress.at(-1)).toEqual([11_107, 11_107]);
    expect(asked[0]).toMatchObject({
      method: 'POST',
      url: '/v1/collect',
      headers: { authorization: 'Bearer a-token', 'content-type': 'text/plain' },
    });
    expect(decodeBatch(asked[0]?.body ?? '')).toMatchObject({ ok: true, value: { site: 'shop', sentAt: NOW } });
  });

  it('counts what the collector refused, by its reasons', async () => {
    const { url } = await collector((one) => {
      const [first = '', ...others] = eventsIn(one);
      return taken(1 + others.length, [{ event: first, reason: 'too_old' }]);
    });
    const report = await replayMapped(SMALL, { collector: url, site: 'shop', token: 't', now: () => NOW });
    expect(report).toMatchObject({ events: 40, accepted: 20, refused: { too_old: 20 }, messages: CUSTOMERS });
  });

  it('stops at the first refusal of a whole message and sends nothing after it', async () => {
    const problem = { title: 'Forbidden', detail: 'this token may not import' };
    const { url, asked } = await collector(() => ({ status: 403, body: JSON.stringify(problem) }));
    const run = replayMapped(SMALL, { collector: url, site: 'shop', token: 't', concurrency: 2, now: () => NOW });
    await expect(run).rejects.toMatchObject({
      code: 'refused',
      status: 403,
      message: expect.stringContaining('403, Forbidden: this token may not import') as unknown,
    });
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  it('takes no acknowledgement of fewer events than it sent', async () => {
    const { url } = await collector(() => taken(0));
    const run = replayMapped(SMALL, { collector: url, site: 'shop', token: 't', now: () => NOW });
    await expect(run).rejects.toMatchObject({ code: 'bad_answer' });
  });
});

describe('D1: one message is tried again within bounds', () => {
  const post = (url: URL, waits: number[] = []) =>
    postMessage({ url, token: 't', now: () => NOW, wait: async (ms) => waits.push(ms) }, String);

  it.each([
    { why: 'one try before the last', failures: ATTEMPTS_MAX - 2 },
    { why: 'at the last try', failures: ATTEMPTS_MAX - 1 },
  ])('gets through $why', async ({ failures }) => {
    const { url } = await collector((_, nth) => (nth <= failures ? { status: 429 } : taken(1)));
    await expect(post(url)).resolves.toEqual({ received: 1, refused: [], retries: failures });
  });

  it('gives up after the last try, having waited longer each time up to the cap', async () => {
    const { url, asked } = await collector(() => ({ status: 503 }));
    const waits: number[] = [];
    await expect(post(url, waits)).rejects.toMatchObject({ code: 'refused', status: 503 });
    expect(asked.length).toBe(ATTEMPTS_MAX);
    expect(waits.slice(0, 3)).toEqual([WAIT_MS_FIRST, 2 * WAIT_MS_FIRST, 4 * WAIT_MS_FIRST]);
    expect(Math.max(...waits)).toBe(WAIT_MS_MAX);
  });

  it('caps a Retry-After of an hour', async () => {
    const { url } = await collector((_, nth) =>
      nth === 1 ? { status: 503, headers: { 'retry-after': '3600' } } : taken(1),
    );
    const waits: number[] = [];
    await post(url, waits);
    expect(waits).toEqual([WAIT_MS_MAX]);
  });

  it('says who did not answer', async () => {
    const server = await startCollector(() => taken(1));
    await server.close();
    await expect(post(server.url)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining(server.url.origin) as unknown,
    });
  });

  it.each([
    { why: 'a status of its own', reply: { status: 400, body: '' }, code: 'refused' },
    { why: 'a page', reply: { status: 404, body: '<h1>Not found</h1>' }, code: 'refused' },
    { why: 'a redirect', reply: { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, code: 'refused' },
    { why: '202 without a count', reply: { status: 202, body: '{}' }, code: 'bad_answer' },
    { why: '202 that is no JSON', reply: { status: 202, body: 'OK' }, code: 'bad_answer' },
    { why: '200, which promises nothing', reply: { status: 200, body: '' }, code: 'refused' },
  ])('does not try again after $why', async ({ reply, code }) => {
    const { url, asked } = await collector(() => reply);
    await expect(post(url)).rejects.toMatchObject({ code, status: reply.status });
    expect(asked.length).toBe(1);
  });

  it.each([
    { base: '/', path: '/v1/collect' },
    { base: '/tag', path: '/tag/v1/collect' },
    { base: '/tag/', path: '/tag/v1/collect' },
  ])('posts below $base to $path', async ({ base, path }) => {
    const { url, asked } = await collector(() => taken(1));
    await post(new URL(base, url));
    expect(asked[0]?.url).toBe(path);
  });

  it.each([
    { header: null, ms: undefined },
    { header: '0', ms: 0 },
    { header: '2', ms: 2000 },
    { header: 'Tue, 24 Nov 2026 12:00:05 GMT', ms: 5000 },
    { header: 'Tue, 24 Nov 2026 11:00:00 GMT', ms: 0 },
    { header: 'soon', ms: undefined },
  ])('reads Retry-After $header as $ms ms', ({ header, ms }) => {
    expect(retryAfterMs(header, NOW)).toBe(ms);
  });
});
