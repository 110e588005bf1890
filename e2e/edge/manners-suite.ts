// e2e/edge/manners-suite.ts: how the API behaves whatever is asked: description, headers, quota, what other origins get.
import { describe, expect, it } from 'vitest';
import { SHOP_ORIGIN, siteId } from '../support/edge-under-test.ts';
import { logIn } from '../support/login.ts';
import type { SuiteEdge } from './use-edge.ts';

/** Runs these tests against an edge. */
export function mannersSuite(edge: SuiteEdge): void {
  describe('E1: the API describes itself to people', () => {
    it('with every route, and nothing that a browser would load or run', async () => {
      const answered = await edge.fetch('/docs');
      expect(answered.headers.get('content-security-policy')).toContain("default-src 'none'");
      const page = await answered.text();
      const { paths } = (await (await edge.fetch('/openapi.json')).json()) as { paths: Record<string, object> };
      for (const path of Object.keys(paths)) expect(page).toContain(path);
      expect(page).toContain('readonly segments: readonly');
      expect(page).not.toMatch(/<(?:script|link|img|iframe)|@import|url\(/i);
    });
  });

  describe('P6: what every answer tells a browser', () => {
    it.each(['/v1/sites', '/v1/nothing', '/livez', '/openapi.json', '/v1/session'])('%s', async (path) => {
      const { headers } = await edge.fetch(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    });

    it.each([SHOP_ORIGIN, 'https://evil.example', 'null'])('nothing of the API to pages of %s', async (origin) => {
      const kim = await logIn(edge, [{ site: null, role: 'owner' }]);
      for (const path of ['/v1/sites', '/v1/sites/shop/ledger', '/v1/people', '/v1/session']) {
        const answered = await kim.fetch(path, { headers: { origin } });
        expect(answered.headers.get('access-control-allow-origin')).toBeNull();
        expect(answered.headers.get('access-control-allow-credentials')).toBeNull();
        const asked = await edge.fetch(path, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'DELETE' },
        });
        expect(asked.headers.get('access-control-allow-origin')).toBeNull();
      }
    });
  });

  describe('E1: how often somebody may ask', () => {
    const left = (response: Response): number => Number(/r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1]);

    it('is told with each answer, a refusal too, and counted for each by themselves', async () => {
      const [one, other] = [
        await edge.token(siteId('shop'), ['ledger:read']),
        await edge.token(siteId('shop'), ['ledger:read']),
      ];
      const ask = (token: string, path = '/v1/sites/shop/ledger') =>
        edge.fetch(path, { headers: { authorization: `Bearer ${token}` } });
      const first = await ask(one);
      expect(first.headers.get('ratelimit-policy')).toBe('"api";q=600;w=60');
      expect(left(first)).toBe(599);
      expect(left(await ask(one, '/v1/sites/shop/segments'))).toBeLessThanOrEqual(599);
      expect(left(await ask(other))).toBe(599);
    });
  });

  describe('E1: what the caller has already', () => {
    it.each(['/v1/sites', '/v1/sites/shop/segments', '/v1/sites/shop/ledger'])(
      'is not sent again: %s',
      async (path) => {
        const kim = await logIn(edge, [{ site: null, role: 'owner' }]);
        const etag = (await kim.fetch(path)).headers.get('etag') ?? 'none';
        const again = await kim.fetch(path, { headers: { 'if-none-match': etag } });
        expect([again.status, await again.text()]).toEqual([304, '']);
        expect((await kim.fetch(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
      },
    );
  });
}
