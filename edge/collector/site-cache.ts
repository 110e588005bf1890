// edge/collector/site-cache.ts: remembers sites for a moment, so that a page view asks no database for its site.
import type { EpochMs, SiteId } from '../../contract/index.ts';
import type { Site } from '../../store/index.ts';

/** How long a site's settings may be served after they changed. */
export const SITE_CACHE_MS = 5_000;
/** Names remembered, unknown ones included; past it the oldest go. */
const SITE_CACHE_MAX = 10_000;

/**
 * Wraps a look-up of sites with a bounded memory. Where the database can't be asked, what was known goes on being
 * served: a page view need not be lost because a site's settings can't be read anew (D1).
 */
export function cacheSites(
  find: (id: SiteId) => Promise<Site | undefined>,
  now: () => EpochMs,
): (id: SiteId) => Promise<Site | undefined> {
  const known = new Map<SiteId, { readonly until: number; readonly site: Promise<Site | undefined> }>();
  return (id) => {
    const held = known.get(id);
    const instant = now();
    // What lasts longer than anything can was read before the clock was set back.
    const isFresh = held !== undefined && held.until > instant && held.until <= instant + SITE_CACHE_MS;
    if (isFresh) return held.site;
    known.delete(id);
    for (const oldest of known.keys()) {
      if (known.size < SITE_CACHE_MAX) break;
      known.delete(oldest);
    }
    const site = find(id).catch((fault: unknown) => {
      if (held !== undefined) return held.site;
      known.delete(id);
      throw fault;
    });
    known.set(id, { until: instant + SITE_CACHE_MS, site });
    return site;
  };
}
