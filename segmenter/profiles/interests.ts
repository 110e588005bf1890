// segmenter/profiles/interests.ts: which categories a visitor is interested in of late.
import type { ProfileState } from './state.ts';
import type { RecentWeeks } from './recent-weeks.ts';
import { addToWeeks, fadedCounts, mergeWeeks } from './recent-weeks.ts';

/** Points of interest in its category that an item bought is worth; the fold counts those looked at and put into the cart. */
export const BOUGHT_POINTS = 5;

/** Points by category as of an instant, faded; those of orders are added here, where an order sent twice is one. */
export function interestsOf({ interests, orders }: ProfileState, asOf: number): Map<string, number> {
  if (orders.size === 0) return fadedCounts(interests, asOf);
  const points: RecentWeeks = new Map();
  mergeWeeks(points, interests);
  for (const { at, categories } of orders.values()) {
    for (const [category, items] of categories) addToWeeks(points, at, category, BOUGHT_POINTS * items);
  }
  return fadedCounts(points, asOf);
}
