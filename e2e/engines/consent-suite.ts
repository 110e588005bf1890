// e2e/engines/consent-suite.ts: what an engine stores, reads and sends before and after a visitor's choice.
import { describe, expect, it } from 'vitest';
import { bitsOf, PURPOSE_BITS_ALL } from '../../contract/index.ts';
import type { EngineFacts } from './engine.ts';
import type { Tagged, Visit } from './use-shop.ts';

/** How an extension sets the signal where the browser has none of its own; no header comes with it. */
const GPC_BY_SCRIPT = `<script>Object.defineProperty(Navigator.prototype,'globalPrivacyControl',{get:()=>true})</script>`;
const MEASURE = bitsOf(['measure']);

export function consentSuite(visit: Visit, facts: EngineFacts): void {
  describe('C1, S1: nothing is touched, stored or sent before it may', () => {
    it('is seen by traps that notice every use', async () => {
      await visit.engine.goto(`${visit.shop.origin}/`);
      await visit.shop.arrived('page_view');
      await visit.engine.run(async () => {
        document.cookie = 'a=1; max-age=0';
        void document.cookie;
        sessionStorage.getItem('a');
        indexedDB.open('a');
        navigator.sendBeacon('/beacon');
        await fetch('/fetched');
        new XMLHttpRequest().open('GET', '/opened');
        void [navigator.userAgent, navigator.languages, screen.width, new Date().getTimezoneOffset()];
        document.createElement('canvas').getContext('2d');
      }, undefined);
      const seen = ['cookie', 'sessionStorage', 'getItem', 'indexedDB', 'open', 'sendBeacon', 'fetch', 'userAgent', 'languages', 'width', 'getTimezoneOffset', 'getContext'];
      expect(await visit.touched()).toEqual(expect.arrayContaining(seen));
    });

    it('strict: touches nothing until the visitor agrees, sends then what waited, and forgets on withdrawal', async () => {
      const { shop } = visit;
      shop.serve('/', { attributes: 'data-policy="strict"' });
      await visit.open('/');
      await visit.call('track', 'waited');
      await visit.engine.run(() => history.pushState(null, '', '/pushed'), undefined);
      await visit.flushed();
      expect(await visit.touched()).toEqual([]);
      expect(await visit.stored()).toEqual([]);
      expect(shop.all).toEqual([]);
      expect(shop.requests).toEqual(['GET /']);

      await visit.call('consent', 'grant');
      await shop.arrived('waited');
      expect(shop.events().map(({ n }) => n)).toEqual(['page_view', 'waited', 'page_view']);
      expect(shop.all[0]?.message.i).toMatch(/^\d{13}(-\d+){4}$/);
      expect(await visit.stored()).toEqual(['hushtag']);
      expect(await shop.stored()).toEqual(['page_view', 'waited', 'page_view'].map((name) => [name, PURPOSE_BITS_ALL, true]));

      await visit.call('consent', 'refuse');
      await visit.call('track', 'refused');
      expect(await visit.stored()).toEqual([]);
      // A page that may send, to be sure that the refused had its chance.
      await visit.open('/other');
      await shop.arrived('page_view', 3);
      expect(shop.events().map(({ n }) => n)).toEqual(['page_view', 'waited', 'page_view', 'withdraw', 'page_view']);
      expect(shop.all.at(-1)?.message).not.toHaveProperty('i');
      const received = shop.all.flatMap(({ message }) => message.e).length;
      expect(await shop.ledger()).toEqual({ received, stored: received });
      // The edge has heard whose consent has ended.
      expect(await shop.receipts()).toEqual([['granted', PURPOSE_BITS_ALL], ['withdrawn', 0]]);
    });

    it('a page that is brought back after another withdrew goes on as refused, and the edge hears of no new grant', async () => {
      const { shop } = visit;
      shop.serve('/first', { attributes: 'data-consent="measure"' });
      shop.serve('/second', { attributes: 'data-consent="refuse"' });
      await visit.open('/first');
      await shop.arrived('page_view', 1);
      await visit.engine.run(() => void Object.assign(window, { isTheSame: true }), undefined);
      await visit.open('/second');
      await shop.arrived('withdraw');
      await visit.back();
      await visit.path('/first');
      for (const name of ['restored', 'later']) await visit.call('track', name);
      await shop.arrived('later');
      expect(await visit.engine.run(() => 'isTheSame' in window, undefined)).toBe(true);
      expect(shop.all.map(({ message }) => typeof message.i)).toEqual(['string', ...shop.all.slice(1).map(() => 'undefined')]);
      expect(await visit.stored()).toEqual([]);
      expect(await shop.receipts()).toEqual([['granted', MEASURE], ['withdrawn', 0]]);
    });

    it('and so does one that is open beside it', async () => {
      const { shop } = visit;
      shop.serve('/beside', { attributes: 'data-consent="measure"' });
      shop.serve('/', { head: '<iframe src="/beside"></iframe>', attributes: 'data-consent="measure"' });
      await visit.open('/');
      await shop.arrived('page_view', 2);
      const before = shop.all.length;
      expect(new Set(shop.all.map(({ message }) => message.i)).size).toBe(1);
      await visit.call('consent', 'refuse');
      const trackBeside = async (name: string): Promise<void> =>
        visit.engine.run((given) => (window.frames[0] as unknown as Tagged).hushtag.track(given), name);
      for (const name of ['first', 'second']) await trackBeside(name);
      await shop.arrived('second');
      expect(shop.all.slice(before).filter(({ message }) => 'i' in message)).toEqual([]);
      expect(await visit.stored()).toEqual([]);
      expect(await shop.receipts()).toEqual([['granted', MEASURE], ['withdrawn', 0]]);
    });

    it('strict: sends nothing of a visitor who refuses, not even as the page goes', async () => {
      const { shop } = visit;
      shop.serve('/', { attributes: 'data-policy="strict"' });
      await visit.open('/');
      await visit.call('consent', 'refuse');
      await visit.call('track', 'refused');
      await visit.flushed();
      // What an earlier grant may have left is looked for, to wipe it.
      expect(new Set(await visit.touched())).toEqual(new Set(['localStorage']));
      expect(await visit.stored()).toEqual([]);
      await visit.open('/other');
      await shop.arrived('page_view');
      expect(shop.viewed()).toEqual(['/other']);
    });

    it('standard: counts an unasked visitor without an id, and stores nothing', async () => {
      await visit.open('/');
      await visit.shop.arrived('page_view');
      expect(visit.shop.all[0]?.message).toMatchObject({ c: ['u'] });
      expect(visit.shop.all[0]?.message).not.toHaveProperty('i');
      // Read is the mark of an opt-out alone.
      expect(new Set(await visit.touched())).toEqual(new Set(['localStorage', 'fetch']));
      expect(await visit.stored()).toEqual([]);
      expect(await visit.shop.stored()).toEqual([['page_view', 0, false]]);
    });

    it('keeps an opt-out over pages, whatever is granted later', async () => {
      const { shop } = visit;
      shop.serve('/next', { attributes: 'data-consent="grant"' });
      await visit.open('/');
      await shop.arrived('page_view');
      await visit.call('optOut');
      await visit.open('/next');
      await visit.call('track', 'after');
      await visit.flushed();
      expect(shop.viewed()).toEqual(['/']);
      expect(await visit.stored()).toEqual(['hushtag']);
    });
  });

  describe('C2: Global Privacy Control', () => {
    it('set by a script, is told with the choice and leaves `measure`', async () => {
      const { shop } = visit;
      shop.serve('/', { head: GPC_BY_SCRIPT, attributes: 'data-consent="grant"' });
      await visit.open('/');
      await shop.arrived('page_view');
      expect(shop.all[0]?.message.c).toEqual(['g', 'measure,profile,personalise,share limited', 1]);
      expect(shop.all[0]?.headers['sec-gpc']).toBeUndefined();
      expect(await shop.stored()).toEqual([['page_view', MEASURE, true]]);
    });

    it('makes no id for profiling alone', async () => {
      visit.shop.serve('/', { head: GPC_BY_SCRIPT, attributes: 'data-consent="profile"' });
      await visit.open('/');
      await visit.shop.arrived('page_view');
      expect(visit.shop.all[0]?.message).not.toHaveProperty('i');
      expect(await visit.stored()).toEqual([]);
    });
  });

  describe('C2: GET /v1/consent/status', () => {
    it('answers that no signal came where the browser sends none', async () => {
      await visit.open('/');
      const status = await visit.engine.run(
        async (collector) => (await (await fetch(`${collector}/v1/consent/status`)).json()) as unknown,
        visit.shop.collector,
      );
      expect(status).toEqual({ gpc: { received: false, honoured: false, removes: [] } });
    });
  });

  describe('D2: a browser that says it is driven by a program', () => {
    it('is kept out as a bot by the edge, whichever engine it is', async () => {
      const driven = "<script>Object.defineProperty(Navigator.prototype,'webdriver',{get:()=>true})</script>";
      visit.shop.serve('/', { saysItIsDriven: true, head: driven, attributes: 'data-consent="grant"' });
      await visit.open('/');
      await visit.shop.arrived('page_view');
      expect(visit.shop.all[0]?.message.w).toBe(true);
      const received = visit.shop.all.flatMap(({ message }) => message.e).length;
      expect(await visit.shop.ledger()).toEqual({ received, bot: received });
      expect(await visit.shop.stored()).toEqual([]);
      expect(await visit.shop.receipts()).toEqual([]);
    });

    it('is marked, and counted as a bot', async () => {
      visit.shop.serve('/', { saysItIsDriven: true });
      await visit.open('/');
      await visit.shop.arrived('page_view');
      expect(await visit.engine.run(() => navigator.webdriver, undefined)).toBe(facts.saysItIsDriven);
      expect(visit.shop.all[0]?.message.w).toBe(facts.saysItIsDriven);
      expect(await visit.shop.ledger()).toEqual({ received: 1, [facts.saysItIsDriven ? 'bot' : 'stored']: 1 });
    });
  });
} // biome-ignore format: two long lines
