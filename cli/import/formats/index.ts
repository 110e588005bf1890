// cli/import/formats/index.ts: the exports of other tools that `hushtag import --format` reads.
import { ga4 } from './ga4.ts';
import { matomo } from './matomo.ts';
import { shopify, woocommerce } from './orders.ts';
import type { ImportFormat } from './parts.ts';
import { plausible, plausibleEvents } from './plausible.ts';
import { umami } from './umami.ts';

export type { FormatOptions, ImportFormat, ImportRecord } from './parts.ts';

/** By the name that a person types. */
export const IMPORT_FORMATS: Readonly<Record<string, ImportFormat>> = {
  ga4,
  'ga4-parquet': { ...ga4, reader: 'parquet' },
  matomo,
  umami,
  plausible,
  'plausible-events': plausibleEvents,
  shopify,
  woocommerce,
};
