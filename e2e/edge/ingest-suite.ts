// e2e/edge/ingest-suite.ts: events of back ends: told one by one what became of them, once, under the consent they state.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { freshId, siteId, until } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';

const FIRST_PARTY_ID = 'SW5nZXN0Rmlyc3RQYXJ0eUlk';
const GRANTED = { state: 'granted', purposes: ['measure', 'profile'] };

/** Runs these tests against an edge. */
export function ingestSuite(edge: SuiteEdge): void {
  const { ask, counted, rowOf, siteRow, stored } = edge;
  const post = async (body: unknown, scope: 'ingest' | 'import' = 'ingest', site = 'other'): Promise<Response> =>
    edge.fetch('/v1/events', {
      method: 'POST',
      body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
      headers: {
        authorization: `Bearer ${await edge.token(siteId(site), [scope])}`,
        'content-type': 'application/json',
        'x-forwarded-for': '198.51.100.9',
        'cf-connecting-ip': '198.51.100.9',
        ...(body instanceof Uint8Array ? { 'content-encoding': 'gzip' } : {}),
      },
    });
  const send = async (body: unknown) =>
    (await (await post(body)).json()) as { received: number; accepted: number; results: Record<string, unknown>[] };
  const event = (over: object = {}) => ({ id: freshId(), name: 'page_view', time: Date.now(), ...over });

  describe('D2: events of back ends', () => {
    it('are answered one by one, and a bad one costs its neighbours nothing', async () => {
      const good = event({
        name: 'purchase',
        params: { currency: 'GBP', value: 12.5 },
        time: new Date().toISOString(),
      });
      const answer = await send({
        events: [
          good,
          event({ name: 'Not A Name' }),
          event({ time: Date.now() - 8 * 86_400_000 }),
          event({ time: Date.now() + 3_600_000 }),
          event({ id: undefined }),
          event({ frist_party_id: FIRST_PARTY_ID }),
          event({ time: '2026-11-24T10:00:00' }),
          'no object',
        ],
      });
      expect(answer).toMatchObject({ received: 8, accepted: 1 });
      expect(answer.results).toEqual([
        { index: 0, outcome: 'accepted' },
        { index: 1, outcome: 'invalid', reason: 'malformed_event', pointer: '/name' },
        { index: 2, outcome: 'late', reason: 'too_old' },
        { index: 3, outcome: 'invalid', reason: 'in_future' },
        { index: 4, outcome: 'invalid', reason: 'malformed_event', pointer: '/id' },
        { index: 5, outcome: 'invalid', reason: 'malformed_event', pointer: '/*' },
        { index: 6, outcome: 'invalid', reason: 'malformed_event', pointer: '/time' },
        { index: 7, outcome: 'invalid', reason: 'malformed_event', pointer: '' },
      ]);
      expect(await stored(good.id)).toMatchObject({ value: 1_250 });
    });

    it('D1: are stored once under their own id, whatever its form', async () => {
      const row = await siteRow('other');
      const before = await counted(row, 'duplicate');
      const batch = { events: [event(), event({ id: 'order-1001' })] };
      const rows = async () => Number((await ask('SELECT count(*) AS n FROM events WHERE site_id = ?', row))[0]?.['n']);
      await send(batch);
      await stored(batch.events[0]?.id ?? '');
      const once = await rows();
      await send(batch);
      await until(
        () => counted(row, 'duplicate'),
        (seen) => seen === before + 2,
      );
      expect(await rows()).toBe(once);
    });

    it('C1: are under the consent they state, one by one or together, and under the policy where they state none', async () => {
      const [agreed, asked, own, gpc] = [
        event({ first_party_id: FIRST_PARTY_ID }),
        event({
          consent: { state: 'unasked' },
          first_party_id: FIRST_PARTY_ID,
          address: '203.0.113.9',
          user_agent: 'x',
        }),
        event({ consent: { state: 'refused' }, first_party_id: FIRST_PARTY_ID, address: '203.0.113.9' }),
        event({ gpc: true, first_party_id: FIRST_PARTY_ID }),
      ];
      await send({ consent: GRANTED, events: [agreed, asked, own, gpc] });
      expect(await stored(agreed.id)).toMatchObject({ linked: 1, purposes: 3 });
      expect(await stored(asked.id)).toMatchObject({ linked: 0, purposes: 0 });
      expect(await stored(own.id)).toMatchObject({ visitor: null });
      expect(await stored(gpc.id)).toMatchObject({ linked: 1, purposes: 1 });
      const nothing = event({ first_party_id: FIRST_PARTY_ID });
      await send({ events: [nothing] });
      expect(await stored(nothing.id)).toMatchObject({ visitor: null, purposes: 0 });
    });

    it('C1: withdraw where one refuses beside the id of a visitor who agreed', async () => {
      const id = 'SW5nZXN0V2l0aGRyYXdpbmcx';
      const agreed = event({ first_party_id: id });
      await send({ consent: GRANTED, events: [agreed] });
      const { visitor } = await stored(agreed.id);
      const waiting = () => ask('SELECT purposes FROM withdrawals WHERE visitor = ?', Number(visitor));
      expect(await waiting()).toEqual([]);
      await send({ events: [event({ first_party_id: id, consent: { state: 'refused' } })] });
      expect(await waiting()).toHaveLength(1);
    });

    it('P1: take no address from the connection: only one that is named makes a day’s key, of its network alone', async () => {
      const [bare, one, two] = [
        event(),
        event({ address: '203.0.113.1', user_agent: 'a' }),
        event({ address: '203.0.113.200', user_agent: 'a' }),
      ];
      await send({ events: [bare, one, two] });
      expect(await stored(bare.id)).toMatchObject({ visitor: null });
      expect((await stored(one.id))['visitor_key']).toBe((await stored(two.id))['visitor_key']);
    });

    it.each([
      { count: 500, over: 0 },
      { count: 501, over: 1 },
    ])('of $count take 500 and count $over over the limit', async ({ count, over }) => {
      const row = await siteRow('other');
      const before = await counted(row, 'over_limit', 'too_many_events');
      const answer = await send({ events: Array.from({ length: count }, () => event()) });
      expect(answer).toMatchObject({ received: count, accepted: 500 });
      expect(answer.results.length).toBe(500 + over);
      await until(
        () => counted(row, 'over_limit', 'too_many_events'),
        (seen) => seen === before + over,
      );
    });

    it('may come packed', async () => {
      const packed = event();
      expect((await post(gzipSync(JSON.stringify({ events: [packed] })))).status).toBe(202);
      await stored(packed.id);
    });

    it.each([
      { why: 'no JSON', body: gzipSync('{'), type: 'malformed_json' },
      { why: 'no events', body: { events: [] }, type: 'malformed_batch' },
      { why: 'an unknown field', body: { events: [{}], site: 'shop' }, type: 'malformed_batch' },
      {
        why: 'a consent of no purpose',
        body: { events: [{}], consent: { state: 'granted' } },
        type: 'malformed_batch',
      },
    ])('that are $why are refused whole, and counted to the token’s site', async ({ body, type }) => {
      const row = await siteRow('other');
      const before = await counted(row, 'invalid', type);
      const response = await post(body);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { type: string }).type).toBe(`urn:hushtag:problem:${type}`);
      await until(
        () => counted(row, 'invalid', type),
        (seen) => seen === before + 1,
      );
    });

    it('P6, P7: need a token with their scope, and go to its site alone', async () => {
      expect((await edge.fetch('/v1/events', { method: 'POST', body: '{}' })).status).toBe(401);
      expect((await post({ events: [event()] }, 'import')).status).toBe(403);
      const mine = event();
      await post({ events: [mine] }, 'ingest', 'shop');
      expect((await stored(mine.id))['site_id']).toBe(await siteRow('shop'));
      expect(await rowOf(freshId())).toBeUndefined();
    });
  });
}
