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

  describe('a rule of what the site knows', () => {
    it('speaks of its own traits, of what models expect, of likeness and of its own events, by the form alone', async () => {
      const headers = {
        authorization: `Bearer ${await served.token(served.site)}`,
        'content-type': 'application/json',
      };
      const traits = [
        { id: 'last_plan', description: 'Plan', last: { events: ['plan_changed'], field: 'properties.plan' } },
      ];
      const put = (list: readonly object[]): Promise<Response> =>
        fetch(`${served.origin}/v1/sites/shop/traits`, {
          method: 'PUT',
          headers,
          body: JSON.stringify({ version: 1, traits: list }),
        });
      expect((await put(traits)).status).toBe(200);
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/rules/new');
      await page.getByLabel('Name').fill('Likely to go pro');
      const nth = (row: number) => page.locator('.condition').nth(row);
      const add = () => page.getByRole('button', { name: 'Add condition' }).click();
      await nth(0).getByLabel('Which').fill('demo_request');
      await add();
      await nth(1).getByLabel('About').selectOption('trait');
      await nth(1).getByLabel('Which').selectOption({ label: 'Plan (own)' });
      await nth(1).getByLabel('Must').selectOption('is');
      await nth(1).getByLabel('Value').fill('pro');
      await add();
      await nth(2).getByLabel('About').selectOption('trait');
      await nth(2).getByLabel('Which').selectOption('chance_purchase_30');
      await nth(2).getByText('A share: 0 to 1.').first().waitFor();
      await nth(2).getByLabel('At least').fill('0.25');
      await add();
      await nth(3).getByLabel('About').selectOption('alike');
      await nth(3).getByLabel('How close').selectOption('0.1');
      const like = await nth(3).getByLabel('Which').inputValue();
      expect(like).toMatch(/^cluster-/);
      await page.getByRole('button', { name: 'Preview size' }).click();
      await page.getByRole('heading', { name: 'What it would find' }).waitFor();
      await page.getByRole('button', { name: 'Save rule' }).click();
      await page.getByRole('button', { name: 'Delete rule' }).waitFor();
      const kept = await fetch(`${served.origin}/v1/sites/shop/rule-segments/likely-to-go-pro`, { headers });
      expect(await kept.json()).toMatchObject({
        rule: {
          where: {
            all: [
              { event: 'demo_request', at_least: 1, within_days: 30 },
              { trait: 'last_plan', is: 'pro' },
              { trait: 'chance_purchase_30', at_least: 0.25 },
              { alike: like, closest: 0.1 },
            ],
          },
        },
      });
      await page.getByRole('button', { name: 'Delete rule' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete rule' }).click();
      await page.getByText('There are no rules yet').waitFor();
      expect((await put([])).status).toBe(200);
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
