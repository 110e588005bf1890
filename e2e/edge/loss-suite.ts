// e2e/edge/loss-suite.ts: exactly once (D1), and every event accounted for (D2).
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BATCH_EVENTS_MAX, BODY_BYTES_MAX } from '../../contract/index.ts';
import { BROWSER_AGENT, collect, SHOP_ORIGIN, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';
import { answerOf } from './use-edge.ts';

/** Runs these tests against an edge. */
export function lossSuite(edge: SuiteEdge): void {
  const { ask, rowOf, rowsOf, stored, counted, siteRow } = edge;

  describe('D1: exactly once', () => {
    it('stores a repeated event once and counts the repeat', async () => {
      const row = await siteRow('shop');
      const before = await counted(row, 'duplicate');
      const event = wireEvent();
      const batch = wireBatch({ e: [event] });
      expect((await collect(edge, batch)).status).toBe(202);
      await stored(event.i);
      expect((await collect(edge, batch)).status).toBe(202);
      await until(
        () => counted(row, 'duplicate'),
        (seen) => seen === before + 1,
      );
      expect(await rowsOf(event.i)).toBe(1);
    });
    it('makes of the tag’s four numbers the id that every edge makes of them: a retry to another changes nothing', async () => {
      const row = await siteRow('shop');
      const before = await counted(row, 'duplicate');
      const words = [...crypto.getRandomValues(new Uint32Array(4))];
      const event = wireEvent({ i: words.join('-') });
      const time = event.t.toString(16).padStart(12, '0');
      const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
      // By hand, so that Node and workerd are held to one answer.
      const id = `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
      await collect(edge, wireBatch({ e: [event] }));
      await stored(id);
      await collect(edge, wireBatch({ e: [{ ...event, i: id }] }));
      await until(
        () => counted(row, 'duplicate'),
        (seen) => seen === before + 1,
      );
      expect(await rowsOf(id)).toBe(1);
    });
    it('P7: lets two sites use the same event id', async () => {
      const event = wireEvent();
      await collect(edge, wireBatch({ e: [event] }));
      await collect(edge, wireBatch({ s: 'other', e: [event] }));
      await until(
        () => rowsOf(event.i),
        (seen) => seen === 2,
      );
    });
    it('stores an event repeated inside one message once', async () => {
      const event = wireEvent();
      await collect(edge, wireBatch({ e: [event, event] }));
      await stored(event.i);
      expect(await rowsOf(event.i)).toBe(1);
    });
  });

  describe('D2: bad input is answered, counted, and loses nothing beside it', () => {
    it.each([
      { why: 'malformed JSON', body: '{"v":1,', status: 400, type: 'malformed_json' },
      { why: 'no object', body: '[]', status: 400, type: 'malformed_batch' },
      {
        why: 'an unknown version',
        body: JSON.stringify({ ...wireBatch(), v: 2 }),
        status: 400,
        type: 'unknown_version',
      },
      { why: 'wrong types', body: JSON.stringify({ ...wireBatch(), t: 'now' }), status: 400, type: 'malformed_batch' },
      { why: 'no events', body: JSON.stringify(wireBatch({ e: [] })), status: 400, type: 'malformed_batch' },
      { why: 'an unknown site', body: JSON.stringify(wireBatch({ s: 'nobody' })), status: 400, type: 'unknown_site' },
    ])('answers $why with $status $type', async ({ body, status, type }) => {
      const before = await counted(0, 'invalid', type);
      const response = await collect(edge, body);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(((await response.json()) as { type: string }).type).toBe(`urn:hushtag:problem:${type}`);
      await until(
        () => counted(0, 'invalid', type),
        (seen) => seen === before + 1,
      );
    });
    it.each([
      { why: 'a byte below', bytes: BODY_BYTES_MAX - 1, status: 400 },
      { why: 'exactly', bytes: BODY_BYTES_MAX, status: 400 },
      { why: 'a byte above', bytes: BODY_BYTES_MAX + 1, status: 413 },
    ])('takes a body $why the limit as far as $status', async ({ bytes, status }) => {
      // Below and at the limit the text is read and found not to be JSON; above it is not read.
      expect((await collect(edge, 'x'.repeat(bytes))).status).toBe(status);
    });
    const packed = (body: Uint8Array, encoding?: string): Promise<Response> =>
      edge.fetch('/v1/collect', {
        method: 'POST',
        body: new Uint8Array(body),
        headers: {
          origin: SHOP_ORIGIN,
          'user-agent': BROWSER_AGENT,
          ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
        },
      });
    it.each([
      { why: 'gzip', pack: gzipSync, encoding: 'gzip' },
      { why: 'deflate', pack: deflateSync, encoding: 'deflate' },
      { why: 'gzip without its header', pack: gzipSync, encoding: undefined },
    ])('takes a message packed as $why', async ({ pack, encoding }) => {
      const event = wireEvent();
      const response = await packed(pack(JSON.stringify(wireBatch({ e: [event] }))), encoding);
      expect(await answerOf(response)).toEqual({ received: 1, refused: [] });
      await stored(event.i);
    });
    it.each([
      {
        why: 'a bomb',
        body: gzipSync(Buffer.alloc(10_000_000)),
        encoding: 'gzip',
        status: 413,
        type: 'body_too_large',
      },
      { why: 'brotli', body: Buffer.from('{}'), encoding: 'br', status: 415, type: 'unsupported_encoding' },
      { why: 'no gzip', body: Buffer.from('{}'), encoding: 'gzip', status: 400, type: 'malformed_encoding' },
    ])('answers $why with $status $type and counts it', async ({ body, encoding, status, type }) => {
      const before = await counted(0, 'invalid', type);
      const response = await packed(body, encoding);
      expect(response.status).toBe(status);
      expect(((await response.json()) as { type: string }).type).toBe(`urn:hushtag:problem:${type}`);
      expect(response.headers.get('accept-encoding')).toBe(status === 415 ? 'gzip, deflate, identity' : null);
      await until(
        () => counted(0, 'invalid', type),
        (seen) => seen === before + 1,
      );
    });
    it.each([
      { count: BATCH_EVENTS_MAX - 1, over: 0 },
      { count: BATCH_EVENTS_MAX, over: 0 },
      { count: BATCH_EVENTS_MAX + 1, over: 1 },
      { count: BATCH_EVENTS_MAX + 20, over: 20 },
    ])('keeps the first hundred of $count events and counts $over over the limit', async ({ count, over }) => {
      const row = await siteRow('shop');
      const before = await counted(row, 'over_limit', 'too_many_events');
      const events = Array.from({ length: count }, () => wireEvent());
      const answer = await answerOf(await collect(edge, wireBatch({ e: events })));
      expect(answer.received).toBe(count);
      expect(answer.refused.map(({ reason }) => reason)).toEqual(over > 0 ? ['too_many_events'] : []);
      await stored(events[0]?.i ?? '');
      await until(
        () => counted(row, 'over_limit', 'too_many_events'),
        (seen) => seen === before + over,
      );
    });
    it('refuses one bad event by itself and keeps its neighbours', async () => {
      const good = wireEvent();
      const tooLarge = {
        ...wireEvent({ n: 'made_up_event' }),
        p: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p${index}`, 'x'.repeat(500)])),
      };
      const wrong = { ...wireEvent(), t: 'yesterday' };
      const answer = await answerOf(await collect(edge, wireBatch({ e: [tooLarge, good, wrong as never] })));
      expect(answer.received).toBe(3);
      expect(answer.refused).toMatchObject([
        { index: 0, reason: 'properties_too_large', event: tooLarge.i, pointer: '/p' },
        { index: 2, reason: 'malformed_event', event: wrong.i, pointer: '/t' },
      ]);
      await stored(good.i);
    });
    it('corrects a clock that is an hour off and refuses one that is two months off', async () => {
      const now = Date.now();
      const [off, lost] = [wireEvent({ t: now - 3_600_000 }), wireEvent({ t: now - 60 * 86_400_000 })];
      await collect(edge, wireBatch({ t: now - 3_600_000, e: [off] }));
      const answer = await answerOf(await collect(edge, wireBatch({ t: now - 60 * 86_400_000, e: [lost] })));
      expect(answer.refused).toMatchObject([{ reason: 'clock_off', event: lost.i }]);
      expect(Math.abs(Number((await stored(off.i))['at']) - now)).toBeLessThan(60_000);
    });
    it('counts an event of two days ago as late', async () => {
      const row = await siteRow('shop');
      const before = await counted(row, 'late', 'too_old');
      const event = wireEvent({ t: Date.now() - 2 * 86_400_000 });
      const answer = await answerOf(await collect(edge, wireBatch({ e: [event] })));
      expect(answer.refused).toMatchObject([{ reason: 'too_old', event: event.i }]);
      await until(
        () => counted(row, 'late', 'too_old'),
        (seen) => seen === before + 1,
      );
    });
    it.each([
      {
        why: 'a crawler',
        headers: { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' },
        body: {},
        reason: 'user_agent',
      },
      { why: 'no user agent', headers: { 'user-agent': '' }, body: {}, reason: 'no_user_agent' },
      {
        why: 'an agent the site’s own rule is against',
        headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) DeniedAgent7f3a/1' },
        body: {},
        reason: 'site_rule',
      },
      { why: 'a driven browser', headers: {}, body: { w: 1 as const }, reason: 'webdriver' },
    ])('counts $why as a bot and says nothing of it', async ({ headers, body, reason }) => {
      const row = await siteRow('shop');
      const before = await counted(row, 'bot', reason);
      const event = wireEvent();
      const response = await collect(edge, wireBatch({ ...body, e: [event] }), headers);
      expect(await answerOf(response)).toEqual({ received: 1, refused: [] });
      await until(
        () => counted(row, 'bot', reason),
        (seen) => seen === before + 1,
      );
      expect(await rowOf(event.i)).toBeUndefined();
    });
    it('slows one address down with 429 and Retry-After, counts what it refused, and lets another through', async () => {
      const row = await siteRow('shop');
      const before = await counted(row, 'over_limit', 'rate');
      const from = (address: string) => ({ 'x-forwarded-for': address, 'cf-connecting-ip': address });
      const flood = (): Promise<Response> =>
        collect(edge, wireBatch({ e: Array.from({ length: 100 }, () => wireEvent()) }), from('198.18.0.1'));
      let response = await flood();
      for (let sent = 1; sent < 60 && response.status === 202; sent += 1) response = await flood();
      expect(response.status).toBe(429);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect((await collect(edge, wireBatch(), from('198.19.0.1'))).status).toBe(202);
      await until(
        () => counted(row, 'over_limit', 'rate'),
        (seen) => seen === before + 100,
      );
    });
    it('balances: received is the sum of all outcomes, for every site and day', async () => {
      const look = () =>
        ask(`SELECT site_id, day, sum(CASE outcome WHEN 'received' THEN events ELSE 0 END) AS received,
          sum(CASE outcome WHEN 'received' THEN 0 ELSE events END) AS accounted FROM ledger GROUP BY site_id, day`);
      const seen = await until(look, (rows) => rows.every((row) => row['received'] === row['accounted']));
      expect(seen.length).toBeGreaterThanOrEqual(4);
      const rows = await ask(
        `SELECT (SELECT count(*) FROM events) AS rows, (SELECT sum(events) FROM ledger WHERE outcome = 'stored') AS stored`,
      );
      expect(rows[0]?.['rows']).toBe(rows[0]?.['stored']);
    });
  });
}
