// e2e/tag/debug.test.ts: `data-debug` says in the console why each event was sent, held or dropped, and who decided.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { PageSource } from './stage.ts';
import type { Tagged } from './use-stage.ts';
import { consent, isReady, track, useStage } from './use-stage.ts';

const stage = useStage();

const DEBUG = { script: 'tag.debug.js' } as const;

/** What the tag has said in a page, and a way to wait for a line. */
interface Listener {
  readonly page: Page;
  readonly lines: readonly string[];
  readonly said: (part: string) => Promise<string>;
}

/** Opens a path with the debugging tag and listens to the console from its first line on. */
const listenTo = async (path: string, source: PageSource = {}): Promise<Listener> => {
  stage.serve(path, { ...DEBUG, ...source, attributes: `data-debug ${source.attributes ?? ''}` });
  const page = await stage.context.newPage();
  const lines: string[] = [];
  page.on('console', (line) => lines.push(line.text()));
  const said = async (part: string): Promise<string> => {
    const found = lines.find((line) => line.startsWith('hushtag: ') && line.includes(part));
    if (found !== undefined) return found;
    const next = await page
      .waitForEvent('console', { predicate: (line) => line.text().includes(part), timeout: 15_000 })
      .catch(() => undefined);
    if (next === undefined) throw new Error(`“${part}” was not said; what was:\n${lines.join('\n')}`);
    return next.text();
  };
  await page.goto(stage.site + path);
  return { page, lines, said };
};

describe('data-debug says why an event was sent', () => {
  it('by which policy, without an id, where nobody was asked', async () => {
    const { said } = await listenTo('/');
    expect(await said('starts Full for site shop')).toContain(`at ${stage.collector}, policy standard`);
    expect(await said('queued page_view')).toContain(`${stage.site}/`);
    expect(await said('sent page_view')).toContain('without an id; decided by policy standard: nobody was asked');
  });

  it('by whose consent, under an id that is not printed', async () => {
    const { said, lines } = await listenTo('/', { attributes: 'data-consent="grant"' });
    expect(await said('sent page_view')).toContain('under the visitor’s id; decided by the site’s own call, granting everything');
    const [arrival] = stage.arrivals;
    expect(arrival?.message.i).toBeDefined();
    expect(lines.join('\n')).not.toContain(arrival?.message.i);
  });

  it('and what the collector has dropped of it', async () => {
    stage.answer(() => ({ status: 202, body: JSON.stringify({ received: 1, refused: [{ index: 0, reason: 'plan_unknown_event', pointer: '/n' }] }) }));
    const { said } = await listenTo('/');
    expect(await said('the collector dropped')).toContain('page_view: plan_unknown_event /n');
  });

  it('and that a driven browser is marked', async () => {
    await stage.context.addInitScript(() => Object.defineProperty(navigator, 'webdriver', { get: () => true }));
    const { said } = await listenTo('/');
    expect(await said('sent page_view')).toContain('marked as driven by a program');
  });
}); // biome-ignore format: sentences

describe('data-debug says what was granted', () => {
  it('as the collector reads it: separate consents are no part of a grant of everything', async () => {
    const { said } = await listenTo('/', { attributes: 'data-consent="grant"' });
    expect(await said('the site’s own call grants')).toMatch(/ grants measure, profile, personalise, share;/);
    expect(await said('sent page_view')).toMatch(/: measure, profile, personalise, share granted$/);
  });

  it('and which word makes a choice a refusal', async () => {
    const { said } = await listenTo('/', { attributes: 'data-policy="strict" data-consent="not-granted"' });
    expect(await said('said “not-granted”')).toContain('which makes it a refusal');
    expect(await said('dropped page_view')).toContain('the site’s own call, which grants nothing');
  });
});

it('data-debug says that a script without data-site does not start, also where it stands for the ordinary tag', async () => {
  for (const script of ['tag.debug.js', 'tag.full.js', 'tag.js']) {
    stage.serve('/bare', {
      whole: `<!doctype html><title>Shop</title><script src="${stage.collector}/${script}" data-debug></script>`,
    });
    const page = await stage.context.newPage();
    const said = page.waitForEvent('console', {
      predicate: (line) => line.text().includes('the script tag has no data-site'),
    });
    await page.goto(`${stage.site}/bare`);
    expect((await said).text()).toContain('hushtag: does not start');
    expect(await page.evaluate(() => 'hushtag' in window)).toBe(false);
    await page.close();
  }
});

