// e2e/engines/delivery-suite.ts: what is called arrives, once, whatever happens on the way.
import type { EngineFacts } from './engine.ts';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMERCE_EVENTS } from '../../contract/index.ts';
import { becomes } from './engine.ts';
import type { Watched } from './watch-page.ts';
import type { Tagged, Visit } from './use-shop.ts';

const CART = {
  currency: 'EUR',
  value: 39.98,
  items: [{ item_id: 'A1', item_name: 'Teapot', price: 19.99, quantity: 2 }],
};
const integrityOf = (text: string | Buffer): string => `sha384-${createHash('sha384').update(text).digest('base64')}`;
const TAG = integrityOf(readFileSync(new URL('../../dist/tag.full.js', import.meta.url)));
/** In the head, so that it is heard before the tag's own listener sends what is left. */
const TELL_AS_HIDDEN = "<script>addEventListener('visibilitychange',()=>hushtag.track('last_word'),true)</script>";
/** A policy that lets nothing in but from the page's own host. */
const SELF = { 'content-security-policy': "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'" };

export function deliverySuite(visit: Visit, facts: EngineFacts): void {
  describe('commerce calls', () => {
    it('arrive, each by GA4’s name and as it was given, and are stored', async () => {
      const { shop } = visit;
      await visit.open('/');
      await shop.arrived('page_view');
      await visit.engine.run(([names, cart]) => {
        const { hushtag } = window as unknown as Tagged;
        for (const name of names) hushtag[name](cart);
      }, [COMMERCE_EVENTS, CART] as const);
      await shop.arrived(COMMERCE_EVENTS.at(-1) ?? '');
      const [, ...called] = shop.events();
      expect(called.map(({ n }) => n)).toEqual([...COMMERCE_EVENTS]);
      expect(called.every(({ p }) => JSON.stringify(p) === JSON.stringify(CART))).toBe(true);
      expect((await shop.stored()).map(([name]) => name).sort()).toEqual(['page_view', ...COMMERCE_EVENTS].sort());
    });
  });

  describe('D1: nothing is lost, nothing counted twice', () => {
    it.each([
      { why: 'that waited for consent on a page that is left at once', name: 'page_view', head: '' },
      { why: 'that the page tells of as it is hidden', name: 'last_word', head: TELL_AS_HIDDEN },
    ])('goes by beacon or fetchLater as the page goes: an event $why', async ({ name, head }) => {
      const { shop } = visit;
      await visit.passThrough('/', head);
      const last = shop.all.find(({ message }) => message.e.some(({ n, u }) => n === name && u === `${shop.origin}/`));
      expect(await visit.engine.run(() => 'fetchLater' in window, undefined)).toBe(facts.hasFetchLater);
      // A beacon asks for no answer; what fetch and fetchLater send is in mode cors.
      expect(last?.headers['sec-fetch-mode']).toBe(facts.hasFetchLater ? 'cors' : 'no-cors');
      expect(shop.all.at(-1)?.headers['sec-fetch-mode']).toBe('cors');
      const events = shop.all.flatMap(({ message }) => message.e).length;
      expect(await shop.ledger()).toEqual({ received: events, stored: events });
    });

    it('waits as long as Retry-After says and repeats the ids, where the edge did not get the message', async () => {
      const { shop } = visit;
      shop.fail('kept_back');
      await visit.open('/');
      const views = await shop.arrived('page_view', 2);
      expect(views[1]?.i).toBe(views[0]?.i);
      expect((shop.all[1]?.message.t ?? 0) - (shop.all[0]?.message.t ?? 0)).toBeGreaterThanOrEqual(1_000);
      expect(await shop.ledger()).toEqual({ received: 1, stored: 1 });
    });

    it('is counted once where the edge got the message and its answer was lost', async () => {
      const { shop } = visit;
      shop.fail('answer_lost');
      await visit.open('/');
      await shop.arrived('page_view', 2);
      expect(await shop.stored()).toHaveLength(1);
      expect(await shop.ledger()).toEqual({ received: 2, stored: 1, duplicate: 1 });
    });

    it('asks for no preflight, and sends the page’s cookies to no other origin', async () => {
      const { shop } = visit;
      shop.serve('/', { head: "<script>document.cookie='session=secret'</script>" });
      await visit.open('/');
      await shop.arrived('page_view');
      expect(shop.all[0]?.headers).toMatchObject({ 'content-type': 'text/plain;charset=UTF-8', origin: shop.origin });
      expect(shop.all[0]?.headers).not.toHaveProperty('cookie');
      expect(shop.all[0]?.status).toBe(202);
      expect(shop.preflights()).toBe(0);
      // Cookies know no ports: those of other tests' shops are the same.
      await visit.engine.run(() => void (document.cookie = 'session=; max-age=0'), undefined);
    });
  });

  describe('S1: a strict content security policy', () => {
    it('that lets scripts in from the page’s own host alone, with subresource integrity, forbids nothing the tag does', async () => {
      const { shop } = visit;
      shop.serve('/', { isFirstParty: true, headers: SELF, attributes: `integrity="${TAG}"` });
      await visit.open('/');
      await shop.arrived('page_view');
      await visit.call('consent', 'grant');
      await visit.call('purchase', { transaction_id: 'T-1', ...CART });
      await shop.arrived('purchase');
      expect(await shop.ledger()).toEqual({ received: 2, stored: 2 });
    });

    it('starts nothing where the script is not the one that was meant', async () => {
      const { shop } = visit;
      shop.serve('/', {
        isFirstParty: true,
        attributes: `integrity="${integrityOf('another')}" onerror="window.isRefused=true"`,
      });
      await visit.engine.goto(`${shop.origin}/`);
      await becomes(visit.engine, () => 'isRefused' in window, undefined);
      expect(await visit.engine.run(() => 'hushtag' in window, undefined)).toBe(false);
      expect(await visit.engine.run(() => (window as unknown as Watched).touched, undefined)).toEqual([]);
      expect(shop.all).toEqual([]);
    });
  });
} // biome-ignore format: long lines
