// sdk/read-segments.ts: which segments of the site this visitor is in, for a page that shows each of them something else.
import type { TagOptions } from './api.ts';
import { callTag } from './chunk.ts';

/**
 * Asks the collector. The tag gives its id after consent alone, and the collector answers after consent to `personalise`
 * alone; else, and where anything fails, the list is empty: show everybody the same then. Never throws (S1).
 */
export const readSegments = async ({
  site,
  collector,
}: Pick<TagOptions, 'site' | 'collector'>): Promise<readonly string[]> => {
  try {
    const id = callTag('id');
    if (typeof id !== 'string') return [];
    const response = await fetch(`${collector}/v1/me/segments?site=${encodeURIComponent(site)}`, {
      headers: { 'Hushtag-Visitor': id },
      credentials: 'omit',
    });
    if (!response.ok) return [];
    const { segments } = (await response.json()) as { readonly segments?: readonly string[] };
    return segments ?? [];
  } catch {
    return [];
  }
};
