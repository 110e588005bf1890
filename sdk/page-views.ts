// sdk/page-views.ts: says when another page is shown, in a site of documents and in a single-page app alike.
import { withoutFragment } from './page-url.ts';
import { safely } from './safely.ts';

/**
 * Calls `seen`, with the page it came from, for every page the visitor comes to see: load, a prerendered page's
 * activation, return from the back/forward cache, and navigation to another address in the page (fragments apart).
 */
export const watchPageViews = (seen: (referrer: string) => void): void => {
  let lastSeen = '';
  const look = safely(() => {
    const here = withoutFragment(location.href);
    if (here === lastSeen || document.prerendering) return;
    seen(lastSeen || document.referrer);
    lastSeen = here;
  });
  // Routers set the title after the address, in the same task: the page is looked at in the next.
  const lookSoon = safely(() => setTimeout(look));

  look();
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method];
    history[method] = function (...given) {
      original.apply(this, given); // What it throws is the page's own.
      lookSoon();
    };
  }
  addEventListener('popstate', lookSoon);
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) lastSeen = '';
    look();
  });
  document.addEventListener('prerenderingchange', look);
};
