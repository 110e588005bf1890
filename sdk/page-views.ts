// sdk/page-views.ts: says which page the visitor sees, and for how long and how far it was read.
import { send } from './delivery.ts';
import { isExempt } from './gate.ts';
import { address, pageUrl } from './page-url.ts';
import { safely } from './safely.ts';
import { track } from './track.ts';

/** Less than this is no engagement, ms. */
export const ENGAGED_MS_MIN = 1_000;

/**
 * Tracks `page_view` for every page the visitor comes to see: load, a prerendered page's activation, return from the
 * back/forward cache, and another address in the page. Tracks `user_engagement` for the page that was seen, when it is
 * left or hidden: milliseconds visible and in focus, and the share of its height that was seen. The edge gives both GA4's names.
 */
export const watchPageViews = (): void => {
  let page = '';
  let engagedMs = 0;
  let since = 0;
  let depth = 0;

  const tellEngagement = (): void => {
    if (engagedMs >= ENGAGED_MS_MIN) {
      track('user_engagement', [engagedMs, depth], page);
    }
    engagedMs = 0;
  };

  /** How much of the page is seen of a window that begins at `top`, as a share of its height. */
  const depthAt = (top: number): number => (top + innerHeight) / document.documentElement.scrollHeight;

  const look = safely(() => {
    const here = address();
    if (here === page || document.prerendering) return;
    tellEngagement();
    depth = depthAt(0);
    track('page_view', undefined, here, isExempt ? '' : pageUrl(page || document.referrer), document.title);
    page = here;
  });

  // One listener for all that can change what is seen: each change ends a stretch of time and may begin the next.
  const notice = safely((event?: Partial<PageTransitionEvent>) => {
    const now = Date.now();
    engagedMs += since && now - since;
    since = document.hasFocus() ? now : 0;
    if (address() === page) depth = Math.max(depth, depthAt(scrollY)); // Once the address is another, the page may be as well.
    if (event?.persisted) page = '';
    if (document.hidden) {
      since = 0;
      tellEngagement();
      void send();
    }
    // Routers set the title after the address, in the same task: the page is looked at in the next.
    setTimeout(look);
  });

  look();
  notice();
  // A page that goes becomes hidden before.
  // In capture: not all that happens to the document bubbles to the window.
  'visibilitychange focus popstate blur pageshow scroll'.split(' ').map((type) => addEventListener(type, notice, true));
  // An element with this id is a global of that name where there is no Navigation API.
  if (window.navigation?.currentEntry) {
    navigation.addEventListener('navigatesuccess', notice);
    return;
  }
  (['replaceState', 'pushState'] as const).map((method) => {
    const original = history[method];
    history[method] = (...given) => {
      original.apply(history, given); // What it throws is the page's own.
      notice();
    };
  });
};