describe('data-debug says why an event is held', () => {
  it('for consent, and sends it once there is some', async () => {
    const { page, said } = await listenTo('/', { attributes: 'data-policy="strict"' });
    expect(await said('held page_view')).toContain('wait for consent; decided by policy strict: nobody was asked');
    await consent(page, 'grant');
    await said('sent page_view');
  });

  it('until a prerendered page is shown', async () => {
    await stage.context.addInitScript(() => Object.defineProperty(document, 'prerendering', { value: true, configurable: true }));
    const { page, said } = await listenTo('/');
    await isReady(page);
    await track(page, 'meanwhile');
    expect(await said('held meanwhile')).toContain('until this prerendered page is shown');
    expect(stage.arrivals).toEqual([]);
  });

  it('for another attempt, under the same ids', async () => {
    stage.answer((attempt) => ({ status: attempt === 1 ? 503 : 202 }));
    const { said } = await listenTo('/');
    expect(await said('not delivered page_view')).toMatch(/the collector answers 503; again in [\d.]+ s, under the same ids/);
    await said('sent page_view');
    const [first, second] = await stage.arrived('page_view', 2);
    expect(second?.i).toBe(first?.i);
  });

  it('where the page’s policy blocks the collector', async () => {
    const { said } = await listenTo('/', { headers: { 'content-security-policy': "connect-src 'self'" } });
    expect(await said('not delivered page_view')).toContain('the network or the page’s policy lets nothing through');
  });
}); // biome-ignore format: sentences

describe('data-debug says why an event is dropped', () => {
  it.each([
    { why: 'refused before it', attributes: 'data-policy="strict" data-consent="refuse"', act: () => undefined, line: 'dropped page_view: decided by the site’s own call, which grants nothing' },
    { why: 'withdrawn after it', attributes: 'data-policy="strict"', act: () => (window as unknown as Tagged).hushtag.consent('refuse'), line: 'dropped page_view: refused or withdrawn; decided by the site’s own call' },
    { why: 'opted out', attributes: 'data-policy="strict"', act: () => (window as unknown as Tagged).hushtag.optOut(), line: 'dropped page_view: the visitor opted out' },
    { why: 'not to be read', attributes: '', act: () => (window as unknown as { hushtag: { track: (...all: unknown[]) => void } }).hushtag.track('big', { value: 1n }), line: 'dropped big: TypeError' },
    { why: 'ill named', attributes: '', act: () => (window as unknown as Tagged).hushtag.track('Brew rated'), line: 'Brew rated: the collector will drop this name' },
    { why: 'one too many', attributes: 'data-policy="strict"', act: () => { for (let made = 0; made < 21; made += 1) (window as unknown as { hushtag: { track: (name: string, params: object) => void } }).hushtag.track('many', { text: 'x'.repeat(10_000) }); }, line: 'dropped many of 10' },
  ])('that is $why', async ({ attributes, act, line }) => {
    const { page, said } = await listenTo('/', { attributes });
    await isReady(page);
    await page.evaluate(act);
    await said(line);
  });

  it('after an opt-out of an earlier page', async () => {
    const { page } = await listenTo('/');
    await isReady(page);
    await page.evaluate(() => (window as unknown as Tagged).hushtag.optOut());
    const next = await listenTo('/next');
    expect(await next.said('held page_view')).toContain('this browser has opted out: they are never sent');
  });

  it('by a collector that would not take it a second time either', async () => {
    stage.answer(() => ({ status: 400, body: JSON.stringify({ detail: 'No such site.' }) }));
    const { said: heard } = await listenTo('/');
    expect(await heard('dropped page_view')).toContain('the collector answers 400, and would again');
    await heard('the collector says: No such site.');
  });
}); // biome-ignore format: a table

/** Each platform with a choice that leaves something out, as a page has it before the tag. */
const PLATFORMS = [
  {
    name: 'tcf',
    head: `__tcfapi = (c, v, f) => f({ eventStatus: 'tcloaded', gdprApplies: true, purpose: { consents: { 1: true, 8: true } } }, true)`,
    grants: 'measure',
  },
  {
    name: 'gpp',
    head: `__gpp = (c, f) => f({ pingData: { signalStatus: 'ready', parsedSections: { usnat: { SaleOptOut: 1 } } } })`,
    grants: 'measure',
  },
  {
    name: 'gcm',
    head: `dataLayer = []; function gtag() { dataLayer.push(arguments) } gtag('consent', 'update', { analytics_storage: 'granted' })`,
    grants: 'measure',
  },
  {
    name: 'shopify',
    head: `Shopify = { customerPrivacy: { currentVisitorConsent: () => ({ analytics: 'yes', marketing: 'no', preferences: 'no', sale_of_data: 'no' }) } }`,
    grants: 'measure',
  },
  { name: 'wp', head: `wp_has_consent = (category) => category === 'statistics'`, grants: 'measure' },
];

