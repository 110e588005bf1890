// sdk/consent-sources.test.ts
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Consent, ConsentSource } from '../contract/index.ts';
import { PURPOSE_BITS_ALL } from '../contract/index.ts';
import { SEEK_MS, SEEKS_MAX } from './consent-sources.ts';
import { FLUSH_MS } from './delivery.ts';
import type { Page } from './testing.ts';
import { closePage, consentOf, openPage } from './testing.ts';

/** What the collector knows of the choice after one more event. */
const told = async (page: Page): Promise<Consent> => {
  page.tag.track('asked');
  await page.pass(2 * FLUSH_MS);
  return consentOf(page.fetched.at(-1));
};
const granted = (source: ConsentSource, purposes: number) => ({ state: 'granted', source, purposes }) as const;
const UNASKED = { state: 'unasked' };
afterEach(closePage);

describe('C2: TCF', () => {
  type Listener = (data: object, isGood: boolean) => void;
  const install = (): { say: (data: object, isGood?: boolean) => void } => {
    let listener: Listener | undefined;
    vi.stubGlobal('__tcfapi', (_command: string, _version: number, given: Listener) => void (listener = given));
    return {
      say: (data, isGood = true) => listener?.({ gdprApplies: true, eventStatus: 'tcloaded', ...data }, isGood),
    };
  };
  const ALL = { consents: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [index + 1, true])) };

  it.each([
    { why: 'the banner is shown', data: { eventStatus: 'cmpuishown' } },
    { why: 'nobody knows yet whether GDPR applies', data: { gdprApplies: undefined } },
    { why: 'GDPR does not apply', data: { gdprApplies: false } },
  ])('says nothing while $why', async ({ data }) => {
    const tcf = install();
    const page = await openPage();
    tcf.say({ purpose: ALL, ...data });
    expect(await told(page)).toEqual(UNASKED);
  });

  it('says nothing where the platform failed', async () => {
    const tcf = install();
    const page = await openPage();
    tcf.say({ purpose: ALL }, false);
    expect(await told(page)).toEqual(UNASKED);
  });

  it('hears a grant, and its withdrawal as a second event: the id goes', async () => {
    const tcf = install();
    const page = await openPage();
    tcf.say({ purpose: ALL });
    expect(await told(page)).toEqual(granted('tcf', 7));
    expect(page.stored.size).toBe(1);
    tcf.say({ eventStatus: 'useractioncomplete', purpose: { consents: {} } });
    expect(await told(page)).toEqual({ state: 'refused', source: 'tcf' });
    expect(page.stored.size).toBe(0);
  });

  it.each([
    { why: 'stands beside its grant', consents: { 1: true, 8: true }, purposes: 1 | 16 },
    { why: 'links nobody beside its refusal', consents: {}, purposes: 16 },
  ])('a separate consent, of which it knows nothing, $why', async ({ consents, purposes }) => {
    const tcf = install();
    const page = await openPage({ consent: { purposes: ['measure', 'profile', 'cross_border'] } });
    tcf.say({ purpose: { consents } });
    expect(await told(page)).toEqual(granted('tcf', purposes));
    expect(page.fetched.at(-1)?.i !== undefined).toBe(purposes !== 16);
  });

  it('alone gives no separate consent, whatever it grants', async () => {
    const tcf = install();
    const page = await openPage();
    tcf.say({ purpose: ALL });
    expect(await told(page)).toEqual(granted('tcf', 7));
  });

  it('leaves a strict page silent until it says yes', async () => {
    const tcf = install();
    const page = await openPage({ policy: 'strict' });
    await page.pass(60_000);
    expect(page.fetched).toEqual([]);
    tcf.say({ purpose: { consents: { 1: true, 8: true } } });
    expect(await told(page)).toEqual(granted('tcf', 1));
  });
});

describe('C2: GPP', () => {
  const install = (): { say: (pingData: object) => void } => {
    let listener: ((event: object) => void) | undefined;
    vi.stubGlobal('__gpp', (_command: string, given: (event: object) => void) => void (listener = given));
    return { say: (pingData) => listener?.({ pingData }) };
  };
  const section = (fields: object): object => ({ signalStatus: 'ready', parsedSections: { usnat: fields } });

  it.each([
    { why: 'is not ready', ping: { signalStatus: 'not ready', parsedSections: { usnat: { SaleOptOut: 2 } } } },
    { why: 'has no section of the US', ping: { signalStatus: 'ready', parsedSections: {} } },
  ])('says nothing while it $why', async ({ ping }) => {
    const gpp = install();
    const page = await openPage();
    gpp.say(ping);
    expect(await told(page)).toEqual(UNASKED);
  });

  it.each([
    { why: 'no opt-out', fields: { SaleOptOutNotice: 1, SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 2 }, purposes: 15 },
    { why: 'out of sale', fields: { SaleOptOut: 1, SharingOptOut: 2 }, purposes: 1 },
    { why: 'out of targeting, in a subsection', fields: [{ SaleOptOut: 2, TargetedAdvertisingOptOut: 1 }, { Gpc: false }], purposes: 1 },
  ])('reads $why as $purposes', async ({ fields, purposes }) => {
    const gpp = install();
    const page = await openPage();
    gpp.say(section(fields));
    expect(await told(page)).toEqual(granted('gpp', purposes));
  }); // biome-ignore format: a table
});

