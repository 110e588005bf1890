// e2e/console/page-suite.ts: laws that hold on every page: nothing moves when data comes, axe finds nothing, Chinese is whole, curl answers.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { PAGES } from '../../console/app/route.ts';
import { findingsOf } from './axe.ts';
import type { ConsoleUnderTest } from './use-console.ts';
import { goTo, openPage, settled } from './use-console.ts';

const run = promisify(execFile);
const WALK = [...PAGES, 'segments/cluster-1', 'rules/new'];
/** A quarter of what counts as bad for a whole visit, and half of what counts as good (web.dev/articles/cls). */
const MAX_SHIFT = 0.05;
/** What is of the server and of no site says so above its line: a person of all sites asks for it, no token of one site. */
const OF_THE_SERVER = /^# It needs the rights of a person/;
const DESKTOP = { width: 1_360, height: 900 };
const PHONE = { width: 360, height: 740 };
/** A walk over all pages takes its time on a busy machine. */
const WALK_TIME = { timeout: 240_000 };
/** The snippet of a site: the page makes it of its own address. */
const MADE_HERE = ['Put this into your pages'];
/** A stream never ends by itself; its head is what is looked at. */
const STREAM_SECONDS = 1;

interface Watched {
  readonly shifts: { value: number; observer: PerformanceObserver };
}

/** Sums what moves without somebody's doing. */
async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const take = (entries: PerformanceEntryList): void => {
      for (const entry of entries as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) shifts.value += entry.value;
      }
    };
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    const shifts = { value: 0, observer };
    observer.observe({ type: 'layout-shift' });
    Object.assign(globalThis, { shifts });
  });
}

const painted = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

const takeShift = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const { shifts } = globalThis as unknown as Watched;
    const sum = shifts.value;
    shifts.value = 0;
    return sum;
  });

/** English words in what a page says, without code, quotations, and what is marked as English (what `hushtag doctor` says). */
const englishIn = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const within = node.parentElement;
      if (within === null || within.closest('code, pre, script, style, textarea, select, [lang=en]') !== null) continue;
      const text = node.textContent ?? '';
      if (/\b[a-z]{3,} [a-z]{2,}\b/i.test(text.replaceAll(/“[^”]*”/g, ''))) found.push(text.trim());
    }
    return found;
  });

/** The lines of curl of a page, as its buttons copy them. */
async function curlLines(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const copied: string[] = [];
    Clipboard.prototype.writeText = (text) => {
      copied.push(text);
      return Promise.resolve();
    };
    for (const button of document.querySelectorAll('main button')) {
      if (button.textContent.includes('Copy as curl')) (button as HTMLElement).click();
    }
    return copied;
  });
}

/** Headings of the parts of a page that have no line of curl, nor has the page. What is made here and asked of nobody needs none. */
const withoutCurl = (page: Page): Promise<string[]> =>
  page.evaluate((own) => {
    const has = (place: Element): boolean => place.textContent.includes('Copy as curl');
    const main = document.querySelector('main');
    if (main === null || [...main.querySelectorAll('.page-actions')].some(has)) return [];
    const bare = [...main.querySelectorAll('.panel')].filter((panel) => !has(panel));
    return bare.map((panel) => panel.getAttribute('aria-label') ?? '').filter((name) => !own.includes(name));
  }, MADE_HERE);

/** What a terminal gets for a line: its HTTP status. */
async function statusOf(line: string, token: string): Promise<string> {
  const asked = `${line} -o /dev/null -w '%{http_code}' --max-time ${line.includes('/live') ? STREAM_SECONDS : 20}`;
  const env = { PATH: process.env['PATH'], TOKEN: token };
  try {
    return (await run('sh', ['-c', asked], { env })).stdout;
  } catch (fault) {
    return (fault as { stdout?: string }).stdout ?? '';
  }
}

/** How far what a page shows reaches out of a phone of 360 px, the narrowest that is common. */
const overflowOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const over = document.documentElement.scrollWidth - innerWidth;
    return over > 0 ? [`${over}px wider than a phone`] : [];
  });

/** Opens a page while its answers are held back, lets them come, and says how far that moved what stood there. */
async function shiftOf(page: Page, path: string): Promise<number> {
  let letThrough = (): void => undefined;
  const gate = new Promise<void>((open) => (letThrough = open));
  await page.route(/\/v1\//, async (route) => {
    await gate;
    await route.continue();
  });
  await goTo(page, `shop/${path}`);
  await page.locator('main h1').waitFor();
  await painted(page);
  await takeShift(page);
  letThrough();
  await settled(page);
  await painted(page);
  await page.unroute(/\/v1\//);
  return takeShift(page);
}

