// e2e/console/rule-suite.ts: rules made in the builder, tokens and people given and taken back, events seen as they come.
import { describe, expect, it } from 'vitest';
import { collect, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { ConsoleUnderTest } from './use-console.ts';
import { openPage } from './use-console.ts';

/** The suite. */
export function testRules(served: ConsoleUnderTest): void {
  describe('a rule', () => {
    it('is built, previewed under P3, saved, read again as the same form, and deleted', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/rules');
      await page.getByText('There are no rules yet').waitFor();
      await page.getByRole('link', { name: 'New rule' }).click();
      await page.getByLabel('Name').fill('Buyers');
      await page.getByLabel('Within days').fill('');
      await page.getByRole('button', { name: 'Add condition' }).click();
      await page.getByLabel('About').nth(1).selectOption('consent');
      await page.getByRole('button', { name: 'Preview size' }).click();
      await page.getByRole('heading', { name: 'What it would find' }).waitFor();
      await page.getByText('agreed to profile').waitFor();
      await page.getByText('new questions about people are left').waitFor();
      await page.getByRole('button', { name: 'Save rule' }).click();
      await page.getByRole('button', { name: 'Delete rule' }).waitFor();
      await page.reload();
      await page.getByLabel('About').nth(1).waitFor();
      expect(await page.getByLabel('About').nth(1).inputValue()).toBe('consent');
      await page.getByRole('button', { name: 'Delete rule' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete rule' }).click();
      await page.getByText('There are no rules yet').waitFor();
      await context.close();
    });
  });

  describe('a segment', () => {
    it('shows how its visitors are spread over each trait, against everybody, when that is asked for', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/segments');
      await page
        .getByRole('link', { name: /buyers/ })
        .first()
        .click();
      await page.getByRole('button', { name: 'Show distributions' }).click();
      await page.getByRole('columnheader', { name: 'Everybody' }).first().waitFor();
      await page.getByText('new questions about people are left').waitFor();
      await context.close();
    });
  });

  describe('next items', () => {
    it('are shown, or why there are none', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/items');
      await page
        .getByText(/No rules can be said yet|From about/)
        .first()
        .waitFor();
      await context.close();
    });
  });

  describe('access', () => {
    it('a token is made, shown once, and taken back', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'new-shop/tokens');
      await page.getByLabel('Name').fill('dashboard');
      await page.getByLabel('segments:read').check();
      await page.getByRole('button', { name: 'Make token' }).click();
      await page.getByText('Copy it now').waitFor();
      await page.getByRole('button', { name: 'Take back' }).click();
      await page.getByText('taken back').waitFor();
      await context.close();
    });

    it('somebody is added, gets a code, comes in with what their role may, and is removed', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/people');
      await page.getByLabel('Name').fill('Ada');
      await page.getByLabel('Role').selectOption('analyst');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      const row = page.getByRole('row', { name: /Ada/ });
      await row.getByRole('button', { name: 'New code' }).click();
      const code = (await page.getByRole('dialog').locator('pre').textContent()) ?? '';
      const theirs = await served.visit({}, code);
      const seen = await openPage(theirs, served.origin, 'shop/people');
      await seen.getByText('It needs the permission “people:manage”.').waitFor();
      await page.keyboard.press('Escape');
      await row.getByRole('button', { name: 'Remove' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await row.waitFor({ state: 'detached' });
      // Their session ended with them.
      await seen.reload();
      await seen.getByRole('heading', { name: 'Sign in' }).waitFor();
      await theirs.close();
      await context.close();
    });
  });

  describe('live', () => {
    it('shows what comes with its consent, and why something is not kept', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/live');
      await page.getByText('Nothing has come yet').waitFor();
      const [origin = ''] = served.origins;
      // The stream begins with what comes after it was opened: what is sent is sent until it is seen.
      const row = page.getByRole('row', { name: /page_view/ }).first();
      await until(
        async () => {
          await collect(served.edge, wireBatch({ e: [wireEvent({ u: `${origin}/tea` })] }), { origin });
          return row.isVisible();
        },
        (isSeen) => isSeen,
      );
      await collect(served.edge, wireBatch({ e: [wireEvent({ u: `${origin}/` })] }), {
        origin,
        'user-agent': 'curl/8',
      });
      await page
        .getByText(/not kept: bot/)
        .first()
        .waitFor();
      await context.close();
    });
  });
}