describe('C2: Google Consent Mode v2', () => {
  // As gtag does it: entries are Arguments objects.
  function gtag(..._given: readonly unknown[]): void {
    // oxlint-disable-next-line prefer-rest-params -- what is tested is just this object.
    (globalThis as unknown as { dataLayer: unknown[] }).dataLayer.push(arguments);
  }
  const install = (): void => void vi.stubGlobal('dataLayer', [{ event: 'gtm.js' }]);

  it('takes no default for a choice, and an update for one, with what the default said of the rest', async () => {
    install();
    gtag('consent', 'default', { analytics_storage: 'granted', ad_user_data: 'denied', ad_personalization: 'denied' });
    const page = await openPage();
    expect(await told(page)).toEqual(UNASKED);
    gtag('consent', 'update', { ad_personalization: 'granted' });
    expect(await told(page)).toEqual(granted('gcm', 7));
    gtag('consent', 'update', { ad_personalization: 'denied', analytics_storage: 'denied' });
    expect(await told(page)).toEqual({ state: 'refused', source: 'gcm' });
  });

  it('replays an update from before the tag', async () => {
    install();
    gtag('consent', 'update', { analytics_storage: 'granted' });
    expect(await told(await openPage())).toEqual(granted('gcm', 1));
  });

  it('takes what is absent as denied, and leaves defaults for a region to that region', async () => {
    install();
    gtag('consent', 'default', { analytics_storage: 'granted', region: ['US'] });
    const page = await openPage();
    gtag('consent', 'update', { ad_storage: 'granted' });
    expect(await told(page)).toEqual({ state: 'refused', source: 'gcm' });
  });

  it('passes every entry on, whatever it is', async () => {
    install();
    await openPage();
    const { dataLayer } = globalThis as unknown as { dataLayer: unknown[] };
    expect(dataLayer.push(null, 7, { ecommerce: null }, ['consent'])).toBe(5);
    expect(dataLayer).toHaveLength(5);
  });
});

describe('C2: Shopify Customer Privacy', () => {
  it('hears what was answered before, and what is answered now', async () => {
    let consent = { analytics: '', marketing: '', preferences: '', sale_of_data: '' };
    vi.stubGlobal('Shopify', { customerPrivacy: { currentVisitorConsent: () => consent } });
    const page = await openPage();
    expect(await told(page)).toEqual(UNASKED);
    consent = { analytics: 'yes', marketing: 'no', preferences: 'no', sale_of_data: 'no' };
    page.fire('visitorConsentCollected');
    expect(await told(page)).toEqual(granted('shopify', 1));
  });
});

describe('C2: WP Consent API', () => {
  it('takes a "no" for a choice only once something was chosen', async () => {
    const allowed = new Set<string>();
    vi.stubGlobal('wp_has_consent', (category: string) => allowed.has(category));
    const page = await openPage();
    expect(await told(page)).toEqual(UNASKED);
    allowed.add('statistics').add('marketing');
    page.fire('wp_listen_for_consent_change');
    expect(await told(page)).toEqual(granted('wp', 3));
    allowed.clear();
    page.fire('wp_listen_for_consent_change');
    expect(await told(page)).toEqual({ state: 'refused', source: 'wp' });
  });
});

describe('C2: whoever comes, and whenever, the strictest holds', () => {
  it.each([
    { why: 'in the last moment', ms: (SEEKS_MAX - 1) * SEEK_MS, isHeard: true },
    { why: 'too late', ms: SEEKS_MAX * SEEK_MS, isHeard: false },
  ])('hears a platform that loads $why: $isHeard', async ({ ms, isHeard }) => {
    const page = await openPage();
    await page.pass(ms - 1);
    vi.stubGlobal('wp_has_consent', () => true);
    await page.pass(SEEK_MS);
    expect(await told(page)).toEqual(isHeard ? granted('wp', 7) : UNASKED);
  });

  it('grants what all sources grant', async () => {
    vi.stubGlobal('wp_has_consent', (category: string) => category !== 'marketing');
    const page = await openPage({ consent: 'grant' });
    expect(await told(page)).toEqual(granted('wp', 5));
    page.tag.consent('refuse');
    expect(await told(page)).toEqual({ state: 'refused', source: 'site' });
    page.tag.consent('grant');
    expect(await told(page)).toEqual(granted('site', 5));
  });

  it('S1: stands a platform that throws, and hears the others', async () => {
    vi.stubGlobal('__tcfapi', () => { throw new Error('stub'); });
    vi.stubGlobal('dataLayer', 7);
    vi.stubGlobal('wp_has_consent', () => true);
    expect(await told(await openPage())).toEqual(granted('wp', 7));
  });

  it.each([true, false])('C1: passes separate consents on, and not for a grant of all; Core: %s', async (core) => {
    const page = await openPage({}, { core });
    page.tag.consent({ purposes: ['measure', 'cross_border'] });
    expect(await told(page)).toMatchObject({ purposes: 17 });
    page.tag.consent('grant');
    expect(await told(page)).toMatchObject({ purposes: PURPOSE_BITS_ALL });
  });

  it('lets Core hear of the site’s own call alone', async () => {
    vi.stubGlobal('wp_has_consent', () => true);
    const page = await openPage({}, { core: true });
    expect(await told(page)).toEqual(UNASKED);
    page.tag.consent('grant');
    expect(await told(page)).toEqual(granted('site', PURPOSE_BITS_ALL));
    expect(page.stored.size).toBe(0);
  });
}); // biome-ignore format: one line reads better
