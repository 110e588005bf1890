// e2e/console/use-console.ts: what the suites of the console share: one served edge and one Chromium a file, signed in once.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { standFor } from '../support/current.ts';
import type { DemoSite } from './demo-site.ts';
import { startDemoSite } from './demo-site.ts';

/** A served console and a browser. */
export interface ConsoleUnderTest extends DemoSite {
  readonly browser: Browser;
  /** A context with a session of its own: the owner's where no token is given. */
  readonly visit: (options?: BrowserContextOptions, token?: string) => Promise<BrowserContext>;
}

async function enter(context: BrowserContext, origin: string, given: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${origin}/console/`);
  await page.getByLabel('One-time code or token').fill(given);
  await page.getByRole('button', { name: 'Sign in' }).click();
  // On a phone the navigation is there behind its button.
  await page.locator('.shell').waitFor();
  await page.close();
}

/** A few seconds on a machine that is free; many times that on one that is not. */
const SET_UP_MS_MAX = 300_000;
const ENGLISH: BrowserContextOptions = {
  locale: 'en-GB',
  viewport: { width: 1360, height: 900 },
  // What is looked at is how things are, not how they turn into it.
  reducedMotion: 'reduce',
};

/** Starts both before a suite's tests. */
export function useConsole(): ConsoleUnderTest {
  let current: ConsoleUnderTest | undefined;
  beforeAll(async () => {
    const [demo, browser] = await Promise.all([startDemoSite(), launchChromium()]);
    // A code works once: every other context of the owner's takes the session over.
    let owner: BrowserContextOptions['storageState'];
    const visit: ConsoleUnderTest['visit'] = async (options = {}, token) => {
      const isOwner = token === undefined;
      if (isOwner && owner === undefined) {
        // By a context of its own: the way in is found by its English words, whatever the test's language.
        const first = await browser.newContext(ENGLISH);
        await enter(first, demo.origin, await demo.ownerCode());
        owner = await first.storageState();
        await first.close();
      }
      const context = await browser.newContext({
        ...ENGLISH,
        ...options,
        ...(isOwner && owner !== undefined ? { storageState: owner } : {}),
      });
      if (!isOwner) await enter(context, demo.origin, token);
      return context;
    };
    current = { ...demo, browser, visit };
  }, SET_UP_MS_MAX);
  afterAll(async () => {
    await current?.browser.close();
    await current?.close();
  });
  return standFor(() => current);
}

/** Opens a page of the console and waits until nothing on it is still being loaded. */
export async function openPage(context: BrowserContext, origin: string, path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${origin}/console/${path}`);
  await settled(page);
  return page;
}

/** Waits until a page has its title and nothing grey stands for something. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor();
  await page.waitForFunction(() => document.querySelector('.skeleton, [aria-busy=true]') === null);
}

/** Opens another address of the console in the same document, as a link in it would. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate((address) => {
    history.pushState(null, '', address);
    dispatchEvent(new PopStateEvent('popstate'));
  }, `/console/${path}`);
}
