// e2e/console/shell-suite.ts: the console in real Chromium over a served edge: the way in, addresses, states, and who is talked to.
import { describe, expect, it } from 'vitest';
import type { ConsoleUnderTest } from './use-console.ts';
import { openPage, settled } from './use-console.ts';

/** The suite. */
export function testShell(served: ConsoleUnderTest): void {
  describe('the console is served by the edge', () => {
    it('at /console/ and at every address of a page in it, packed, with a policy that lets nothing foreign in', async () => {
      for (const path of ['/console/', '/console/shop/segments/cluster-1?from=2026-11-01']) {
        const answer = await fetch(served.origin + path, { headers: { 'accept-encoding': 'br' } });
        expect(answer.status).toBe(200);
        expect(answer.headers.get('content-encoding')).toBe('br');
        expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /);
        expect(answer.headers.get('cache-control')).toBe('no-cache');
        expect(await answer.text()).toContain('<div id="console">');
      }
      const again = await fetch(`${served.origin}/console`, { redirect: 'manual' });
      expect([again.status, again.headers.get('location')]).toEqual([308, '/console/']);
      expect((await fetch(`${served.origin}/console/assets/none.js`)).status).toBe(404);
    });

    it('lets files with a hash in their name be kept, and answers 304 to those who have the page', async () => {
      const page = await fetch(`${served.origin}/console/`);
      const script = /src="(\/console\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? '';
      const answer = await fetch(served.origin + script);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      const headers = { 'if-none-match': page.headers.get('etag') ?? '' };
      expect((await fetch(`${served.origin}/console/`, { headers })).status).toBe(304);
    });
  });

  describe('the way in', () => {
    it('refuses a code that is none, in words, and takes one that is', async () => {
      const context = await served.browser.newContext({ locale: 'en-GB' });
      const page = await context.newPage();
      await page.goto(`${served.origin}/console/`);
      await page.getByLabel('One-time code or token').fill('no-code');
      await page.keyboard.press('Enter');
      await page.getByText('This is not a code or token that is good now.').waitFor();
      await page.getByLabel('One-time code or token').fill(await served.token(served.site, ['segments:read']));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Segments', level: 1 }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/console/shop/segments');
      // The session is the cookie's: a reload needs nothing again, and no script can read it.
      await page.reload();
      await page.getByRole('heading', { name: 'Segments', level: 1 }).waitFor();
      expect(await page.evaluate(() => document.cookie)).toBe('');
      expect(await page.evaluate(() => Object.keys(localStorage).join())).toBe('hushtag-console-theme');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await context.close();
    });
  });

  describe('addresses', () => {
    it('name a segment, can be shared, and go back', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/segments');
      await page
        .getByRole('link', { name: /buyers/ })
        .first()
        .click();
      await settled(page);
      const title = await page.locator('h1').textContent();
      const shared = await openPage(context, served.origin, new URL(page.url()).pathname.slice('/console/'.length));
      expect(await shared.locator('h1').textContent()).toBe(title);
      await page.goBack();
      await page.getByRole('heading', { name: 'Segments', level: 1 }).waitFor();
      await page.goForward();
      await page.getByRole('heading', { name: title ?? '', level: 1 }).waitFor();
      await context.close();
    });

    it('carry filters', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/ledger?days=7');
      expect(await page.getByLabel('Period').inputValue()).toBe('7');
      await page.getByLabel('Period').selectOption('14');
      expect(new URL(page.url()).search).toBe('?days=14');
      await page.goBack();
      await page.waitForFunction(() => location.search === '?days=7');
      expect(await page.getByLabel('Period').inputValue()).toBe('7');
      await context.close();
    });
  });

  describe('what is shown', () => {
    it('can be copied as a line of curl, without the secret', async () => {
      const context = await served.visit({ permissions: ['clipboard-read', 'clipboard-write'] });
      const page = await openPage(context, served.origin, 'shop/ledger');
      await page.getByRole('button', { name: 'Copy as curl' }).first().click();
      await page.getByText('Copied').waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
        `curl -s '${served.origin}/v1/sites/shop/ledger' \\\n  -H "Authorization: Bearer $TOKEN"`,
      );
      await context.close();
    });

    it('sums: every event of the ledger is in the bar', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/ledger');
      await page.getByText('Every event is accounted for').waitFor();
      await context.close();
    });

    it('is asked of this server alone', async () => {
      const context = await served.visit();
      const hosts = new Set<string>();
      context.on('request', (request) => hosts.add(new URL(request.url()).origin));
      const faults: string[] = [];
      const page = await context.newPage();
      page.on('console', (message) => {
        if (/Content Security Policy|TrustedHTML/.test(message.text())) faults.push(message.text());
      });
      page.on('pageerror', (fault) => faults.push(fault.message));
      await page.goto(`${served.origin}/console/shop/segments`);
      await settled(page);
      for (const name of ['Loss ledger', 'Segments']) {
        await page.getByRole('navigation').getByRole('link', { name }).click();
        await settled(page);
      }
      expect([...hosts]).toEqual([served.origin]);
      expect(faults).toEqual([]);
      await context.close();
    });
  });

  describe('states', () => {
    it('say what permission is missing', async () => {
      const context = await served.visit({}, await served.token(served.site, ['segments:read']));
      const page = await openPage(context, served.origin, 'shop/ledger');
      await page.getByText('It needs the permission “ledger:read”.').first().waitFor();
      await context.close();
    });

    it('say why a segment is withheld, and what to do where there is nothing yet', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/segments');
      await page.getByText('Fewer visitors than the floor of 50').first().waitFor();
      await page.goto(`${served.origin}/console/new-shop/segments`);
      await page.getByText('There are no segments yet').waitFor();
      await page.goto(`${served.origin}/console/new-shop/ledger`);
      await page.getByText('No event has arrived in these days').waitFor();
      await context.close();
    });

    it('say that the server did not answer, and ask again', async () => {
      const context = await served.visit();
      const page = await context.newPage();
      await page.route('**/v1/sites/shop/segments', (route) => route.abort());
      await page.goto(`${served.origin}/console/shop/segments`);
      await page.getByText('The server did not answer').first().waitFor();
      await page.unroute('**/v1/sites/shop/segments');
      await page.getByRole('button', { name: 'Try again' }).first().click();
      await page
        .getByRole('link', { name: /buyers/ })
        .first()
        .waitFor();
      await context.close();
    });
  });

  describe('looks', () => {
    it('change language and theme, and keep both', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/segments');
      await page.getByLabel('Language').selectOption('zh');
      await page.getByRole('heading', { name: '细分群体', level: 1 }).waitFor();
      await page.getByLabel('主题').selectOption('dark');
      await page.reload();
      await page.getByRole('heading', { name: '细分群体', level: 1 }).waitFor();
      expect(
        await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset['theme']]),
      ).toEqual(['zh-CN', 'dark']);
      await context.close();
    });
  });
}
