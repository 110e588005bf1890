// segmenter/profiles/parse-event.ts: from a stored event to what the fold reads: items parsed, topics of a page found.
import type { Item, PropertyValue } from '../../contract/index.ts';
import type { StoredEvent } from '../../store/index.ts';
import type { FoldedEvent } from './fold.ts';
import type { ToldFields } from './site-traits.ts';
import { createTopicReader } from './topics.ts';

/** Parsed item lists kept: shops send the same products again and again. */
const ITEMS_CACHED_MAX = 20_000;

/** Parses events, with a memory for what comes again. */
export function createEventParser(): (event: StoredEvent) => FoldedEvent {
  const parsed = new Map<string, readonly Item[]>();
  const topicsOf = createTopicReader();
  const itemsOf = (text: string): readonly Item[] => {
    let items = parsed.get(text);
    if (items === undefined) {
      // The items column was written by the collector from checked items, so its text is trusted.
      items = JSON.parse(text) as readonly Item[];
      if (parsed.size >= ITEMS_CACHED_MAX) parsed.clear();
      parsed.set(text, items);
    }
    return items;
  };
  // Built field by field: copying with a rest took longer than the fold itself (measured).
  return ({ id, at, name, purposes, orderKey, currency, value, discount, items, source, page, told }) => {
    const event: { -readonly [K in keyof FoldedEvent]: FoldedEvent[K] } = { id, at, name, purposes };
    if (orderKey !== undefined) event.orderKey = orderKey;
    if (currency !== undefined) event.currency = currency;
    if (value !== undefined) event.value = value;
    if (discount !== undefined) event.discount = discount;
    if (items !== undefined) event.items = itemsOf(items);
    if (source !== undefined) event.source = source;
    if (page !== undefined) event.topics = topicsOf(page);
    if (told !== undefined) event.told = toldOf(told);
    return event;
  };
}

/** Reads {@link StoredEvent.told}. */
function toldOf(text: string): ToldFields {
  // Written by our own queries from what the collector checked.
  const [path, referrer, campaign, currency, value, discount, properties] = JSON.parse(text) as readonly [
    path: string | null,
    referrer: string | null,
    campaign: string | null,
    currency: string | null,
    value: number | null,
    discount: number | null,
    properties: Readonly<Record<string, PropertyValue>> | null,
  ];
  const told: { -readonly [K in keyof ToldFields]: ToldFields[K] } = {};
  if (path !== null) told.path = path;
  if (referrer !== null) told.referrer = referrer;
  if (campaign !== null) told.campaign = campaign;
  if (currency !== null) told.currency = currency;
  if (value !== null) told.value = value;
  if (discount !== null) told.discount = discount;
  if (properties !== null) told.properties = properties;
  return told;
}
