// e2e/console/states-suite.ts: every page in every state that an answer can put it in: nothing is blank, and each says what to do.
import type { BrowserContext, Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { PAGES } from '../../console/app/route.ts';
import type { ConsoleUnderTest } from './use-console.ts';
import { goTo, settled } from './use-console.ts';

const problemOf = (status: number, name: string, detail: string) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify({ type: `urn:hushtag:problem:${name}`, title: `Title of ${name}`, status, detail }),
});

/** A walk over all pages takes its time on a busy machine. */
const WALK_TIME = { timeout: 240_000 };

/** What an answer of the API is, and what every page says then. */
const STATES: readonly {
  readonly name: string;
  readonly answer: (route: Route) => Promise<void>;
  readonly says: readonly string[];
}[] = [
  {
    name: 'that failed: what failed, and that it can be tried again',
    answer: (route) => route.fulfill(problemOf(500, 'internal', 'Look at the log of the server.')),
    says: ['Title of internal', 'Look at the log of the server.', 'Try again'],
  },
  {
    name: 'that may not be seen: which permission it needs, and of whom to ask it',
    answer: (route) => route.fulfill(problemOf(403, 'scope_missing', 'This needs the scope reports:read.')),
    says: ['You may not see this', 'reports:read', 'Ask an owner'],
  },
  {
    name: 'that this server does not have: that the rest of the page does not depend on it',
    answer: (route) =>
      route.request().url().endsWith('/openapi.json')
        ? route.fulfill({ status: 200, contentType: 'application/json', body: '{"paths":{}}' })
        : route.fulfill(problemOf(404, 'not_found', 'See /openapi.json for what there is.')),
    says: ['Not available on this server', 'Update hushtag on the server'],
  },
  {
    name: 'that does not come: that the server did not answer',
    answer: (route) => route.abort(),
    says: ['The server did not answer', 'Try again'],
  },
];

/** A page whose every later question to the API gets an answer of the test's own. */
async function openWith(
  context: BrowserContext,
  origin: string,
  answer: (route: Route) => Promise<void>,
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${origin}/console/new-shop/documents`);
  await settled(page);
  await page.route(/\/v1\/|\/openapi\.json$/, answer);
  return page;
}

/** The suite. */
export function testStates(served: ConsoleUnderTest): void {
  describe('every page says of an answer', () => {
    it.each(STATES)('$name', WALK_TIME, async ({ answer, says }) => {
      const context = await served.visit();
      const page = await openWith(context, served.origin, answer);
      for (const path of [...PAGES, 'segments/cluster-1', 'rules/some', 'requests/some']) {
        await goTo(page, `new-shop/${path}`);
        // Parts of a page fail one after the other.
        await page.waitForFunction((texts) => {
          const main = document.querySelector('main');
          const isUnderWay = main?.querySelector('.skeleton') != null;
          return !isUnderWay && texts.every((text) => main?.textContent?.includes(text));
        }, says);
        expect(await page.locator('main h1').count(), path).toBe(1);
      }
      await context.close();
    });
  });

  it('every page keeps the place of what is under way', WALK_TIME, async () => {
    const context = await served.visit();
    const page = await openWith(context, served.origin, () => Promise.resolve());
    for (const path of PAGES) {
      await goTo(page, `new-shop/${path}`);
      // A stream has begun before it says anything.
      await page
        .locator(path === 'live' ? 'main .notice' : 'main .skeleton')
        .first()
        .waitFor();
      expect(await page.locator('h1').count(), path).toBe(1);
    }
    await context.close();
  });

  it('every page of a site without visitors says what to do next, and none fails', WALK_TIME, async () => {
    const context = await served.visit();
    const page = await context.newPage();
    await page.goto(`${served.origin}/console/new-shop/overview`);
    for (const path of PAGES) {
      await goTo(page, `new-shop/${path}`);
      await settled(page);
      // What the server itself lacks is of no site.
      if (path !== 'health') expect(await page.locator('main .notice.bad').allTextContents(), path).toEqual([]);
      expect((await page.locator('main').textContent())?.length ?? 0, path).toBeGreaterThan(40);
      // What is shown and what is sent can be had as a line of curl.
      expect(await page.getByRole('button', { name: 'Copy as curl' }).count(), path).toBeGreaterThan(0);
      const bare = page.locator('main form:not([role=search])').filter({ hasNotText: 'Copy as curl' });
      expect(await bare.count(), path).toBe(0);
    }
    await context.close();
  });
}
