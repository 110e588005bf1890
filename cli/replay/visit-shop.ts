// cli/replay/visit-shop.ts: visitors of the example shop in a real browser.
import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, Page, Response as PageResponse } from 'playwright-core';

/** Who visits, and where. */
export interface VisitOptions {
  readonly shopOrigin: string;
  /** See {@link findChromium}. */
  readonly chromiumPath: string;
  readonly visitors: number;
  /** Called after each visit. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What the visits did, as far as the collector answered. */
export interface VisitReport {
  readonly visits: number;
  readonly purchases: number;
  /** Messages to the collector that it took. */
  readonly beacons: number;
  /** Visits whose last event nobody answered for: no collector, or a policy that drops such a visitor's events. */
  readonly unanswered: number;
}

/** What a visitor says to the banner; of five, three accept, one refuses and one looks away. */
const BANNER_ANSWERS = ['accept', 'accept', 'refuse', 'accept', 'ignore'] as const;
/** What a visitor comes for; of seven, four buy, one leaves a full basket behind and two only look. */
type Errand = 'look' | 'basket' | 'buy';
const ERRANDS: readonly Errand[] = ['buy', 'look', 'buy', 'basket', 'buy', 'look', 'buy'];
const VISITORS_MAX = 1_000;
const ANSWER_MS_MAX = 10_000;
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const BROWSER_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A browser that says it is driven by a program is set aside as a bot, rightly; here it plays a visitor.
  '--disable-blink-features=AutomationControlled',
];

/** A Chromium on this machine: `CHROMIUM_PATH` where it is set, else the usual places; undefined where there is none. */
export function findChromium(
  env: Readonly<Record<string, string | undefined>> = process.env,
  exists: (path: string) => boolean = existsSync,
): string | undefined {
  const { CHROMIUM_PATH: named } = env;
  return [...(named === undefined || named === '' ? [] : [named]), ...PLACES].find(exists);
}

/**
 * Visits the shop, each visitor in a fresh browser profile, one after the other.
 * @throws {Error} the browser doesn't start, playwright-core is not installed, or the shop isn't as expected.
 */
export async function visitShop(options: VisitOptions): Promise<VisitReport> {
  const visitors = Math.min(options.visitors, VISITORS_MAX);
  const browser = await launch(options.chromiumPath);
  let report: VisitReport = { visits: 0, purchases: 0, beacons: 0, unanswered: 0 };
  try {
    const userAgent = await plainUserAgent(browser);
    for (let nth = 0; nth < visitors; nth += 1) {
      const context = await browser.newContext({ userAgent, locale: 'en-GB' });
      report = added(report, await visitOnce(context, options.shopOrigin, nth));
      await context.close();
      options.onProgress?.(nth + 1, visitors);
    }
  } finally {
    await browser.close();
  }
  return report;
}

const added = (a: VisitReport, b: VisitReport): VisitReport => ({
  visits: a.visits + b.visits,
  purchases: a.purchases + b.purchases,
  beacons: a.beacons + b.beacons,
  unanswered: a.unanswered + b.unanswered,
});

async function launch(executablePath: string): Promise<Browser> {
  const playwright = await import('playwright-core').catch((cause: unknown) => {
    throw new Error('visiting the shop needs playwright-core; install the development packages with `npm ci`', {
      cause,
    });
  });
  return playwright.chromium.launch({ executablePath, args: BROWSER_ARGS });
}

/** The browser's own user agent without its mark of a browser that has no window, for the same reason as above. */
async function plainUserAgent(browser: Browser): Promise<string> {
  const page = await browser.newPage();
  const userAgent = await page.evaluate('navigator.userAgent');
  await page.close();
  return String(userAgent).replace('HeadlessChrome', 'Chrome');
}

async function visitOnce(context: BrowserContext, shopOrigin: string, nth: number): Promise<VisitReport> {
  const page = await context.newPage();
  const answers = listen(page);
  const errand = ERRANDS[nth % ERRANDS.length] ?? 'look';
  await page.goto(`${shopOrigin}/`);
  await page.locator('.grid .card').first().waitFor();
  const banner = BANNER_ANSWERS[nth % BANNER_ANSWERS.length] ?? 'ignore';
  if (banner !== 'ignore') await page.locator(`#${banner}`).click();
  const last = await runErrand(page, errand, nth);
  const isAnswered = await answers.of(last);
  return {
    visits: 1,
    purchases: isAnswered && last === 'purchase' ? 1 : 0,
    beacons: answers.count(),
    unanswered: isAnswered ? 0 : 1,
  };
}

/** Does what the visitor came for; returns the name of the last event that tells of it. */
async function runErrand(page: Page, errand: Errand, nth: number): Promise<string> {
  const cards = page.locator('.grid').first().locator('.card');
  const choices = await cards.count();
  for (const step of errand === 'buy' ? [0, 5] : [0]) {
    await page.locator('.brand').click();
    // Different visitors see different products, the same ones in every run.
    await cards.nth((nth * 3 + step) % choices).click();
    await page.locator('#add').waitFor();
    if (errand !== 'look') await page.locator('#add').click();
  }
  if (errand === 'look') return 'view_item';
  if (errand === 'basket') return 'add_to_cart';
  await page.locator('.basket-link').click();
  await page.locator('#checkout').click();
  await page.locator('#place').click();
  await page.locator('#order').waitFor();
  return 'purchase';
}

/** Notes what the collector took, by the names of the events. */
function listen(page: Page): { readonly of: (name: string) => Promise<boolean>; readonly count: () => number } {
  const taken = new Set<string>();
  let beacons = 0;
  const isTaken = (response: PageResponse): boolean =>
    response.status() === 202 &&
    response.request().method() === 'POST' &&
    new URL(response.url()).pathname.endsWith('/v1/collect');
  page.on('response', (response) => {
    if (!isTaken(response)) return;
    beacons += 1;
    for (const name of namesIn(response.request().postData())) taken.add(name);
  });
  return {
    count: () => beacons,
    of: async (name) => {
      if (taken.has(name)) return true;
      return page
        .waitForResponse((response) => isTaken(response) && namesIn(response.request().postData()).includes(name), {
          timeout: ANSWER_MS_MAX,
        })
        .then(
          () => true,
          () => false,
        );
    },
  };
}

/** Names of the events in a message on the wire; none where it isn't one. */
function namesIn(body: string | null): readonly string[] {
  try {
    const message = JSON.parse(body ?? '{}') as { readonly e?: readonly { readonly n?: string }[] };
    return (message.e ?? []).map((event) => event.n ?? '');
  } catch {
    return [];
  }
}
