// e2e/edge/dead-letter-suite.ts: refused events are kept, seen by whom it concerns, and replayed once (D1, D2, P6).
import { describe, expect, it } from 'vitest';
import { collect, siteId, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';

interface Page {
  readonly letters: readonly { readonly letter: number; readonly reason: string; readonly event: object | null }[];
  readonly totals: Readonly<Record<string, number>>;
  readonly next: string | null;
}

/** Runs these tests against an edge. */
export function deadLetterSuite(edge: SuiteEdge): void {
  const { counted, siteRow, rowsOf, stored } = edge;
  const bearer = async (scope: 'dead-letters:read' | 'dead-letters:replay' | 'ledger:read', site = 'other') => ({
    authorization: `Bearer ${await edge.token(siteId(site), [scope])}`,
  });
  const path = '/v1/sites/other/dead-letters';
  const list = async (query = ''): Promise<Page> =>
    (await (await edge.fetch(`${path}${query}`, { headers: await bearer('dead-letters:read') })).json()) as Page;
  const replay = async (body: unknown): Promise<Response> =>
    edge.fetch(`${path}/replay`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { ...(await bearer('dead-letters:replay')), 'content-type': 'application/json' },
    });
  const refuse = async (...events: object[]): Promise<void> => {
    const before = (await list('?limit=1')).totals['letters'] ?? 0;
    await collect(edge, wireBatch({ s: 'other', e: events as never }));
    await until(
      () => list('?limit=1'),
      ({ totals }) => totals['letters'] === before + events.length,
    );
  };

  describe('D2: dead letters', () => {
    it('are kept scrubbed with reason and place, and listed newest first, page by page', async () => {
      await refuse({ ...wireEvent(), t: 'now' }, { ...wireEvent({ n: 'custom' }), p: { a: 'x'.repeat(5_000) }, m: {} });
      const first = await list('?limit=1');
      expect(first.letters).toMatchObject([{ reason: 'properties_too_large', via: 'collect', pointer: '/p' }]);
      expect(first.next).not.toBeNull();
      const second = await list(`?limit=1&cursor=${first.next}`);
      expect(second.letters).toMatchObject([
        { reason: 'malformed_event', pointer: '/t', event: { n: 'page_view', u: 'https://page.invalid/products' } },
      ]);
      expect((await list('?reason=clock_off')).letters).toEqual([]);
    });

    it('D1: become events once, by a mapping where one is needed, and the ledger moves with them', async () => {
      const row = await siteRow('other');
      const event = wireEvent({ n: 'purchase', p: { total_minor: 1_250 }, m: { c: 'GBP', v: 12.5 } });
      await refuse(event);
      const invalid = await counted(row, 'invalid', 'malformed_event');
      const [{ letter } = { letter: 0 }] = (await list('?limit=1')).letters;
      const order = { letters: [letter], mapping: { '/p/total_minor': '/m/v' } };
      const unmended = (await (await replay({ letters: [letter] })).json()) as object;
      expect(unmended).toEqual({
        replayed: 0,
        refused: [{ letter, reason: 'malformed_event', pointer: '/m/v' }],
        next: null,
      });
      expect(await (await replay({ ...order, dryRun: true })).json()).toMatchObject({ replayed: 1 });
      expect(await rowsOf(event.i)).toBe(0);
      expect(await (await replay(order)).json()).toMatchObject({ replayed: 1, refused: [] });
      expect(await stored(event.i)).toMatchObject({ value: 1_250 });
      expect(await counted(row, 'invalid', 'malformed_event')).toBe(invalid - 1);
      expect(await (await replay(order)).json()).toMatchObject({ replayed: 0 });
      expect(await rowsOf(event.i)).toBe(1);
    });

    it.each([
      { why: 'no JSON', body: '{' },
      { why: 'an unknown field', body: { all: true } },
      { why: 'a mapping that is none', body: { mapping: { price: 1 } } },
      { why: 'more letters than one call takes', body: { letters: Array.from({ length: 501 }, (_, nth) => nth + 1) } },
    ])('answer an order of $why with 400 malformed_request', async ({ body }) => {
      const response = await replay(body);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { type: string }).type).toBe('urn:hushtag:problem:malformed_request');
    });

    it('P6: are seen and replayed with their own scopes alone, and never of another site', async () => {
      const at = async (headers: Record<string, string>, what = ''): Promise<number> =>
        (await edge.fetch(`${path}${what}`, { method: what === '' ? 'GET' : 'POST', headers })).status;
      expect(await at({})).toBe(401);
      expect(await at(await bearer('ledger:read'))).toBe(403);
      expect(await at(await bearer('dead-letters:read'), '/replay')).toBe(403);
      expect(await at(await bearer('dead-letters:read', 'shop'))).toBe(404);
    });

    it.each(['?limit=0', '?limit=201', '?limit=x', '?cursor=-1', '?reason=%27'])(
      'refuse the query %s',
      async (query) => {
        expect((await edge.fetch(`${path}${query}`, { headers: await bearer('dead-letters:read') })).status).toBe(400);
      },
    );
  });
}
