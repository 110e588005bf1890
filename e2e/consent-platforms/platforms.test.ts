// e2e/consent-platforms/platforms.test.ts: the real tag beside real consent platforms, each used as a visitor would.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Purpose } from '../../contract/index.ts';
import {
  CONSENT_SOURCES,
  decideConsent,
  COMMON_PURPOSES,
  POLICIES,
  PURPOSES,
  purposesOf,
} from '../../contract/index.ts';
import { decodeBatch } from '../../contract/wire-decode.ts';
import { launchChromium } from '../support/chromium.ts';
import type { Stage } from '../tag/stage.ts';
import { setStage } from '../tag/stage.ts';
import { isReady, track } from '../tag/use-stage.ts';
import type { Platform } from './platforms.ts';
import { PLATFORMS } from './platforms.ts';
import { RECIPES } from './recipes.ts';

type Scripts = Platform['scripts'];

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => browser.close());

/** A stage whose pages carry no tag by themselves: each test says when it comes. */
const onStage = async (act: (stage: Stage, errors: readonly string[]) => Promise<void>): Promise<void> => {
  const stage = await setStage(browser);
  const errors: string[] = [];
  stage.context.on('weberror', (error) => errors.push(error.error().message));
  try {
    await act(stage, errors);
  } finally {
    await stage.close();
  }
};

/** Lets a site serve what a platform loads. */
const servePlatform = async ({ context }: Stage, { folder }: Platform, scripts: Scripts): Promise<void> => {
  await context.route('**/platform/**', async (route) => {
    const name = new URL(route.request().url()).pathname.slice('/platform/'.length);
    const script = scripts[Number.parseInt(name, 10)];
    if (typeof script === 'function') await route.fulfill({ contentType: 'text/javascript', body: await script() });
    else if (folder !== undefined) await route.fulfill({ path: `${folder}/${name}` });
    else await route.abort();
  });
};
// The name ends as the library’s own does: tarteaucitron looks for its other files by it.
const addressOf = (index: number): string => `/platform/${index}.min.js`;
/** The scripts in a page; the last one deferred, as a site’s own bundle is. */
const headOf = (scripts: Scripts): string =>
  scripts
    .map((script, index) =>
      typeof script === 'string'
        ? `<script>${script}</script>`
        : `<script ${index === scripts.length - 1 ? 'defer' : ''} src="${addressOf(index)}"></script>`,
    )
    .join('\n');
/** Brings a platform into a page that has loaded. */
const addPlatform = async (page: Page, platform: Platform, scripts: Scripts): Promise<void> => {
  for (const [index, script] of scripts.entries()) {
    await page.addScriptTag(typeof script === 'string' ? { content: script } : { url: addressOf(index) });
  }
  await isStarted(page, platform);
};
const isStarted = async (page: Page, { isStarted }: Platform): Promise<void> =>
  page.locator(isStarted).first().waitFor({ state: 'attached' });
/** Brings the tag into a page that has loaded. */
const addTag = async (page: Page, collector: string, policy: string): Promise<void> =>
  page.evaluate(
    async ([src, policy]) =>
      new Promise((resolve) => {
        const script = document.createElement('script');
        Object.assign(script.dataset, { site: 'shop', policy });
        Object.assign(script, { src, onload: () => resolve() });
        document.head.append(script);
      }),
    [`${collector}/tag.full.js`, policy] as const,
  );
const NO_TAG = 'type="text/plain"';

const idIn = async (page: Page): Promise<string | null> => page.evaluate(() => localStorage.getItem('hushtag'));

/** What the edge makes of the message that brought an event: what happens with it, for which purposes, told by whom. */
const outcomeOf = async (stage: Stage, name: string) => {
  await stage.arrived(name);
  const message = stage.arrivals.map((arrival) => arrival.message).find(({ e }) => e.some(({ n }) => n === name));
  const decoded = decodeBatch(JSON.stringify(message));
  if (message === undefined || !decoded.ok) throw new Error(`the edge would refuse the message of ${name}`);
  const { consent } = decoded.value;
  const { action, purposes } = decideConsent(POLICIES.standard, consent, false);
  return { action, purposes: purposesOf(purposes), source: consent.state === 'unasked' ? undefined : consent.source, id: message.i };
}; // biome-ignore format: a list
const tracked = async (stage: Stage, page: Page, name: string) => {
  await track(page, name);
  return outcomeOf(stage, name);
};
/** What the edge makes of an event once the tag has heard of the choice: a page that has just loaded may still say nothing. */
const heard = async (stage: Stage, page: Page, name: string) => {
  let outcome = await tracked(stage, page, name);
  for (let more = 1; more < HEARINGS_MAX && outcome.action === 'day'; more += 1) {
    outcome = await tracked(stage, page, `${name}_${more}`);
  }
  return outcome;
};
/** Messages tried at most: on a quick machine several go by between two looks for a platform (SEEK_MS). */
const HEARINGS_MAX = 200;
const UNASKED = { action: 'day', purposes: [], source: undefined, id: undefined };
const sourceOf = ({ source = 1 }: Platform) => CONSENT_SOURCES[source];
const saying = (platform: Platform, purposes: readonly Purpose[]) =>
  purposes.length === 0
    ? { action: 'count', purposes: [], source: sourceOf(platform), id: undefined }
    : {
        action: 'link',
        purposes,
        source: sourceOf(platform),
        id: expect.stringMatching(/^\d{13}(-\d+){4}$/) as unknown,
      };

