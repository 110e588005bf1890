// e2e/edge/consent-suite.ts: what is kept of a visitor under each choice, and that every runtime reads the tag's messages (E1, C1, C2).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WireBatch } from '../../contract/index.ts';
import { projectFolder } from '../../runtime/index.ts';
import {
  BROWSER_AGENT,
  collect,
  freshId,
  SHOP_ORIGIN,
  until,
  wireBatch,
  wireEvent,
} from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';
import { answerOf } from './use-edge.ts';

const FIXTURES = join(projectFolder(), 'contract', 'fixtures', 'v1');
const FIRST_PARTY_ID = 'Zm9vYmFyYmF6cXV4MTIzNDU2';
const GRANTED: WireBatch['c'] = ['g', 3, 1];

/** Runs these tests against an edge. */
export function consentSuite(edge: SuiteEdge): void {
  const { ask, rowOf, stored, counted, siteRow } = edge;

  describe('E1: health and description', () => {
    it('is alive and ready', async () => {
      expect((await edge.fetch('/livez')).status).toBe(200);
      expect((await edge.fetch('/readyz')).status).toBe(200);
    });
    it('describes its routes as OpenAPI 3.1', async () => {
      const document = (await (await edge.fetch('/openapi.json')).json()) as {
        openapi: string;
        paths: Record<string, unknown>;
      };
      expect(document.openapi).toMatch(/^3\.1/);
      // That no route is missing is the authorization matrix' to say.
      expect(Object.keys(document.paths)).toEqual(
        expect.arrayContaining(['/v1/collect', '/v1/session', '/v1/sites/{site}/segments/{id}']),
      );
    });
    it('answers problem+json with a request id for what it does not know', async () => {
      const response = await edge.fetch('/v1/nothing');
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{16}$/);
    });
  });

  describe('E1: a method that an address does not take', () => {
    it.each([
      { method: 'GET', path: '/v1/collect', allow: 'POST' },
      { method: 'DELETE', path: '/v1/sites/shop/segments', allow: 'GET' },
      { method: 'POST', path: '/livez', allow: 'GET' },
    ])('$method $path is 405 and names $allow', async ({ method, path, allow }) => {
      const response = await edge.fetch(path, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
      expect(await response.json()).toMatchObject({ type: 'urn:hushtag:problem:method_not_allowed' });
    });
  });

  describe('E1: the golden messages of wire v1', () => {
    const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.json'));
    it('are there', () => expect(files.length).toBeGreaterThanOrEqual(6));
    it.each(files)('takes %s', async (file) => {
      const { message } = JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')) as { message: WireBatch };
      const now = Date.now();
      // Golden messages carry a fixed clock; sent now, the edge moves their events by the same difference.
      const events = message.e.map((event) => ({ ...event, i: freshId(), t: now - (message.t - event.t) }));
      const response = await collect(edge, { ...message, s: 'shop', t: now, e: events });
      expect(response.status).toBe(202);
      expect(await answerOf(response)).toEqual({ received: events.length, refused: [] });
    });
  });

  describe('C1: no consent, no link', () => {
    it('gives an unasked visitor a key that is not linked, whatever id the client sends', async () => {
      const first = wireEvent();
      const second = wireEvent();
      await collect(edge, wireBatch({ e: [first], i: FIRST_PARTY_ID }));
      await collect(edge, wireBatch({ e: [second], i: 'QW5vdGhlcklkQW5vdGhlcklk' }));
      const [one, two] = [await stored(first.i), await stored(second.i)];
      expect(one).toMatchObject({ linked: 0, purposes: 0 });
      expect(one['visitor_key']).toHaveLength(24);
      expect(two['visitor_key']).toBe(one['visitor_key']);
    });
    it('gives a refused visitor no key and no order key', async () => {
      const event = wireEvent({ n: 'purchase', m: { c: 'GBP', v: 100, o: 'A-1001' } });
      await collect(edge, wireBatch({ c: ['r', 0, 1], e: [event], i: FIRST_PARTY_ID }));
      expect(await stored(event.i)).toMatchObject({ visitor: null, order_key: null, value: 100 });
    });
    it('links a visitor who agreed by the first-party id alone, on one site only', async () => {
      const [here, again, elsewhere] = [wireEvent(), wireEvent(), wireEvent()];
      await collect(edge, wireBatch({ c: GRANTED, i: FIRST_PARTY_ID, e: [here] }));
      await collect(edge, wireBatch({ c: GRANTED, i: FIRST_PARTY_ID, e: [again] }), {
        'user-agent': `${BROWSER_AGENT} Other/1`,
      });
      await collect(edge, wireBatch({ c: GRANTED, i: FIRST_PARTY_ID, e: [elsewhere], s: 'other' }));
      const [one, two, three] = [await stored(here.i), await stored(again.i), await stored(elsewhere.i)];
      expect(one).toMatchObject({ linked: 1, purposes: 3 });
      expect(two['visitor_key']).toBe(one['visitor_key']);
      expect(three['visitor_key']).not.toBe(one['visitor_key']);
    });
    it.each([
      { why: 'strict drops the unasked', site: 'strict', consent: ['u', 0, 0], reason: 'unasked' },
      { why: 'strict drops the refused', site: 'strict', consent: ['r', 0, 1], reason: 'refused' },
      { why: 'exempt drops the refused', site: 'exempt', consent: ['r', 0, 1], reason: 'refused' },
    ] as const)('$why, and only counts', async ({ site, consent, reason }) => {
      const row = await siteRow(site);
      const before = await counted(row, 'no_consent', reason);
      const event = wireEvent();
      const response = await collect(edge, wireBatch({ s: site, c: consent, e: [event] }));
      expect(response.status).toBe(202);
      expect(await answerOf(response)).toEqual({ received: 1, refused: [] });
      await until(
        () => counted(row, 'no_consent', reason),
        (seen) => seen === before + 1,
      );
      expect(await rowOf(event.i)).toBeUndefined();
    });
    it('C2: Sec-GPC takes profile and share from a grant', async () => {
      const event = wireEvent();
      await collect(edge, wireBatch({ c: ['g', 15, 1], i: FIRST_PARTY_ID, e: [event] }), { 'sec-gpc': '1' });
      expect(await stored(event.i)).toMatchObject({ purposes: 1, linked: 1 });
    });
    it('C2: shows a visitor whether the signal was received, and what it takes away', async () => {
      const ask = async (headers: Record<string, string>): Promise<unknown> =>
        (await edge.fetch('/v1/consent/status', { headers })).json();
      expect(await ask({ 'sec-gpc': '1' })).toEqual({
        gpc: { received: true, honoured: true, removes: ['profile', 'personalise', 'share', 'publication'] },
      });
      expect(await ask({})).toEqual({ gpc: { received: false, honoured: false, removes: [] } });
    });
    it('keeps no referrer and campaign under exempt, and both under standard', async () => {
      const place = {
        u: `${SHOP_ORIGIN}/sale?utm_source=news&email=a@b.example`,
        r: 'https://search.example/?q=secret',
      };
      const [exempt, standard] = [wireEvent(place), wireEvent(place)];
      await collect(edge, wireBatch({ s: 'exempt', e: [exempt] }));
      await collect(edge, wireBatch({ e: [standard] }));
      expect(await stored(exempt.i)).toMatchObject({ path_text: '/sale', referrer_text: null, campaign_text: null });
      expect(await stored(standard.i)).toMatchObject({
        path_text: '/sale',
        referrer_text: 'search.example',
        campaign_text: 'utm_source=news',
      });
    });
  });

  describe('C1: the pixel of browsers without scripts', () => {
    const look = (query: string, headers: Record<string, string> = {}): Promise<Response> =>
      edge.fetch(`/v1/pixel.gif?${query}`, {
        headers: { referer: `${SHOP_ORIGIN}/no-scripts?q=1`, 'user-agent': BROWSER_AGENT, ...headers },
      });
    const views = async (site: string, path: string) =>
      ask(
        `SELECT e.visitor, e.purposes, v.linked FROM events e JOIN strings p ON p.id = e.path LEFT JOIN visitors v ON v.id = e.visitor
          WHERE e.site_id = ? AND p.value = ?`,
        await siteRow(site),
        path,
      );

    it('counts a page view under the key of the day, sets no cookie and is kept by no cache', async () => {
      const response = await look('s=shop');
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('image/gif');
      expect(response.headers.get('cache-control')).toContain('no-store');
      expect(response.headers.get('set-cookie')).toBeNull();
      expect((await response.arrayBuffer()).byteLength).toBe(42);
      const seen = await until(
        () => views('shop', '/no-scripts'),
        (rows) => rows.length === 1,
      );
      expect(seen).toMatchObject([{ purposes: 0, linked: 0 }]);
    });
    it('takes the page it is told, and no choice or id whatever is sent', async () => {
      const page = encodeURIComponent(`${SHOP_ORIGIN}/told`);
      await look(`s=shop&u=${page}&c=g&i=Zm9vYmFyYmF6cXV4MTIzNDU2`, { cookie: 'hushtag=Zm9vYmFyYmF6cXV4MTIzNDU2' });
      const seen = await until(
        () => views('shop', '/told'),
        (rows) => rows.length === 1,
      );
      expect(seen).toMatchObject([{ purposes: 0, linked: 0 }]);
    });
    it('stores nothing where the policy drops who was not asked, and says nothing of it', async () => {
      const row = await siteRow('strict');
      const before = await counted(row, 'no_consent', 'unasked');
      expect((await look('s=strict')).status).toBe(200);
      await until(
        () => counted(row, 'no_consent', 'unasked'),
        (seen) => seen === before + 1,
      );
      expect(await views('strict', '/no-scripts')).toEqual([]);
    });
    it.each([
      { why: 'another site’s page', query: 's=shop', referer: 'https://evil.example/', status: 403 },
      { why: 'no page at all', query: 's=shop', referer: '', status: 403 },
      { why: 'an unknown site', query: 's=nobody', referer: SHOP_ORIGIN, status: 400 },
      { why: 'no site', query: '', referer: SHOP_ORIGIN, status: 400 },
    ])('refuses $why with $status', async ({ query, referer, status }) => {
      expect((await look(query, { referer })).status).toBe(status);
    });
  });
}
