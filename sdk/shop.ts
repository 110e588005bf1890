// sdk/shop.ts: Full, and the reader of a page's dataLayer: all that a shop needs which is instrumented for GA4.
import type { EventParams, FullCalls, Hushtag, TagOptions } from './api.ts';
import { readDataLayer } from './data-layer.ts';
import { startFull } from './full.ts';

/** What the script tag says besides. */
export interface ShopOptions extends TagOptions {
  /** The name of the page's list; `dataLayer` where absent. */
  readonly layer?: string;
}

/** Starts the full tag, which hears what is pushed for GA4 from then on, and what was before. */
export const startShop = (options: ShopOptions): Hushtag & FullCalls => {
  const tag = startFull(options);
  readDataLayer(options.layer ?? 'dataLayer', (name, params) => tag.track(name, params as EventParams));
  return tag;
};
