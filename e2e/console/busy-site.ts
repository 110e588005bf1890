// e2e/console/busy-site.ts: made-up visits of four weeks, enough of them a day for reports to show numbers under P3; for pictures.
import { seeded } from '../../bench/random.ts';
import { CONSENT_SOURCES, DAY_MS } from '../../contract/index.ts';
import { freshId, siteId } from '../support/edge-under-test.ts';
import type { DemoSite } from './demo-site.ts';
import { addSite } from '../../store/index.ts';

const SITE = siteId('tea-shop');
const DAYS = 42;
const VISITORS_A_DAY = 150;
const AT_ONCE = 8;
const PATHS = ['/', '/tea/green', '/tea/black', '/tea/oolong', '/pots', '/basket'];

const SOURCE = CONSENT_SOURCES.indexOf('import');

/** Most agree, half of those to profiles too; some refuse, and some are not asked. */
function choiceOf(random: () => number): readonly [string, number, number] {
  const chance = random();
  if (chance < 0.42) return ['g', 3, SOURCE];
  if (chance < 0.75) return ['g', 1, SOURCE];
  return chance < 0.92 ? ['r', 0, SOURCE] : ['u', 0, 0];
}

/** Sends them. @returns the site's id. */
export async function addBusySite(demo: DemoSite): Promise<string> {
  const random = seeded(42);
  await addSite(demo.db, { id: SITE, origins: ['https://tea.example'], policy: 'standard', floor: 50, at: Date.now() });
  const token = await demo.token(SITE, ['import']);
  const visit = async (day: number, nth: number): Promise<void> => {
    const at = Date.now() - day * DAY_MS - Math.floor(random() * 0.3 * DAY_MS);
    const isBack = day < DAYS - 7 && random() < 0.25;
    const who = isBack ? (day + 7) * 1_000 + nth : day * 1_000 + nth;
    const id = btoa(`visitor-${String(who).padStart(8, '0')}`.padEnd(18, '0'));
    const names = ['page_view', 'view_item', 'add_to_cart', 'begin_checkout', 'purchase'];
    const depth = 1 + Math.floor(random() ** 1.6 * names.length);
    const events = names.slice(0, depth).map((n, step) => ({
      i: freshId(at + step * 30_000),
      n,
      t: at + step * 30_000,
      u: `https://tea.example${PATHS[Math.floor(random() * (step === 0 ? 2 : PATHS.length))] ?? '/'}`,
      ...(n === 'purchase'
        ? { m: { c: 'GBP', v: 1_000 + Math.floor(random() * 4_000), o: `order-${day}-${nth}` } }
        : {}),
    }));
    const consent = choiceOf(random);
    const gpc = random() < 0.12 ? { 'sec-gpc': '1' } : {};
    const body = JSON.stringify({ v: 1, s: SITE, t: Date.now(), c: consent, i: id, e: events });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain', ...gpc };
    const answer = await fetch(`${demo.origin}/v1/collect`, { method: 'POST', body, headers });
    if (answer.status !== 202) throw new Error(`a visit was refused: ${answer.status} ${await answer.text()}`);
  };
  for (let day = DAYS; day >= 0; day -= 1) {
    const visitors = Math.round(
      VISITORS_A_DAY * (1 + 0.25 * Math.sin((day / 7) * 2 * Math.PI)) * (day === 9 ? 2.2 : 1),
    );
    for (let nth = 0; nth < visitors; nth += AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, visitors - nth) }, (_, one) => visit(day, nth + one)));
    }
  }
  return SITE;
}