describe.concurrent.each(PLATFORMS.map((platform) => [platform.name, platform] as const))('C1: %s', (_, platform) => {
  const { all = PURPOSES.slice(0, COMMON_PURPOSES), nothing = [] } = platform;

  it('comes after the tag: nothing before a choice, one category, the same on the next page, gone at withdrawal', async () => {
    await onStage(async (stage, errors) => {
      const scripts = platform.onlyMeasuring ?? platform.scripts;
      await servePlatform(stage, platform, scripts);
      stage.serve('/', { attributes: NO_TAG });
      const page = await stage.open('/');
      await addTag(page, stage.collector, 'standard');
      expect(await outcomeOf(stage, 'page_view')).toEqual(UNASKED);
      await addPlatform(page, platform, scripts);
      expect(await tracked(stage, page, 'no_choice')).toEqual(UNASKED);
      expect(await idIn(page)).toBeNull();

      await platform.acceptMeasuring(page);
      // A site's own call is heard at once; a platform that came late the tag looks for now and then.
      const agreed = await (platform.source === undefined ? tracked : heard)(stage, page, 'agreed');
      expect(agreed).toEqual(saying(platform, ['measure']));
      expect(await idIn(page)).toBe(agreed.id);

      stage.serve('/', { head: headOf(scripts) });
      await page.reload();
      await isReady(page);
      expect(await heard(stage, page, 'returned')).toEqual(agreed);

      await platform.withdraw(page);
      expect(await heard(stage, page, 'withdrawn')).toEqual(saying(platform, nothing));
      expect(await idIn(page)).toBe(nothing.length ? agreed.id : null);
      expect(errors).toEqual([]);
    });
  });

  it('comes before the tag: a refusal sends nothing under the strict policy, on the next page neither; everything is everything', async () => {
    await onStage(async (stage, errors) => {
      await servePlatform(stage, platform, platform.scripts);
      stage.serve('/', { attributes: NO_TAG, head: headOf(platform.scripts) });
      const page = await stage.open('/');
      await isStarted(page, platform);
      await platform.refuseAll(page);
      await addTag(page, stage.collector, 'strict');
      await track(page, 'refused');
      stage.serve('/', { attributes: 'data-policy="strict"', head: headOf(platform.scripts) });
      await page.reload();
      await isReady(page);
      await track(page, 'refused_before');
      // Another page, which may send, to be sure that these had their chance.
      await stage.open('/other');
      await stage.arrived('page_view');
      if (nothing.length === 0) expect(stage.events().map(({ u }) => u)).toEqual([`${stage.site}/other`]);
      else expect(await outcomeOf(stage, 'refused_before')).toEqual(saying(platform, nothing));

      await stage.context.clearCookies();
      await page.evaluate(() => localStorage.clear());
      await page.reload();
      await isStarted(page, platform);
      await platform.acceptAll(page);
      expect(await tracked(stage, page, 'agreed')).toEqual(saying(platform, all));
      expect(errors).toEqual([]);
    });
  });

  it('C2: “everything” is measuring alone under Global Privacy Control', async () => {
    await onStage(async (stage) => {
      await servePlatform(stage, platform, platform.scripts);
      await stage.context.addInitScript(() =>
        Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }),
      );
      stage.serve('/', { head: headOf(platform.scripts) });
      const page = await stage.open('/');
      await isStarted(page, platform);
      await isReady(page);
      // Many platforms call back as they start; that is no choice.
      expect(await tracked(stage, page, 'no_choice')).toEqual(UNASKED);
      await platform.acceptAll(page);
      expect(await tracked(stage, page, 'agreed')).toEqual(saying(platform, ['measure']));
    });
  });

  it('never loads: the visitor counts as not asked, nothing is kept, and the recipe hurts nothing', async () => {
    await onStage(async (stage, errors) => {
      await stage.context.route('**/platform/**', async (route) => route.abort());
      // What the site itself writes after the platform’s script is the site’s own fault then: the scripts before it run.
      const until = platform.scripts.findIndex((script) => typeof script !== 'string');
      stage.serve('/', { head: headOf(platform.scripts.slice(0, until + 1)) });
      const page = await stage.open('/');
      expect(await outcomeOf(stage, 'page_view')).toEqual(UNASKED);
      expect(await idIn(page)).toBeNull();
      expect(errors).toEqual([]);
    });
  });
});

it('every recipe of the document is run', () => {
  expect(RECIPES.toSorted()).toEqual(
    ['stub', ...PLATFORMS.filter(({ source }) => source === undefined).map(({ name }) => name)].toSorted(),
  );
});
