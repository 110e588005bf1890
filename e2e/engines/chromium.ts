// e2e/engines/chromium.ts: Chromium, driven by Playwright.
import { launchChromium } from '../support/chromium.ts';
import type { EngineFacts, StartEngine } from './engine.ts';

export const CHROMIUM: EngineFacts = {
  name: 'Chromium',
  hasNavigationApi: true,
  hasFetchLater: true,
  hasSpeculationRules: true,
  // Switched off at its start, so that the suites of one engine at least see what people's browsers say by themselves.
  saysItIsDriven: false,
};

/** Starts Chromium, which has no preference for GPC. */
export const startChromium: StartEngine = async () => {
  // Playwright switches the back/forward cache off; here it is part of what is tested.
  const withoutSwitches = ['--disable-back-forward-cache'];
  const looked = await launchChromium({ kind: 'whole' });
  const [major] = looked.version().split('.');
  await looked.close();
  // As Chromium calls itself with a window; without one it says Headless, which the edge takes for a bot. By a switch:
  // the context's setting does not reach beacons of a page that goes.
  const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`;
  const browser = await launchChromium({ kind: 'whole', withoutSwitches, switches: [`--user-agent=${userAgent}`] });
  const page = await (await browser.newContext()).newPage();
  return {
    goto: async (url) => void (await page.goto(url)),
    run: async <Given, Made>(act: (given: Given) => Made | Promise<Made>, given: Given) =>
      (await page.evaluate(act as (given: unknown) => unknown, given)) as Made,
    close: async () => browser.close(),
  };
};
