// e2e/edge/context-suite.ts: the context of an event at rest, the same on every runtime (E1), less of it with less consent (C1).
import { describe, expect, it } from 'vitest';
import { collect, freshId, PLACED_ADDRESS, SHOP_ORIGIN, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';

const FIRST_PARTY_ID = 'Zm9vYmFyYmF6cXV4MTIzNDU2';
const HEADERS = {
  'accept-language': 'de-DE,de;q=0.9',
  'x-forwarded-for': PLACED_ADDRESS,
  'cf-connecting-ip': PLACED_ADDRESS,
};

/** Runs these tests against an edge. */
export function contextSuite(edge: SuiteEdge): void {
  const { stored, ask } = edge;
  // Desktop, Firefox, Linux; organic search.
  describe('C1: contexts', () => {
    it.each([
      {
        why: 'a visitor who agreed',
        site: 'shop',
        body: { c: ['g', 3, 1], i: FIRST_PARTY_ID },
        code: 'DE|BE|1|3|5|de|Europe/Berlin|2',
      },
      { why: 'one who was not asked', site: 'shop', body: {}, code: 'DE||1|3|5|de||2' },
      { why: 'one who refused', site: 'shop', body: { c: ['r', 0, 1] }, code: 'DE||1|0|0|||2' },
      { why: 'an exempt site, without a channel', site: 'exempt', body: {}, code: 'DE||1|3|5|de||0' },
    ] as const)('of $why', async ({ site, body, code }) => {
      const event = wireEvent({ r: 'https://www.google.com/', u: `${SHOP_ORIGIN}/tea` });
      expect((await collect(edge, wireBatch({ s: site, e: [event], ...body }), HEADERS)).status).toBe(202);
      expect(await stored(event.i)).toMatchObject({ context_code: code });
    });

    it('of an importer is none: its address and agent are a machine’s', async () => {
      const token = await edge.token('shop' as never, ['import']);
      const event = wireEvent();
      await collect(edge, wireBatch({ e: [event] }), { ...HEADERS, authorization: `Bearer ${token}` });
      expect(await stored(event.i)).toMatchObject({ context: null });
    });

    it.each([
      { of: 'a back end', path: '/v1/events', scope: 'ingest', asked: {}, source: 'server' },
      { of: 'an app, by its back end', path: '/v1/events', scope: 'ingest', asked: { source: 'app' }, source: 'app' },
      { of: 'history', path: '/v1/import', scope: 'import', asked: {}, source: 'import' },
      {
        of: 'a shop of bricks',
        path: '/v1/import',
        scope: 'import',
        asked: { source: 'till-north' },
        source: 'till-north',
      },
    ] as const)('say where events of $of come from', async ({ path, scope, asked, source }) => {
      const event = { id: freshId(), name: 'page_view', time: Date.now(), ...asked };
      const body = JSON.stringify(scope === 'ingest' ? { events: [event] } : event);
      const authorization = `Bearer ${await edge.token('shop' as never, [scope])}`;
      const answer = await edge.fetch(path, { method: 'POST', body, headers: { authorization } });
      expect(await answer.json()).toMatchObject({ accepted: 1 });
      expect(await stored(event.id)).toMatchObject({ context_code: `||0|0|0|||0|${source}` });
    });

    it('P1: take no source that could be a person’s', async () => {
      const authorization = `Bearer ${await edge.token('shop' as never, ['ingest'])}`;
      const sources = ['crm-4711', 'ada@mail.example', 'CRM', 'a'.repeat(25), '', 7];
      const events = sources.map((source) => ({ id: freshId(), name: 'page_view', time: Date.now(), source }));
      const answer = await edge.fetch('/v1/events', {
        method: 'POST',
        body: JSON.stringify({ events }),
        headers: { authorization },
      });
      const { results } = (await answer.json()) as { results: object[] };
      expect(results).toEqual(
        sources.map((_, index) => ({ index, outcome: 'invalid', reason: 'malformed_event', pointer: '/source' })),
      );
    });

    it('are kept once each', async () => {
      const [row] = await ask('SELECT count(*) AS n, count(DISTINCT code) AS distinct_codes FROM contexts');
      expect(row?.['n']).toBe(row?.['distinct_codes']);
    });
  });
}
