// e2e/console/axe-suite.ts: axe finds nothing serious on any page, light in English and dark in Chinese, on a phone.
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { PAGES } from '../../console/app/route.ts';
import type { ConsoleUnderTest } from './use-console.ts';
import { goTo, settled } from './use-console.ts';

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const LOOKS = [
  { colorScheme: 'light', locale: 'en-GB' },
  { colorScheme: 'dark', locale: 'zh-CN' },
] as const;

/** Serious and critical findings, each with the first place it was found at. */
async function findingsOf(page: Page): Promise<string[]> {
  // The page's own policy lets no script in; axe comes through the debugger, as an extension would.
  await page.evaluate(AXE);
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary ?? ''}`);
}

/** The suite. */
export function testAxe(served: ConsoleUnderTest): void {
  describe.each(LOOKS)('in $colorScheme, $locale', (looks) => {
    it('nothing serious is found on any page, and nothing is wider than a phone', async () => {
      const context = await served.visit({ ...looks, viewport: { width: 390, height: 844 } });
      const page = await context.newPage();
      await page.goto(`${served.origin}/console/shop/segments`);
      const found: string[] = [];
      for (const path of [...PAGES, 'segments/cluster-1']) {
        // One document for all, as somebody who clicks through would have it.
        await goTo(page, `shop/${path}`);
        await settled(page);
        found.push(...(await findingsOf(page)).map((one) => `${path}: ${one}`));
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 0) found.push(`${path}: ${over}px wider than a phone`);
      }
      expect(found).toEqual([]);
      await context.close();
    });

    it('nor at the way in', async () => {
      const context = await served.browser.newContext(looks);
      const page = await context.newPage();
      await page.goto(`${served.origin}/console/`);
      await settled(page);
      expect(await findingsOf(page)).toEqual([]);
      await context.close();
    });
  });
}
