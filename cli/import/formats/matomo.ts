// cli/import/formats/matomo.ts: visits of Matomo's Live.getLastVisitsDetails (JSON), with what happened in them.
import type { ImportFormat, ImportRecord, WordedEvent } from './parts.ts';
import { eventName, numberOf, present, textOf, visitorId } from './parts.ts';

const listOf = (value: unknown): readonly ImportRecord[] =>
  Array.isArray(value) ? value.filter((one): one is ImportRecord => typeof one === 'object' && one !== null) : [];

const itemOf = (item: ImportRecord): WordedEvent =>
  present({
    item_id: textOf(item['itemSKU']),
    item_name: textOf(item['itemName']),
    item_category: textOf(item['itemCategory']),
    price: numberOf(item['price']),
    quantity: numberOf(item['quantity']),
  });

/** Name and parameters of an action; undefined for kinds that are no event of a page's. */
function whatOf(action: ImportRecord): { readonly name: string; readonly params?: WordedEvent } | undefined {
  switch (action['type']) {
    case 'action':
      return { name: 'page_view' };
    case 'search':
      return { name: 'search', params: present({ search_term: textOf(action['siteSearchKeyword']) }) };
    case 'download':
      return { name: 'file_download' };
    case 'outlink':
      return { name: 'click' };
    case 'event': {
      const name = eventName(textOf(action['eventAction']) ?? '') || 'event';
      return {
        name,
        params: present({
          event_category: textOf(action['eventCategory']),
          event_label: textOf(action['eventName']),
          event_value: numberOf(action['eventValue']),
        }),
      };
    }
    case 'ecommerceOrder':
      return {
        name: 'purchase',
        params: present({
          transaction_id: textOf(action['orderId']),
          value: numberOf(action['revenue']),
          tax: numberOf(action['revenueTax']),
          shipping: numberOf(action['revenueShipping']),
          discount: numberOf(action['revenueDiscount']),
          items: listOf(action['itemDetails']).map(itemOf),
        }),
      };
    default:
      return undefined;
  }
}

/** The format. `visitIp`, `userId` and what Matomo guessed of the device stay where they are. */
export const matomo: ImportFormat = {
  reader: 'json',
  numbering: 'event',
  events: (visit, { currency }) => {
    const visitor = textOf(visit['visitorId']);
    const money = currency ?? textOf(visit['siteCurrency']);
    const idVisit = textOf(visit['idVisit']) ?? '';
    return listOf(visit['actionDetails']).flatMap((action, nth) => {
      const what = whatOf(action);
      if (what === undefined) return [];
      const isMoney = what.params?.['value'] !== undefined && what.name === 'purchase';
      const seconds = numberOf(action['timestamp']) ?? numberOf(visit['firstActionTimestamp']);
      return [
        present({
          id: `matomo ${idVisit} ${nth}`,
          name: what.name,
          time: seconds === undefined ? undefined : seconds * 1_000,
          url: textOf(action['url']),
          title: textOf(action['pageTitle']),
          referrer: nth === 0 ? textOf(visit['referrerUrl']) : undefined,
          first_party_id: visitor === undefined ? undefined : visitorId('matomo', visitor),
          params: isMoney ? { ...what.params, ...(money === undefined ? {} : { currency: money }) } : what.params,
        }),
      ];
    });
  },
};
