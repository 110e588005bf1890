// bench/tag/contestants.ts: the scripts that are compared, each set up as its own documentation begins.
import { bundleForPage, ownScript } from '../tag-bundles.ts';

/** A script in a page. */
export interface Contestant {
  readonly name: string;
  readonly script: string;
  /** Attributes of its script element. */
  readonly attributes: string;
  readonly isOurs: boolean;
}

const RIVALS = [
  {
    name: '@plausible-analytics/tracker',
    code: `import { init } from '@plausible-analytics/tracker';
      init({ domain: 'shop.example', endpoint: '/api/event', captureOnLocalhost: true, outboundLinks: true, fileDownloads: true, formSubmissions: true });`,
  },
  {
    name: 'web-vitals',
    code: `import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals';
      const send = (metric) => navigator.sendBeacon('/vitals', JSON.stringify(metric));
      for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(send);`,
  },
  {
    name: '@snowplow/browser-tracker',
    code: `import { enableActivityTracking, newTracker, trackPageView } from '@snowplow/browser-tracker';
      newTracker('sp', location.origin, { appId: 'shop' });
      enableActivityTracking({ minimumVisitLength: 10, heartbeatDelay: 10 });
      trackPageView();`,
  },
  {
    name: '@segment/analytics-next',
    // Its settings are given with it, so that no other host is asked.
    code: `import { AnalyticsBrowser } from '@segment/analytics-next';
      const cdnSettings = { integrations: { 'Segment.io': { apiKey: 'shop', apiHost: location.host + '/v1', protocol: 'http' } } };
      AnalyticsBrowser.load({ writeKey: 'shop', cdnSettings, cdnURL: location.origin }).page();`,
  },
  {
    name: 'posthog-js',
    code: `import posthog from 'posthog-js';
      posthog.init('shop', { api_host: location.origin, defaults: '2025-05-24' });`,
  },
] as const;

/** A page without any, ours, and the rivals. */
export async function loadContestants(): Promise<readonly Contestant[]> {
  const ours = (['tag.js', 'tag.full.js'] as const).map((file) => ({
    name: `hushtag, ${file}`,
    script: ownScript(file),
    // A visitor who agreed: to the others everybody is one.
    attributes: 'data-site="shop" data-consent="grant"',
    isOurs: true,
  }));
  const rivals = await Promise.all(
    RIVALS.map(async ({ name, code }) => ({ name, script: await bundleForPage(code), attributes: '', isOurs: false })),
  );
  return [...ours, ...rivals];
}
