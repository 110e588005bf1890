// e2e/console/keyboard-suite.ts: the console by keyboard alone: where the focus is, and that it is seen.
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ConsoleUnderTest } from './use-console.ts';
import { openPage, settled } from './use-console.ts';

/** What has the focus: its tag, and what it says. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const at = document.activeElement;
    return `${at?.tagName.toLowerCase()} ${at?.getAttribute('aria-label') ?? at?.textContent.trim() ?? ''}`;
  });

/** More than there are stops in a dialog, so that the focus goes round. */
const DIALOG_STOPS = 20;

/** Where the focus is while a dialog is open. Runs in the page. */
function placeOfFocus(): string {
  const at = document.activeElement;
  if (at === null || at === document.body) return 'browser';
  return at.closest('dialog') === null ? 'behind' : 'dialog';
}

/** The suite. */
export function testKeyboard(served: ConsoleUnderTest): void {
  describe('by keyboard', () => {
    it('the first stop leads to the content, and each stop is seen', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/ledger');
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('a Skip to content');
      for (let stop = 0; stop < 12; stop += 1) {
        const outline = await page.evaluate(() => {
          const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body);
          return outlineStyle === 'none' ? 0 : Number.parseFloat(outlineWidth);
        });
        expect(outline, await focused(page)).toBeGreaterThanOrEqual(2);
        await page.keyboard.press('Tab');
      }
      await context.close();
    });

    it('after a way by Enter the focus is on the new page’s title, also where the link went with the old one', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/ledger');
      expect(await focused(page)).not.toMatch(/^h1 /);
      const follow = async (link: Locator): Promise<string> => {
        const before = page.url();
        await link.focus();
        await page.keyboard.press('Enter');
        await page.waitForURL((url) => url.href !== before);
        await settled(page);
        await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
        return focused(page);
      };
      expect(await follow(page.getByRole('navigation').getByRole('link', { name: 'Segments', exact: true }))).toBe(
        'h1 Segments',
      );
      expect(
        await follow(
          page
            .getByRole('main')
            .getByRole('link', { name: /buyers/ })
            .first(),
        ),
      ).not.toBe('h1 Segments');
      await context.close();
    });

    it('a dialog takes the focus, keeps it from the page behind, and gives it back', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/sites');
      const opener = page.getByRole('row', { name: /^shop/ }).getByRole('button', { name: 'Settings' });
      await opener.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      const places = new Set<string>();
      for (let stop = 0; stop < DIALOG_STOPS; stop += 1) {
        places.add(await page.evaluate(placeOfFocus));
        await page.keyboard.press(stop % 5 === 4 ? 'Shift+Tab' : 'Tab');
      }
      // Past the last stop the focus leaves the page for the browser's own buttons, and comes back into the dialog.
      expect([...places].filter((place) => place === 'behind')).toEqual([]);
      expect(places).toContain('dialog');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await focused(page)).toBe('button Settings');
      expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
      await context.close();
    });
  });
}
