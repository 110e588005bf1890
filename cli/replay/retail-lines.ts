// cli/replay/retail-lines.ts: what one invoice line of Online Retail is, and why some are no customer's purchase.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';

/** One line of an invoice as the data set has it. `Country` is not read: nothing here needs it. */
export interface RetailLine {
  readonly invoiceNo: string;
  readonly stockCode: string;
  readonly description?: string;
  readonly quantity: number;
  /** `M/D/YY H:MM`, no zone. */
  readonly invoiceDate: string;
  /** Pounds. */
  readonly unitPrice: number;
  readonly customerId?: string;
}

/** Why a line became part of no event. The order is the order of a report. */
export const SKIP_REASONS = [
  'malformed_row',
  'manual_entry',
  'sample',
  'fee',
  'discount_after_sale',
  'stock_adjustment',
  'zero_price',
  'below_a_penny',
  'negative_price',
  'addition_in_cancellation',
  'no_sale_line',
] as const;
/** Why a line became part of no event. */
export type SkipReason = (typeof SKIP_REASONS)[number];

/** What a line is to its invoice; `pence` is positive, for one piece. */
export type LineRole =
  | { readonly role: 'item' | 'shipping' | 'discount'; readonly pence: number; readonly quantity: number }
  | { readonly role: 'skip'; readonly reason: SkipReason };

// Codes that are no products. CRUK (a charity's commission) and B (bad debt) occur later in the year's full data.
const NOT_A_PURCHASE: ReadonlyMap<string, SkipReason> = new Map([
  ['M', 'manual_entry'],
  ['S', 'sample'],
  ['AMAZONFEE', 'fee'],
  ['BANK CHARGES', 'fee'],
  ['CRUK', 'fee'],
  ['B', 'fee'],
]);
const SHIPPING_CODES: ReadonlySet<string> = new Set(['POST', 'DOT', 'C2']);
const DISCOUNT_CODE = 'D';

/** An invoice whose number starts with C cancels goods sold earlier; which sale it cancels the data does not say. */
export const isCancellation = (invoiceNo: string): boolean => invoiceNo.startsWith('C');

const skip = (reason: SkipReason): LineRole => ({ role: 'skip', reason });

/**
 * Says what a line is to its invoice.
 * Quantities come back positive, in cancellations too: GA4 states a refund's amounts as positive numbers.
 */
export function roleOf(line: RetailLine): LineRole {
  const code = line.stockCode.trim().toUpperCase();
  const noPurchase = NOT_A_PURCHASE.get(code);
  if (noPurchase !== undefined) return skip(noPurchase);
  const cancels = isCancellation(line.invoiceNo);
  // A discount granted on an invoice of its own gives money back, but no goods: it is no refund of an item.
  if (code === DISCOUNT_CODE && cancels) return skip('discount_after_sale');
  const pence = Math.round(line.unitPrice * 100);
  // Discounts are booked as a negative quantity of a positive price.
  const quantity = cancels ? -line.quantity : code === DISCOUNT_CODE ? Math.abs(line.quantity) : line.quantity;
  // Breakages, losses and finds are booked as sales of a negative number, always at no price.
  if (quantity <= 0) return skip(cancels ? 'addition_in_cancellation' : 'stock_adjustment');
  if (line.unitPrice === 0) return skip('zero_price');
  if (pence === 0) return skip('below_a_penny');
  if (pence < 0) return skip('negative_price');
  if (code === DISCOUNT_CODE) return { role: 'discount', pence, quantity };
  return { role: SHIPPING_CODES.has(code) ? 'shipping' : 'item', pence, quantity };
}

const INVOICE_DATE = /^(\d{1,2})\/(\d{1,2})\/(\d{2}) (\d{1,2}):(\d{2})$/;

/**
 * Reads `M/D/YY H:MM` as UTC; the data names no zone. Refuses anything else, and dates the calendar lacks.
 * @returns epoch milliseconds, whole minutes.
 */
export function parseInvoiceDate(text: string): Result<number, 'malformed'> {
  const match = INVOICE_DATE.exec(text);
  if (match === null) return err('malformed');
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  const at = Date.UTC(2000 + year, month - 1, day, hour, minute);
  const back = new Date(at);
  const exists =
    back.getUTCMonth() === month - 1 && back.getUTCDate() === day && back.getUTCHours() === hour && minute < 60;
  return exists ? ok(at) : err('malformed');
}

const wholeNumber = (value: unknown): number | undefined => {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
};

/** Reads a row of the Parquet file; refuses one whose columns are not what the data set describes. */
export function parseRetailRow(row: Readonly<Record<string, unknown>>): Result<RetailLine, 'malformed'> {
  const { InvoiceNo: invoiceNo, StockCode: stockCode, Description: description, InvoiceDate: invoiceDate } = row;
  const { UnitPrice: unitPrice, CustomerID: customer } = row;
  const quantity = wholeNumber(row['Quantity']);
  const customerId = wholeNumber(customer);
  const isSound =
    typeof invoiceNo === 'string' && invoiceNo !== '' && typeof stockCode === 'string' && stockCode !== '';
  if (!isSound || typeof invoiceDate !== 'string' || !parseInvoiceDate(invoiceDate).ok) return err('malformed');
  if (quantity === undefined || typeof unitPrice !== 'number' || !Number.isFinite(unitPrice)) return err('malformed');
  if (customerId === undefined && customer !== null && customer !== undefined) return err('malformed');
  return ok({
    invoiceNo,
    stockCode,
    quantity,
    invoiceDate,
    unitPrice,
    ...(typeof description === 'string' ? { description } : {}),
    ...(customerId === undefined ? {} : { customerId: String(customerId) }),
  });
}
