// e2e/tag/insecure.test.ts: a shop on plain HTTP, where browsers withhold what they keep for secure contexts.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { noteErrors } from './hostile-pages.ts';
import type { Stage } from './stage.ts';
import { setStage } from './stage.ts';
import { isReady, track } from './use-stage.ts';

let browser: Browser;
let stage: Stage;
beforeAll(async () => {
  // Loopback counts as secure under its own names, so the shop has another.
  browser = await launchChromium({
    switches: ['--host-resolver-rules=MAP shop.test 127.0.0.1, MAP collector.test 127.0.0.1'],
  });
  stage = await setStage(browser);
});
afterAll(async () => {
  await stage.close();
  await browser.close();
});

it('S1: events flow, under an id after consent, and nothing is thrown, with all optional scripts', async () => {
  const collector = stage.collector.replace('127.0.0.1', 'collector.test');
  const scripts = ['vitals', 'errors', 'datalayer', 'links'].map((name) => `<script src="${collector}/tag.${name}.js" data-hosts="shop.test"></script>`); // biome-ignore format: an address
  const tag = `<script async src="${collector}/tag.full.js" data-site="shop" data-consent="grant"></script>`;
  stage.serve('/', { whole: `<!doctype html><title>Shop</title>${scripts.join('')}${tag}<body>Shop</body>` });
  const page = await stage.context.newPage();
  const errors = await noteErrors(page);
  await page.goto(`${stage.site.replace('127.0.0.1', 'shop.test')}/`);
  const withheld = await page.evaluate(() => [isSecureContext, 'randomUUID' in crypto, 'fetchLater' in window]);
  expect(withheld).toEqual([false, false, false]);
  await isReady(page);
  await track(page, 'still_here');
  const [event] = await stage.arrived('still_here');
  expect(event?.i).toMatch(/^\d+(-\d+){3}$/);
  expect(stage.arrivals[0]?.origin).toMatch(/^http:\/\/shop\.test:/);
  expect(stage.arrivals[0]?.message.i).toMatch(/^\d{13}(-\d+){4}$/);
  await page.evaluate(() => {
    (window as unknown as { dataLayer: object[] }).dataLayer.push({ event: 'view_item', ecommerce: {} });
  });
  await stage.arrived('view_item');
  // As the page goes, by beacon.
  await track(page, 'last_word');
  await page.goto('about:blank');
  await stage.arrived('last_word');
  await stage.arrived('web_vitals');
  expect(errors).toEqual([]);
});
