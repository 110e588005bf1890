// e2e/console/busy-site.ts: made-up visits of six weeks, enough of them a day for reports to show numbers under P3; for pictures.
import { seeded } from '../../bench/random.ts';
import { DAY_MS } from '../../contract/index.ts';
import { addSite } from '../../store/index.ts';
import { SHOP_ORIGIN, siteId } from '../support/edge-under-test.ts';
import type { DemoSite } from './demo-site.ts';

const SITE = siteId('tea-shop');
const DAYS = 42;
const VISITORS_A_DAY = 150;
const STEP_MS = 30_000;
const PATHS = ['/', '/tea/green', '/tea/black', '/tea/oolong', '/pots', '/basket'];
const NAMES = ['page_view', 'view_item', 'add_to_cart', 'begin_checkout', 'purchase'];
const ITEMS = ['Sencha', 'Assam', 'Oolong', 'Glass pot', 'Cup'];
const REFERRERS = [
  undefined,
  undefined,
  'https://www.google.com/',
  'https://www.facebook.com/',
  'https://news.example/',
];
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
];

type Random = () => number;
const oneOf = <Thing>(random: Random, things: readonly [Thing, ...Thing[]] | readonly Thing[]): Thing | undefined =>
  things[Math.floor(random() * things.length)];

/** Most agree, half of those to profiles too; the others refuse. Who is not asked has a key of their day, which is gone for days past. */
function consentOf(random: Random): Readonly<Record<string, unknown>> {
  const chance = random();
  if (chance < 0.42) return { state: 'granted', purposes: ['measure', 'profile'] };
  if (chance < 0.75) return { state: 'granted', purposes: ['measure'] };
  return { state: 'refused' };
}

/** What an event of a visit happened with. */
function paramsOf(random: Random, name: string, order: string): Readonly<Record<string, unknown>> {
  if (name === 'page_view') return {};
  const [item_name = '', price] = [oneOf(random, ITEMS), 10 + Math.floor(random() * 40)];
  const items = [{ item_id: item_name.toLowerCase().replace(' ', '-'), item_name, price, quantity: 1 }];
  return { currency: 'GBP', value: price, items, ...(name === 'purchase' ? { transaction_id: order } : {}) };
}

/** The lines of one visit: some of the way from a first view to a purchase, and how fast the first page was. */
function visitOf(random: Random, now: number, day: number, nth: number): readonly object[] {
  const at = now - day * DAY_MS - Math.floor((0.02 + 0.3 * random()) * DAY_MS);
  const isBack = day < DAYS - 7 && random() < 0.25;
  const who = isBack ? (day + 7) * 1_000 + nth : day * 1_000 + nth;
  const consent = consentOf(random);
  const id = btoa(`visitor-${String(who).padStart(8, '0')}`.padEnd(18, '0'));
  const shared = {
    // A browser keeps one for who agreed alone; with a refusal it would withdraw what was agreed to.
    ...(consent['state'] === 'granted' ? { first_party_id: id } : {}),
    consent,
    gpc: random() < 0.12,
    source: 'web',
    user_agent: oneOf(random, AGENTS),
    address: `192.0.2.${nth % 250}`,
  };
  const depth = 1 + Math.floor(random() ** 1.6 * NAMES.length);
  const referrer = oneOf(random, REFERRERS);
  const steps = NAMES.slice(0, depth).map((name, step) => ({
    ...shared,
    name,
    time: at + step * STEP_MS,
    url: `${SHOP_ORIGIN}${PATHS[Math.floor(random() * (step === 0 ? 2 : PATHS.length))] ?? '/'}`,
    ...(step === 0 && referrer !== undefined ? { referrer } : {}),
    params: paramsOf(random, name, `order-${day}-${nth}`),
  }));
  const vitals = {
    lcp: Math.round(900 + random() * 1_800),
    inp: Math.round(40 + random() * 200),
    cls: random() * 0.12,
  };
  return [...steps, { ...shared, name: 'web_vitals', time: at + 1_000, url: `${SHOP_ORIGIN}/`, params: vitals }];
}

/** Sends them as one import. @returns the site's id. */
export async function addBusySite(demo: DemoSite): Promise<string> {
  const random = seeded(42);
  const now = Date.now();
  await addSite(demo.db, { id: SITE, origins: [SHOP_ORIGIN], policy: 'standard', floor: 50, at: now });
  const lines: string[] = [];
  for (let day = DAYS; day >= 0; day -= 1) {
    const week = 1 + 0.25 * Math.sin((day / 7) * 2 * Math.PI);
    const visitors = Math.round(VISITORS_A_DAY * week * (day === 9 ? 2.2 : 1));
    for (let nth = 0; nth < visitors; nth += 1) {
      lines.push(...visitOf(random, now, day, nth).map((line) => JSON.stringify(line)));
    }
  }
  const answer = await fetch(`${demo.origin}/v1/import`, {
    method: 'POST',
    body: lines.join('\n'),
    headers: { authorization: `Bearer ${await demo.token(SITE, ['import'])}`, 'content-type': 'application/x-ndjson' },
  });
  const text = await answer.text();
  if (!text.includes(`"accepted":${lines.length},`)) throw new Error(`of ${lines.length} lines: ${text}`);
  return SITE;
}
