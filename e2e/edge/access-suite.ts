// e2e/edge/access-suite.ts: who may write and read what (P6, P7), and what is never written (P1).
import { describe, expect, it } from 'vitest';
import type { WireBatch } from '../../contract/index.ts';
import {
  BROWSER_AGENT,
  collect,
  freshId,
  SHOP_ORIGIN,
  siteId,
  until,
  wireBatch,
  wireEvent,
} from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';

const FIRST_PARTY_ID = 'Zm9vYmFyYmF6cXV4MTIzNDU2';
const GRANTED: WireBatch['c'] = ['g', 3, 1];

/** Runs these tests against an edge. */
export function accessSuite(edge: SuiteEdge): void {
  const { rowOf, stored, counted } = edge;

  describe('P7: tenants never meet', () => {
    it.each([
      { why: 'another origin', headers: { origin: 'https://evil.example' } },
      { why: 'another port of the same host', headers: { origin: `${SHOP_ORIGIN}:8443` } },
      { why: 'the null origin', headers: { origin: 'null' } },
    ])('refuses $why and counts it to nobody', async ({ headers }) => {
      const before = await counted(0, 'invalid', 'origin_not_allowed');
      const event = wireEvent();
      expect((await collect(edge, wireBatch({ e: [event] }), headers)).status).toBe(403);
      await until(
        () => counted(0, 'invalid', 'origin_not_allowed'),
        (seen) => seen === before + 1,
      );
      expect(await rowOf(event.i)).toBeUndefined();
    });
    it('takes history with an import token of the same site only', async () => {
      const at = Date.UTC(2010, 11, 1, 8, 26);
      const [mine, foreign] = [wireEvent({ i: freshId(at), t: at }), wireEvent({ i: freshId(at), t: at })];
      const token = await edge.token(siteId('shop'), ['import']);
      const headers = {
        authorization: `Bearer ${token}`,
        origin: 'https://anywhere.example',
        'user-agent': 'importer',
      };
      expect((await collect(edge, wireBatch({ c: ['g', 3, 2], i: FIRST_PARTY_ID, e: [mine] }), headers)).status).toBe(
        202,
      );
      expect(await stored(mine.i)).toMatchObject({ at, linked: 1 });
      expect((await collect(edge, wireBatch({ s: 'other', e: [foreign] }), headers)).status).toBe(403);
      expect(await rowOf(foreign.i)).toBeUndefined();
    });
    it('stores imported events of nobody without a key', async () => {
      const at = Date.UTC(2010, 11, 1, 8, 26);
      const event = wireEvent({ i: freshId(at), t: at });
      const token = await edge.token(siteId('shop'), ['import']);
      await collect(edge, wireBatch({ e: [event] }), { authorization: `Bearer ${token}` });
      expect(await stored(event.i)).toMatchObject({ visitor: null });
    });
  });

  describe('P6: nobody reads what they were not given', () => {
    const read = (path: string, token?: string): Promise<Response> =>
      edge.fetch(path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

    it.each(['/v1/sites/shop/segments', '/v1/sites/shop/segments/any', '/v1/sites/shop/ledger'])(
      'asks for a token at %s',
      async (path) => {
        const response = await read(path);
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toContain('Bearer');
        expect((await read(path, 'not.a.token')).status).toBe(401);
      },
    );
    it('refuses an expired token, a foreign signature and alg none', async () => {
      const expired = await edge.token(siteId('shop'), ['segments:read'], -10);
      const [header, payload] = (await edge.token(siteId('shop'), ['segments:read'])).split('.');
      const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
      const forged = `${header}.${payload}.${Buffer.alloc(64, 1).toString('base64url')}`;
      for (const token of [expired, none, forged])
        expect((await read('/v1/sites/shop/segments', token)).status).toBe(401);
    });
    it('tells a missing scope (403) from another site and from no site (both 404, word for word)', async () => {
      const token = await edge.token(siteId('shop'), ['ledger:read']);
      expect((await read('/v1/sites/shop/segments', token)).status).toBe(403);
      expect((await read('/v1/sites/shop/ledger', token)).status).toBe(200);
      const [other, nobody] = [
        await read('/v1/sites/other/segments', token),
        await read('/v1/sites/nobody/segments', token),
      ];
      expect([other.status, nobody.status]).toEqual([404, 404]);
      expect(await other.text()).toBe(await nobody.text());
    });
    it('answers a site without a run with no version and no segments', async () => {
      const token = await edge.token(siteId('other'), ['segments:read']);
      const response = await read('/v1/sites/other/segments', token);
      expect(await response.json()).toEqual({ site: 'other', version: null, model: null, segments: [] });
    });
  });

  describe('P1: no raw identifier at rest', () => {
    it('writes none of the marked values to any file or log line', async () => {
      const marked = {
        address: '198.51.100.77',
        agent: 'MarkedAgent7f3a/91.7',
        email: 'marked.person7f3a@mail.example',
        phone: '+44 7700 900731',
        order: 'ORDER-7f3a-900731',
        query: 'querymark7f3a',
        firstPartyId: 'MarkedFirstPartyId7f3aMark',
        customer: '77009007311',
      };
      const event = wireEvent({
        n: 'purchase',
        u: `${SHOP_ORIGIN}/account/${encodeURIComponent(marked.email)}/orders?session=${marked.query}&utm_source=${encodeURIComponent(marked.email)}#${marked.query}`,
        r: `https://${marked.query}:pw@mail.example/inbox?to=${marked.email}`,
        h: `Hello ${marked.email}, call ${marked.phone}`,
        p: {
          note: `mail ${marked.email}`,
          phone: marked.phone,
          customer_id: marked.customer,
          plan: 'gold',
          number: 77_009_007_311,
        },
        m: {
          c: 'GBP',
          v: 4_999,
          o: marked.order,
          k: `FOR-${marked.email}`,
          l: [{ i: marked.email, n: `For ${marked.email}` }],
        },
      });
      const headers = {
        'user-agent': `${BROWSER_AGENT} ${marked.agent}`,
        'x-forwarded-for': marked.address,
        'cf-connecting-ip': marked.address,
      };
      const messages: [WireBatch, string][] = [
        [wireBatch({ c: GRANTED, i: marked.firstPartyId, e: [event] }), 'granted'],
        [wireBatch({ e: [{ ...event, i: freshId() }] }), 'unasked'],
        [wireBatch({ c: ['r', 0, 1], e: [{ ...event, i: freshId() }] }), 'refused'],
        [wireBatch({ e: [{ ...event, i: freshId(), t: marked.email as never }] }), 'invalid'],
        [wireBatch({ s: marked.email, e: [event] }), 'unknown site'],
      ];
      for (const [message] of messages) await collect(edge, message, headers);
      await collect(edge, `{"v":1,"s":"${marked.email}`, headers);
      expect(await stored(event.i)).toMatchObject({ value: 4_999 });
      await edge.segment();
      const files = await edge.written();
      expect(files.some(({ name }) => name.endsWith('.db'))).toBe(true);
      // The search itself must work: a value that may stay is found.
      expect(files.some(({ bytes }) => bytes.includes('gold'))).toBe(true);
      for (const [field, value] of Object.entries(marked)) {
        const spellings = [
          value,
          value.toLowerCase(),
          value.toUpperCase(),
          encodeURIComponent(value),
          Buffer.from(value).toString('base64'),
          Buffer.from(value).toString('hex'),
          value.replaceAll(/[^\d]/g, '').length > 6 ? value.replaceAll(/[^\d]/g, '') : value,
        ];
        for (const spelling of spellings) {
          const hits = files.filter(({ bytes }) => bytes.includes(spelling)).map(({ name }) => name);
          expect({ field, hits }).toEqual({ field, hits: [] });
        }
      }
    });
    it('truncates the address before the key: two hosts of one network share a day key', async () => {
      const [one, two, far] = [wireEvent(), wireEvent(), wireEvent()];
      const from = (address: string) => ({ 'x-forwarded-for': address, 'cf-connecting-ip': address });
      await collect(edge, wireBatch({ e: [one] }), from('198.51.100.1'));
      await collect(edge, wireBatch({ e: [two] }), from('198.51.100.250'));
      await collect(edge, wireBatch({ e: [far] }), from('198.51.101.1'));
      const keys = [await stored(one.i), await stored(two.i), await stored(far.i)].map((row) => row['visitor_key']);
      expect(keys[0]).toBe(keys[1]);
      expect(keys[2]).not.toBe(keys[0]);
    });
  });
}
