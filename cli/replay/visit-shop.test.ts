// cli/replay/visit-shop.test.ts
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shop } from './shop-server.ts';
import { serveShop } from './shop-server.ts';
import type { Asked, Reply } from './testing.ts';
import { startCollector } from './testing.ts';
import { findChromium, visitShop } from './visit-shop.ts';

/** Stands in for the tag: sends each call at once, as a message that holds only the names the visits look for. */
const TAG = `
  const { src, dataset: { site } } = document.currentScript;
  const waiting = window.hushtag ?? [];
  const send = (n, given) => fetch(new URL('v1/collect', src), {
    method: 'POST', keepalive: true, body: JSON.stringify({ s: site, w: navigator.webdriver, e: [{ n, given }] }),
  });
  window.hushtag = new Proxy({}, { get: (_, call) => (given) => send(call, given) });
  for (const [call, given] of waiting) window.hushtag[call](given);
`;
const CORS = { 'access-control-allow-origin': '*' };
const tagOrAnswer = (asked: Asked): Reply =>
  asked.url === '/tag.full.js'
    ? { status: 200, headers: { 'content-type': 'text/javascript' }, body: TAG }
    : { status: 202, headers: CORS, body: '{"received":1,"refused":[]}' };

interface Told {
  readonly n: string;
  readonly given: unknown;
}
interface Sent {
  readonly w: boolean;
  readonly e: readonly Told[];
}
const sentIn = (asked: readonly Asked[]): readonly Sent[] =>
  asked.filter((one) => one.method === 'POST').map((one) => JSON.parse(one.body) as Sent);
const toldIn = (asked: readonly Asked[]): readonly Told[] => sentIn(asked).flatMap((sent) => sent.e);
const countsOf = (told: readonly Told[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { n } of told) counts[n] = (counts[n] ?? 0) + 1;
  return counts;
};

const BROWSER_TEST_MS_MAX = 120_000;
const chromiumPath = findChromium() ?? 'no Chromium: set CHROMIUM_PATH or install the package chromium';

describe('visits to the example shop in a real browser', { timeout: BROWSER_TEST_MS_MAX }, () => {
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let shop: Shop;
  beforeAll(async () => {
    collector = await startCollector(tagOrAnswer);
    shop = await serveShop({ port: 0, collector: collector.url });
  });
  afterAll(async () => {
    await shop.close();
    await collector.close();
  });

  it('looks, fills a basket, buys, and answers the banner, in the shares it says', async () => {
    const progress: number[] = [];
    const report = await visitShop({
      shopOrigin: shop.origin,
      chromiumPath,
      visitors: 5,
      onProgress: (done) => progress.push(done),
    });
    const told = toldIn(collector.asked);
    const counts = countsOf(told);
    expect(report).toEqual({ visits: 5, purchases: 3, beacons: told.length, unanswered: 0 });
    expect(progress).toEqual([1, 2, 3, 4, 5]);
    expect(counts).toEqual({ consent: 4, view_item: 8, add_to_cart: 7, view_cart: 3, begin_checkout: 3, purchase: 3 });
    expect(told.filter(({ n }) => n === 'consent').map(({ given }) => given)).toEqual([
      'grant',
      'grant',
      'refuse',
      'grant',
    ]);
  });

  it('tells of a purchase what GA4 asks for: order, currency, and a value that is the sum of its items', async () => {
    const purchases = toldIn(collector.asked).filter(({ n }) => n === 'purchase');
    for (const { given } of purchases) {
      expect(given).toEqual({
        transaction_id: expect.stringMatching(/^W[0-9A-Z]{7}$/) as unknown,
        currency: 'GBP',
        value: expect.closeTo(valueOf(given)) as unknown,
        items: [anItem, anItem],
      });
    }
    expect(purchases.length).toBe(3);
  });

  it('plays a person: neither the browser nor its user agent says it is driven', () => {
    expect(new Set(sentIn(collector.asked).map((sent) => sent.w))).toEqual(new Set([false]));
    expect(collector.asked.filter((one) => /headless/i.test(one.headers['user-agent'] ?? ''))).toEqual([]);
  });
});

const anItem = {
  item_id: expect.any(String) as unknown,
  item_name: expect.any(String) as unknown,
  price: expect.any(Number) as unknown,
  quantity: 1,
};
const valueOf = (given: unknown): number => {
  const { items } = given as { readonly items: readonly { readonly price: number; readonly quantity: number }[] };
  return items.reduce((sum, item) => sum + item.price * item.quantity, 0);
};

describe('findChromium', () => {
  it.each([
    {
      why: 'the one that is named',
      env: { CHROMIUM_PATH: '/opt/c' },
      there: ['/opt/c', '/usr/bin/chromium'],
      is: '/opt/c',
    },
    {
      why: 'a usual one, where the named one is missing',
      env: { CHROMIUM_PATH: '/opt/c' },
      there: ['/usr/bin/chromium'],
      is: '/usr/bin/chromium',
    },
    {
      why: 'the first usual one',
      env: {},
      there: ['/usr/bin/google-chrome', '/usr/bin/chromium-browser'],
      is: '/usr/bin/chromium-browser',
    },
    {
      why: 'the last usual one',
      env: { CHROMIUM_PATH: '' },
      there: ['/usr/bin/google-chrome'],
      is: '/usr/bin/google-chrome',
    },
    { why: 'none', env: {}, there: [], is: undefined },
  ])('finds $why', ({ env, there, is }) => {
    expect(findChromium(env, (path) => there.some((one) => one === path))).toBe(is);
  });
});
