// e2e/console/page-suite.ts: laws that hold on every page: nothing moves when data comes, Chinese is whole, every line of curl answers.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { PAGES } from '../../console/app/route.ts';
import type { ConsoleUnderTest } from './use-console.ts';
import { goTo, openPage, settled } from './use-console.ts';

const run = promisify(execFile);
const WALK = [...PAGES, 'segments/cluster-1', 'rules/new'];
/** A quarter of what counts as bad for a whole visit, and half of what counts as good (web.dev/articles/cls). */
const MAX_SHIFT = 0.05;
/** What is of the server and of no site: a person of all sites asks for it, no token of one site. */
const OF_THE_SERVER = /\/v1\/(?:people|health)'/;
/** A stream never ends by itself; its head is what is looked at. */
const STREAM_SECONDS = 1;

interface Watched {
  readonly shifts: { value: number; observer: PerformanceObserver };
  readonly copied: string[];
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
      if (button.textContent?.includes('Copy as curl') === true) (button as HTMLElement).click();
    }
    return copied;
  });
}

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

/** The suite. */
export function testPages(served: ConsoleUnderTest): void {
  describe('on every page', () => {
    it('next to nothing moves when the data takes the place of what was kept for it', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/documents');
      await watchShifts(page);
      const moved: string[] = [];
      for (const path of WALK) {
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
        const sum = await takeShift(page);
        if (sum > MAX_SHIFT) moved.push(`${path}: ${sum.toFixed(3)}`);
        await page.unroute(/\/v1\//);
      }
      expect(moved).toEqual([]);
      await context.close();
    });

    it('what is said in Chinese is said in Chinese', async () => {
      const context = await served.visit({ locale: 'zh-CN' });
      const page = await openPage(context, served.origin, 'shop/segments');
      const left: string[] = [];
      for (const path of WALK) {
        await goTo(page, `shop/${path}`);
        await settled(page);
        left.push(...(await englishIn(page)).map((text) => `${path}: ${text}`));
      }
      expect(left).toEqual([]);
      await context.close();
    });

    it('every question that is shown answers in a terminal, with a token', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/segments');
      const token = await served.token(served.site);
      const asked = new Set<string>();
      const refused: string[] = [];
      for (const path of WALK) {
        await goTo(page, `shop/${path}`);
        await settled(page);
        // What changes something is not sent here; the suites of work send those.
        const lines = (await curlLines(page)).filter(
          (line) => !/ -X /.test(line) && !OF_THE_SERVER.test(line) && !asked.has(line),
        );
        for (const line of lines) asked.add(line);
        const statuses = await Promise.all(lines.map((line) => statusOf(line, token)));
        refused.push(...lines.flatMap((line, n) => (statuses[n] === '200' ? [] : [`${path}: ${statuses[n]} ${line}`])));
      }
      expect(asked.size).toBeGreaterThan(WALK.length);
      expect(refused).toEqual([]);
      await context.close();
    });
  });
}
