// cli/import/formats/ga4.ts: rows of GA4's BigQuery export (support.google.com/analytics/answer/7029846), as NDJSON or Parquet.
import type { ImportFormat, ImportRecord, WordedEvent } from './parts.ts';
import { eventName, numberOf, present, textOf, visitorId } from './parts.ts';

const isRecord = (value: unknown): value is ImportRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const recordOf = (value: unknown): ImportRecord => (isRecord(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Parameters that are fields of their own, or of no meaning outside Google. */
const ELSEWHERE = new Set([
  'page_location',
  'page_referrer',
  'page_title',
  'ga_session_id',
  'ga_session_number',
  'engaged_session_event',
]);

/** `[{"key","value":{"string_value"|"int_value"|…}}]` as one object. */
function paramsOf(value: unknown): Map<string, string | number> {
  const params = new Map<string, string | number>();
  for (const entry of listOf(value).filter(isRecord)) {
    const { string_value, int_value, double_value, float_value } = recordOf(entry['value']);
    const held = textOf(string_value) ?? numberOf(int_value) ?? numberOf(double_value) ?? numberOf(float_value);
    const key = textOf(entry['key']);
    if (key !== undefined && held !== undefined) params.set(key, held);
  }
  return params;
}

const itemOf = (item: ImportRecord): WordedEvent =>
  present({
    item_id: textOf(item['item_id']),
    item_name: textOf(item['item_name']),
    item_brand: textOf(item['item_brand']),
    item_category: textOf(item['item_category']),
    item_variant: textOf(item['item_variant']),
    price: numberOf(item['price']),
    quantity: numberOf(item['quantity']),
  });

/** The format. User ids, addresses and devices stay where they are. */
export const ga4: ImportFormat = {
  reader: 'json',
  numbering: 'row',
  events: (row) => {
    const params = paramsOf(row['event_params']);
    const shop = recordOf(row['ecommerce']);
    const [micros, pseudo] = [textOf(row['event_timestamp']), textOf(row['user_pseudo_id'])];
    const bundle = textOf(row['event_bundle_sequence_id']) ?? '';
    const nth = textOf(row['batch_event_index']) ?? '';
    const name = textOf(row['event_name']) ?? '';
    // A "No" of Consent Mode is kept, and links nobody: beside an id it would withdraw what others agreed to.
    const isRefused = textOf(recordOf(row['privacy_info'])['analytics_storage'])?.toLowerCase() === 'no';
    const items = listOf(row['items']).filter(isRecord).map(itemOf);
    const others = [...params].filter(([key]) => !ELSEWHERE.has(key));
    return [
      present({
        // Hashed: a pseudonym of Google's would be in the collector's refusals.
        id: `ga4 ${visitorId('ga4 event', `${pseudo ?? ''} ${micros ?? ''} ${name} ${bundle} ${nth}`)}`,
        name: eventName(name),
        time: micros === undefined ? undefined : Math.floor(Number(micros) / 1_000),
        url: params.get('page_location'),
        referrer: params.get('page_referrer'),
        title: params.get('page_title'),
        first_party_id: pseudo === undefined || isRefused ? undefined : visitorId('ga4', pseudo),
        consent: isRefused ? { state: 'refused' } : undefined,
        params: present({
          ...Object.fromEntries(others),
          transaction_id: textOf(shop['transaction_id']) ?? params.get('transaction_id'),
          value: numberOf(shop['purchase_revenue']) ?? params.get('value'),
          tax: numberOf(shop['tax_value']) ?? params.get('tax'),
          shipping: numberOf(shop['shipping_value']) ?? params.get('shipping'),
          items: items.length === 0 ? undefined : items,
        }),
      }),
    ];
  },
};
