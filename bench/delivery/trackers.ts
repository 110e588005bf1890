// bench/delivery/trackers.ts: who is compared: each is a script that gives the page one call, `make(key)`.
import { bundleForPage, ownScript } from '../tag-bundles.ts';

/** A tracker in a page. */
export interface Tracker {
  readonly name: string;
  /** What stands in the page's head. */
  readonly head: string;
  /** What the page loads by `/tracker.js`. */
  readonly script: string;
}

/** Ours, and the rivals. */
export async function loadTrackers(): Promise<readonly Tracker[]> {
  const plausible = await bundleForPage(`
    import { init, track } from '@plausible-analytics/tracker';
    init({ domain: 'shop.example', endpoint: '/api/event', captureOnLocalhost: true });
    window.make = (key) => track('made', { props: { key } });
  `);
  // What Umami's tracker does with an event: it posts it at once, by fetch with keepalive, and forgets it.
  const umami = `
    window.make = (key) => {
      const payload = { website: 'shop', name: 'made', url: location.href, title: document.title, data: { key } };
      fetch('/api/send', {
        keepalive: true,
        method: 'POST',
        body: JSON.stringify({ type: 'event', payload }),
        headers: { 'Content-Type': 'application/json' },
      }).catch(() => {});
    };
  `;
  const script = '<script src="/tracker.js"></script>';
  return [
    {
      name: 'hushtag',
      // A visitor who agreed, as everybody is to the others.
      head: `<script src="/tracker.js" data-site="shop" data-consent="grant"></script>
        <script>window.make = (key) => hushtag.track('made', { key })</script>`,
      script: ownScript('tag.full.js'),
    },
    { name: 'Plausible (npm)', head: script, script: plausible },
    { name: 'umami approach', head: script, script: umami },
  ];
}
