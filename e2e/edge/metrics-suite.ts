// e2e/edge/metrics-suite.ts: GET /metrics: behind its token, balanced as the ledger is, and nothing of a visitor in it (D2, P1, P6).
import { describe, expect, it } from 'vitest';
import { collect, METRICS_TOKEN, siteId, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { Role } from '../../core/index.ts';
import { logIn } from '../support/login.ts';
import type { SuiteEdge } from './use-edge.ts';

/** Runs these tests against an edge. */
export function metricsSuite(edge: SuiteEdge): void {
  const metrics = async (token?: string): Promise<Response> =>
    edge.fetch('/metrics', token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

  describe('P6: metrics', () => {
    it.each([
      { why: 'without a token', token: undefined },
      { why: 'with another', token: `${METRICS_TOKEN}x` },
      { why: 'with a part of it', token: METRICS_TOKEN.slice(0, -1) },
    ])('are not told $why', async ({ token }) => {
      expect((await metrics(token)).status).toBe(401);
    });

    it('are not told to the token of a site', async () => {
      expect((await metrics(await edge.token('shop' as never, ['ledger:read']))).status).toBe(401);
    });

    it('D2: say the ledger, balanced, and P1: nothing of a visitor', async () => {
      const mark = 'MarkedMetric7f3a';
      await collect(edge, wireBatch({ e: [wireEvent({ u: `https://shop.example/${mark}`, h: mark })] }));
      await collect(edge, wireBatch({ s: mark.toLowerCase() }));
      const text = await until(
        async () => (await metrics(METRICS_TOKEN)).text(),
        (seen) => seen.includes('hushtag_events_total{site="shop",outcome="stored",reason=""}'),
      );
      expect(text.toLowerCase()).not.toContain(mark.toLowerCase());
      const sums = new Map<string, number>();
      for (const [, site = '', outcome, events] of text.matchAll(
        /_total\{site="([^"]*)",outcome="(\w+)",[^}]*\} (\d+)/g,
      )) {
        sums.set(site, (sums.get(site) ?? 0) + (outcome === 'received' ? 1 : -1) * Number(events));
      }
      expect(sums.size).toBeGreaterThanOrEqual(2);
      expect([...sums.values()].every((rest) => rest === 0)).toBe(true);
      expect(text).toContain('hushtag_salts{use="day",state="alive"}');
      expect(text).toContain('hushtag_storage_fault 0');
    });

    it('have what Node alone knows, on Node', async () => {
      const text = await (await metrics(METRICS_TOKEN)).text();
      const own = [
        'hushtag_write_queue_messages 0',
        'hushtag_commit_duration_seconds_count',
        'hushtag_disk_free_bytes',
      ];
      expect(own.every((name) => text.includes(name))).toBe(edge.name === 'node');
    });
  });

  describe('health', () => {
    const ask = (token?: string): Promise<Response> =>
      edge.fetch('/v1/health', token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

    it('P6: is told to the operator and to people whose role for all sites has it, and to nobody else', async () => {
      expect((await ask()).status).toBe(401);
      expect((await ask(`${METRICS_TOKEN}x`)).status).toBe(401);
      expect((await ask(await edge.token(siteId('shop'), ['health:read']))).status).toBe(403);
      const as = async (site: string | null, role: Role): Promise<Response> =>
        (await logIn(edge, [{ site: site === null ? null : siteId(site), role }])).fetch('/v1/health');
      expect((await as('shop', 'owner')).status).toBe(403);
      expect((await as(null, 'marketer')).status).toBe(403);
      for (const response of [await ask(METRICS_TOKEN), await as(null, 'developer')]) {
        expect(response.status).toBe(200);
        const { checks } = (await response.json()) as { checks: { name: string; ok: boolean }[] };
        expect(checks.filter(({ name }) => name === 'database' || name === 'salts')).toEqual([
          expect.objectContaining({ name: 'database', ok: true }),
          expect.objectContaining({ name: 'salts', ok: true, todo: null }),
        ]);
      }
    });
  });
}
