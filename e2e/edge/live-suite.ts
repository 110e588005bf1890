// e2e/edge/live-suite.ts: events as they come, for debugging, and nothing that tells whose they are.
import { describe, expect, it } from 'vitest';
import type { Scope } from '../../core/index.ts';
import { collect, siteId, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';

/** Runs these tests against an edge. */
export function liveSuite(edge: SuiteEdge): void {
  const open = async (query: string, scope: Scope = 'live:read') =>
    edge.fetch(`/v1/sites/shop/live?${query}`, {
      headers: { authorization: `Bearer ${await edge.token(siteId('shop'), [scope])}` },
    });

  describe('the live stream', () => {
    it('shows what is kept and counts what is not, without a visitor (P1)', async () => {
      const id = 'TGl2ZVN0cmVhbVZpc2l0b3I0Mg';
      const stream = open('seconds=2');
      // The stream shows what comes after it began; whenever that is, one of these comes after it.
      const stood = { isOver: false };
      const ended = stream.then(async (response) => {
        const text = await response.text();
        stood.isOver = true;
        return { text, type: response.headers.get('content-type') };
      });
      for (let nth = 0; nth < 500 && !stood.isOver; nth++) {
        const kept = wireEvent({ n: 'live_event' });
        const bad = wireEvent({ n: 'BAD NAME' });
        await collect(edge, wireBatch({ c: ['g', 3, 1], i: id, e: [kept, bad] }));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const { text, type } = await ended;
      expect(type).toContain('text/event-stream');
      const sent = text.split('\n\n').filter((part) => part.includes('data: '));
      const data = sent.map((part) => JSON.parse(part.split('data: ')[1] ?? '{}') as Record<string, unknown>);
      expect(data).toContainEqual(
        expect.objectContaining({
          name: 'live_event',
          page: '/products',
          kept: true,
          consent: ['measure', 'profile'],
          recognised: true,
        }),
      );
      expect(data).toContainEqual(
        expect.objectContaining({ kept: false, outcome: 'invalid', reason: 'malformed_event' }),
      );
      expect(text).toMatch(/event: end\n/);
      const keys = (await edge.ask('SELECT lower(hex(key)) AS key FROM visitors')).map((row) => String(row['key']));
      for (const key of [id, ...keys]) expect(text).not.toContain(key);
      expect(data.every((one) => !('visitor' in one))).toBe(true);
    });
    it.each([
      { why: 'no time', query: 'seconds=0', status: 400 },
      { why: 'more than ten minutes', query: 'seconds=601', status: 400 },
    ])('is refused for $why', async ({ query, status }) => expect((await open(query)).status).toBe(status));
    it('P6: asks for its own scope', async () => expect((await open('seconds=1', 'reports:read')).status).toBe(403));
  });
}
