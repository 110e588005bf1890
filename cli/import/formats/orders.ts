// cli/import/formats/orders.ts: orders of Shopify (Orders → Export) and WooCommerce (Analytics → Orders → Download), CSV.
import type { ImportFormat, ImportRecord, WordedEvent } from './parts.ts';
import { isoOf, numberOf, present, textOf } from './parts.ts';

/** The rows of one order, the first of which has what is the whole order's. */
const LINES = 'Lineitems';

const linesOf = (order: ImportRecord): readonly ImportRecord[] => {
  const lines = order[LINES];
  return Array.isArray(lines) ? (lines as readonly ImportRecord[]) : [order];
};

const itemOf = (row: ImportRecord): WordedEvent =>
  present({
    // Items are known by an id; a shop without SKUs has its names.
    item_id: textOf(row['Lineitem sku']) ?? textOf(row['Lineitem name']),
    item_name: textOf(row['Lineitem name']),
    item_brand: textOf(row['Vendor']),
    price: numberOf(row['Lineitem price']),
    quantity: numberOf(row['Lineitem quantity']),
  });

/** Payments that never came are no purchases. */
const UNPAID = new Set([
  'pending',
  'voided',
  'authorized',
  'expired',
  'failed',
  'cancelled',
  'on-hold',
  'trash',
  'checkout-draft',
]);

/** Names, e-mails, telephones and addresses stay in the file. */
export const shopify: ImportFormat = {
  reader: 'csv',
  numbering: 'row',
  belongs: (row, before) => textOf(row['Name']) !== undefined && row['Name'] === before['Name'],
  join: (rows) => ({ ...rows[0], [LINES]: rows }),
  events: (order, { currency }) => {
    if (UNPAID.has(textOf(order['Financial Status'])?.toLowerCase() ?? '')) return [];
    const id = textOf(order['Id']) ?? textOf(order['Name']);
    return [
      present({
        id: id === undefined ? undefined : `shopify ${id}`,
        name: 'purchase',
        time: isoOf(order['Paid at']) ?? isoOf(order['Created at']),
        params: present({
          transaction_id: textOf(order['Name']),
          currency: textOf(order['Currency']) ?? currency,
          value: numberOf(order['Total']),
          tax: numberOf(order['Taxes']),
          shipping: numberOf(order['Shipping']),
          discount: numberOf(order['Discount Amount']),
          coupon: textOf(order['Discount Code']),
          items: linesOf(order)
            .map(itemOf)
            .filter((item) => item['item_id'] !== undefined),
        }),
      }),
    ];
  },
};

/** `1× Tea pot, 2× Cup`: names may hold commas, counts begin an item. */
function productsOf(text: string | undefined): WordedEvent[] {
  if (text === undefined) return [];
  return text.split(/,\s*(?=\d+\s*[×x]\s)/u).flatMap((part) => {
    const [, quantity, name] = /^(\d+)\s*[×x]\s+(.+)$/u.exec(part.trim()) ?? [];
    return name === undefined ? [] : [{ item_id: name, item_name: name, quantity: Number(quantity) }];
  });
}

/** Dates are the shop's own time without a zone; they are taken as UTC. */
export const woocommerce: ImportFormat = {
  reader: 'csv',
  numbering: 'row',
  events: (order, { currency }) => {
    if (UNPAID.has(textOf(order['Status'])?.toLowerCase() ?? '')) return [];
    const id = textOf(order['Order #']);
    return [
      present({
        id: id === undefined ? undefined : `woocommerce ${id}`,
        name: textOf(order['Status'])?.toLowerCase() === 'refunded' ? 'refund' : 'purchase',
        time: isoOf(order['Date']),
        params: present({
          transaction_id: id,
          currency,
          value: numberOf(order['N. Revenue']) ?? numberOf(order['Net Sales']),
          coupon: textOf(order['Coupon(s)']),
          items: productsOf(textOf(order['Product(s)'])),
        }),
      }),
    ];
  },
};
