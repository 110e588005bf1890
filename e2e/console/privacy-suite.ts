// e2e/console/privacy-suite.ts: what an officer does: sees what is kept, changes the policy, pauses, and checks the audit log.
import { describe, expect, it } from 'vitest';
import type { ConsoleUnderTest } from './use-console.ts';
import { openPage, settled } from './use-console.ts';

/** The suite. */
export function testPrivacy(served: ConsoleUnderTest): void {
  describe('what is kept', () => {
    it('is on one screen: collecting or not, purposes, time limits, salts, fields, recipients', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/privacy');
      await page.getByText('collecting', { exact: true }).waitFor();
      await page.getByText('honoured: takes profile, personalising, sharing').waitFor();
      await page.getByRole('heading', { name: 'Salt periods' }).waitFor();
      await page.getByText('No destination is registered').waitFor();
      await context.close();
    });
  });

  describe('the policy', () => {
    it('is previewed, put in force, shown as a change, refused where it is looser, and paused and resumed', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'new-shop/policy');
      // new-shop is strict: nothing of visitors not asked may be kept.
      await page.getByLabel('Visitors not asked yet').selectOption('day');
      await page.getByRole('button', { name: 'Put in force' }).click();
      await page.getByText('never looser').waitFor();
      await page.getByLabel('Preset').selectOption('standard');
      await page.getByRole('button', { name: 'Preview effect' }).click();
      await page.getByText('What would have become of yesterday’s events').waitFor();
      await page.getByRole('button', { name: 'Put in force' }).click();
      await page.getByText('Version 2 is in force').waitFor();
      await page.getByRole('button', { name: 'Pause collection' }).click();
      await page.getByText('Collection is paused').waitFor();
      await page.goto(`${served.origin}/console/new-shop/privacy`);
      await page.getByText('paused', { exact: true }).waitFor();
      await page.goto(`${served.origin}/console/new-shop/policy`);
      await page.getByRole('button', { name: 'Resume collection' }).click();
      await page.getByText('Version 4 is in force').waitFor();
      await page.reload();
      await settled(page);
      expect(await page.getByLabel('Preset').inputValue()).toBe('standard');
      await context.close();
    });
  });

  describe('P6: the audit log', () => {
    it('is verified in the browser, and one that was touched is not', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'new-shop/audit');
      await page
        .getByRole('row', { name: /policy changed/ })
        .first()
        .waitFor();
      // Of another site nothing is told.
      expect(await page.getByText('salt').count()).toBe(0);
      await page.getByRole('button', { name: 'Verify in this browser' }).click();
      await page.getByText(/Sound: \d+ entries are exactly what was signed/).waitFor();
      await page.route('**/v1/sites/new-shop/audit?**', async (route) => {
        const answer = await route.fetch();
        await route.fulfill({
          response: answer,
          body: (await answer.text()).replace('policy_changed', 'policy_chamged'),
        });
      });
      await page.getByRole('button', { name: 'Verify in this browser' }).click();
      await page.getByText('The log was altered').waitFor();
      await context.close();
    });
  });
}
