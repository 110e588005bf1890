// bench/delivery/visit.ts: one visit that makes events and meets one misfortune, the same for every tracker.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Site } from './site.ts';
import type { Tracker } from './trackers.ts';

/** What happens to a visit. */
export const CAUSES = ['close', 'navigate', 'reload', 'kill the tab', 'drop the network', '503'] as const;
/** One of them. */
export type Cause = (typeof CAUSES)[number];

/** Events a visit makes, at most: one that is killed makes fewer. */
export const EVENTS_A_VISIT = 6;
/** How long a page lives before its misfortune, ms. */
const LIFE_MS = { min: 300, max: 2_000 };
/** A kill comes at any moment up to this long after the last event, ms. */
const KILL_AFTER_MS_MAX = 1_000;
/** How long an outage outlives the last event, ms. */
const OUTAGE_AFTER_MS = 500;
/** How long a visitor stays on the page after it, or on the page they come back to, ms. */
const STAY_MS = 5_000;
/** How long what is under way may take to arrive in the end, ms. */
const SETTLE_MS = 300;

/** How long the browser may take to open a page, on a machine that does much else, ms. */
const PATIENCE_MS = 180_000;

/** What came of a visit. */
export interface Outcome {
  readonly made: number;
  readonly lost: number;
  /** Events that a collector would count twice. */
  readonly duplicated: number;
  /** Events that came over the wire more than once. */
  readonly repeated: number;
}
/** A visit to make. */
export interface Errand {
  readonly name: string;
  readonly cause: Cause;
  readonly tracker: Tracker;
  /** Numbers in [0, 1): the same for each tracker. */
  readonly random: () => number;
}

const wait = async (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Makes the events in the page at their times, and after the last what ends the page from inside. */
const planOf = (name: string, times: readonly number[], ending: string): string => `
  ${JSON.stringify(times)}.forEach((at, nth, all) => setTimeout(() => {
    const key = '${name}.' + nth;
    made(key);
    make(key);
    if (nth === all.length - 1) { ended(); ${ending} }
  }, at))`;

interface Course extends Errand {
  readonly browser: Browser;
  readonly site: Site;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly lifeMs: number;
  /** Fulfilled when the last event was made. */
  readonly end: Promise<void>;
}

/** Lets the misfortune happen; afterwards the visitor is on the site again, on a page with the tracker. */
async function suffer(course: Course): Promise<void> {
  const { cause, context, page, site, name, lifeMs, end, random } = course;
  const comeBack = async (): Promise<void> => void (await (await context.newPage()).goto(`${site.origin}/back`));
  switch (cause) {
    case 'close':
      await end;
      await page.close({ runBeforeUnload: true });
      return comeBack();
    case 'navigate':
    case 'reload':
      await end;
      return;
    case 'kill the tab': {
      await wait(random() * (lifeMs + KILL_AFTER_MS_MAX));
      const session = await context.newCDPSession(page);
      // Nothing answers any more once the page’s process is gone.
      void session.send('Page.crash').catch(() => undefined);
      await page.waitForEvent('crash');
      return comeBack();
    }
    case 'drop the network':
    case '503': {
      const toggle = async (isOut: boolean): Promise<void> => {
        if (cause === '503') site.fail(name, isOut);
        else await context.setOffline(isOut);
      };
      await wait(random() * lifeMs);
      await toggle(true);
      await end;
      await wait(OUTAGE_AFTER_MS);
      await toggle(false);
    }
  }
}

/** Makes one visit in a browser profile of its own. */
export async function makeVisit(browser: Browser, site: Site, errand: Errand): Promise<Outcome> {
  const { name, cause, tracker, random } = errand;
  const received = site.admit(name, tracker);
  const context = await browser.newContext();
  const made = new Set<string>();
  let ended = (): void => undefined;
  const end = new Promise<void>((resolve) => void (ended = resolve));
  try {
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addCookies([{ name: 'visit', value: name, url: site.origin }]);
    await context.exposeBinding('made', (_source, key: string) => void made.add(key));
    await context.exposeBinding('ended', () => ended());
    const page = await context.newPage();
    await page.goto(`${site.origin}/`);
    const lifeMs = LIFE_MS.min + random() * (LIFE_MS.max - LIFE_MS.min);
    const times = Array.from({ length: EVENTS_A_VISIT - 1 }, () => random() * lifeMs).sort((a, b) => a - b);
    const endings: Partial<Record<Cause, string>> = {
      navigate: `location.href = '/next'`,
      reload: 'location.reload()',
    };
    await page.evaluate(planOf(name, [...times, lifeMs], endings[cause] ?? ''));
    await suffer({ ...errand, browser, site, context, page, lifeMs, end });
    await wait(STAY_MS);
    for (const open of context.pages()) await open.close({ runBeforeUnload: true });
    await wait(SETTLE_MS);
  } finally {
    await context.close();
  }
  const over = (counts: ReadonlyMap<string, number>, least: number): number =>
    [...made].filter((key) => (counts.get(key) ?? 0) >= least).length;
  return {
    made: made.size,
    lost: made.size - over(received.counted, 1),
    duplicated: over(received.counted, 2),
    repeated: over(received.arrived, 2),
  };
}