/** What was found on the pages, as `page: what`. */
interface Found {
  readonly moved: string[];
  readonly axe: string[];
  readonly wide: string[];
  readonly bare: string[];
  readonly refused: string[];
  readonly asked: Set<string>;
}

/** Looks at one page in all ways there are: one visit of it, for both themes and two sizes of a window. */
async function lookAt(page: Page, path: string, token: string, found: Found): Promise<void> {
  const told = (texts: readonly string[]): string[] => texts.map((text) => `${path}: ${text}`);
  await page.setViewportSize(DESKTOP);
  const shift = await shiftOf(page, path);
  if (shift > MAX_SHIFT) found.moved.push(`${path}: ${shift.toFixed(3)}`);
  found.bare.push(...told(await withoutCurl(page)));
  // What changes something is not sent here; the suites of work send those.
  const lines = (await curlLines(page)).filter(
    (line) => !/ -X /.test(line) && !OF_THE_SERVER.test(line) && !found.asked.has(line),
  );
  for (const line of lines) found.asked.add(line);
  const statuses = await Promise.all(lines.map((line) => statusOf(line, token)));
  found.refused.push(...told(lines.flatMap((line, n) => (statuses[n] === '200' ? [] : [`${statuses[n]} ${line}`]))));
  await page.setViewportSize(PHONE);
  found.wide.push(...told(await overflowOf(page)));
  found.axe.push(...told(await findingsOf(page, 'all')));
  await page.emulateMedia({ colorScheme: 'dark' });
  // Of what axe looks at, colours alone are other ones in another theme.
  found.axe.push(...told(await findingsOf(page, 'colours')));
  await page.emulateMedia({ colorScheme: 'light' });
}

/** One walk over all pages in English. */
async function walkEnglish(served: ConsoleUnderTest): Promise<Found> {
  const found: Found = { moved: [], axe: [], wide: [], bare: [], refused: [], asked: new Set() };
  const context = await served.visit({ colorScheme: 'light' });
  const page = await openPage(context, served.origin, 'shop/documents');
  await watchShifts(page);
  const token = await served.token(served.site);
  for (const path of WALK) await lookAt(page, path, token, found);
  await context.close();
  return found;
}

async function waysIn(context: BrowserContext, origin: string): Promise<string[]> {
  const page = await context.newPage();
  await page.goto(`${origin}/console/`);
  await settled(page);
  const light = await findingsOf(page, 'all');
  await page.emulateMedia({ colorScheme: 'dark' });
  return [...light, ...(await findingsOf(page, 'colours'))];
}

/** The suite. */
export function testPages(served: ConsoleUnderTest): void {
  describe('on every page', () => {
    let walked: Promise<Found> | undefined;
    const walk = (): Promise<Found> => (walked ??= walkEnglish(served));

    it('next to nothing moves when the data takes the place of what was kept for it', WALK_TIME, async () => {
      expect((await walk()).moved).toEqual([]);
    });

    it('axe finds nothing serious, in light and in dark', async () => {
      expect((await walk()).axe).toEqual([]);
    });

    it('nothing is wider than a phone', async () => {
      expect((await walk()).wide).toEqual([]);
    });

    it('every part can be had as a line of curl', async () => {
      expect((await walk()).bare).toEqual([]);
    });

    it('every question that is shown answers in a terminal, with a token', async () => {
      const { asked, refused } = await walk();
      expect(asked.size).toBeGreaterThan(WALK.length);
      expect(refused).toEqual([]);
    });

    it(
      'what is said in Chinese is said in Chinese, is as narrow, and axe finds nothing serious',
      WALK_TIME,
      async () => {
        const context = await served.visit({ locale: 'zh-CN', viewport: PHONE });
        const page = await openPage(context, served.origin, 'shop/segments');
        const left: string[] = [];
        for (const path of WALK) {
          await goTo(page, `shop/${path}`);
          await settled(page);
          const texts = [...(await englishIn(page)), ...(await overflowOf(page)), ...(await findingsOf(page, 'words'))];
          left.push(...texts.map((text) => `${path}: ${text}`));
        }
        expect(left).toEqual([]);
        await context.close();
      },
    );
  });

  it.each(['en-GB', 'zh-CN'])('axe finds nothing serious at the way in, in both themes (%s)', async (locale) => {
    const context = await served.browser.newContext({ locale, colorScheme: 'light', reducedMotion: 'reduce' });
    expect(await waysIn(context, served.origin)).toEqual([]);
    await context.close();
  });
}
