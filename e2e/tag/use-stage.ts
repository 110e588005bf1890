// e2e/tag/use-stage.ts: what every suite of the tag sets up: one Chromium for the file, a fresh stage for each test.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { EventParams, Hushtag } from '../../sdk/api.ts';
import type { LaunchSettings } from '../support/chromium.ts';
import { launchChromium } from '../support/chromium.ts';
import { standFor } from '../support/current.ts';
import type { Stage } from './stage.ts';
import { setStage } from './stage.ts';

/** A page's window once the tag has started in it. */
export type Tagged = Window & { readonly hushtag: Hushtag };

/** What a suite says about all its tests. */
export interface StageSetup extends Pick<LaunchSettings, 'kind' | 'withoutSwitches'> {
  /** Runs in every page before anything else. */
  readonly initScript?: () => void;
}

/** The running test's stage, and the browser that it is in. */
export type SuiteStage = Stage & { readonly browser: Browser };

/** Starts Chromium before a suite's tests and sets a stage before each; both are closed again. */
export function useStage({ initScript, ...launch }: StageSetup = {}): SuiteStage {
  let browser: Browser | undefined;
  let current: SuiteStage | undefined;
  beforeAll(async () => {
    browser = await launchChromium(launch);
  });
  beforeEach(async () => {
    if (browser === undefined) throw new Error('Chromium did not start');
    current = Object.assign(await setStage(browser), { browser });
    if (initScript) await current.context.addInitScript(initScript);
  });
  afterEach(async () => current?.close());
  afterAll(async () => browser?.close());
  return standFor(() => current);
}

/** Waits until the tag has started in a page. */
export const isReady = async (page: Page): Promise<unknown> =>
  page.waitForFunction(() => typeof window.hushtag === 'object' && !Array.isArray(window.hushtag));

/** Calls `hushtag.track` in a page. */
export const track = async (page: Page, name: string, params?: EventParams): Promise<void> =>
  page.evaluate(([event, given]) => (window as unknown as Tagged).hushtag.track(event, given), [name, params] as const);

/** Calls `hushtag.consent` in a page. */
export const consent = async (page: Page, choice: Parameters<Hushtag['consent']>[0]): Promise<void> =>
  page.evaluate((given) => (window as unknown as Tagged).hushtag.consent(given), choice);