describe('data-debug says which source decided', () => {
  it.each(PLATFORMS)('$name', async ({ name, head, grants }) => {
    const { said } = await listenTo('/', { head: `<script>${head}</script>` });
    await said(`found a consent platform: ${name}`);
    expect(await said('sent page_view')).toContain(`decided by ${name}, which grants ${grants}: ${grants} granted`);
  });

  it('the strictest of two, and one that has not spoken', async () => {
    const head = `<script>${PLATFORMS[4]?.head}; __tcfapi = () => undefined</script>`;
    const { page, said } = await listenTo('/', { head, attributes: 'data-consent="measure profile"' });
    await isReady(page);
    await said('found a consent platform: wp');
    await track(page, 'later');
    const line = await said('sent later');
    expect(line).toContain('decided by the site’s own call, which grants measure, profile, and wp, which grants measure: measure granted');
    expect(line).toContain('tcf has not spoken yet');
  });

  it('C2: Global Privacy Control', async () => {
    await stage.context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
    const { said } = await listenTo('/', { attributes: 'data-consent="grant"' });
    await said('Global Privacy Control is on');
    expect(await said('sent page_view')).toContain('Global Privacy Control leaves measure alone');
  });
}); // biome-ignore format: a table

describe('data-debug is a script of its own', () => {
  it('takes over from the page’s tag below it, and can be Core', async () => {
    const above = `<script src="${stage.collector}/tag.debug.js" data-site="shop" data-debug="core" data-consent="grant"></script>`;
    stage.serve('/', { head: above });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    await track(page, 'afterwards');
    await stage.arrived('afterwards');
    expect(stage.events().map(({ n }) => n)).toEqual(['page_view', 'afterwards']);
    expect(stage.arrivals[0]?.message).not.toHaveProperty('i');
  });

  it('says nothing of events without the attribute, and why it does not start', async () => {
    stage.serve('/', { script: 'tag.js', head: `<script src="${stage.collector}/tag.debug.js"></script>` });
    const page = await stage.context.newPage();
    const lines: string[] = [];
    page.on('console', (line) => lines.push(line.text()));
    await page.goto(stage.site);
    await stage.arrived('page_view');
    expect(lines).toEqual([
      'hushtag: explains nothing: the script tag has no data-debug',
      'hushtag: does not start: the script tag has no data-site',
    ]);
  });

  it.each([
    { script: 'tag.js', name: 'Core' },
    { script: 'tag.full.js', name: 'Full' },
  ] as const)('as an attribute of the ordinary $script, which calls of before its load find', async ({ script, name }) => {
    const { said } = await listenTo('/', {
      script,
      head: `<script>window.hushtag=window.hushtag||new Proxy([],{get:(q,c)=>c in q?q[c]:(...a)=>{q.push([c,...a])}}); hushtag.track('early')</script>`,
    });
    await said(`starts ${name} for site shop at ${stage.collector}, policy standard`);
    expect(await said('sent page_view, early')).toContain('decided by policy standard: nobody was asked');
    expect(stage.arrivals).toHaveLength(1);
  }); // biome-ignore format: an address

  it('under script-src ’self’, where site and collector are one', async () => {
    const whole = `<!doctype html><title>Shop</title><script src="/tag.js" data-site="shop" data-collector="${stage.collector}" data-debug></script>`;
    const headers = { 'content-security-policy': `script-src 'self'; connect-src ${stage.collector}` };
    const { said } = await listenTo('/', { whole, headers });
    await said('sent page_view');
  });

  it('and starts the ordinary tag where the page lets no other script load', async () => {
    const headers = { 'content-security-policy': `script-src ${stage.collector}/tag.js; connect-src ${stage.collector}` };
    const { page, lines } = await listenTo('/', { script: 'tag.js', headers });
    await isReady(page);
    await stage.arrived('page_view');
    expect(lines.filter((line) => line.startsWith('hushtag'))).toEqual([]);
  });

  it('leaves no word in the scripts that visitors load', () => {
    const words = /decided by|nobody was asked|explain|console/;
    const codeOf = (file: string): string => readFileSync(new URL(`../../dist/${file}`, import.meta.url), 'utf8');
    expect(codeOf('tag.debug.js')).toMatch(words);
    for (const file of ['tag.js', 'tag.full.js']) expect(codeOf(file)).not.toMatch(words);
  });
}); // biome-ignore format: an address
