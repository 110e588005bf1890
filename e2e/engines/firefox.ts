// e2e/engines/firefox.ts: Firefox, driven by puppeteer over WebDriver BiDi.
import puppeteer from 'puppeteer-core';
import { ensureFirefox } from '../../tools/ensure-engines.mjs';
import type { Engine, EngineFacts, StartEngine } from './engine.ts';
import { becomes } from './engine.ts';

export const FIREFOX: EngineFacts = {
  name: 'Firefox',
  hasNavigationApi: true,
  hasFetchLater: false,
  hasSpeculationRules: false,
  saysItIsDriven: true,
};

/** Starts Firefox in a profile of its own, which goes with it. */
export const startFirefox: StartEngine = async ({ gpc = false } = {}) => {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: ensureFirefox(),
    headless: true,
    extraPrefsFirefox: {
      'privacy.globalprivacycontrol.enabled': gpc,
      'privacy.globalprivacycontrol.functionality.enabled': gpc,
    },
  });
  const page = await browser.newPage();
  const run: Engine['run'] = async <Given, Made>(act: (given: Given) => Made | Promise<Made>, given: Given) =>
    (await page.evaluate(act as (given: unknown) => unknown, given)) as Made;
  return {
    goto: async (url) => {
      await run(() => void Object.assign(window, { isLeft: true }), undefined);
      // Not waited for: once the back/forward cache has brought a page back, puppeteer waits for the load event that
      // such a page never fires, also in the navigation after it.
      page.goto(url).catch(() => undefined);
      await becomes(
        { run },
        (wanted) => !('isLeft' in window) && location.href === wanted && document.readyState === 'complete',
        new URL(url).href,
      );
    },
    run,
    close: async () => browser.close(),
  };
};
