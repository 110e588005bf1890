// cli/replay/retail.ts: invoices of Online Retail as GA4-named events. Pure; nothing is invented, nothing lost unseen.
import { createHash } from 'node:crypto';
import type { Commerce, FirstPartyId, Item, TrackEvent } from '../../contract/index.ts';
import { eventIdFrom, parseEpochMs, parseFirstPartyId } from '../../contract/index.ts';
import type { LineRole, RetailLine, SkipReason } from './retail-lines.ts';
import { isCancellation, parseInvoiceDate, parseRetailRow, roleOf, SKIP_REASONS } from './retail-lines.ts';

/** An event of the replay; `firstPartyId` is there exactly where the data knows the customer. */
export interface RetailEvent {
  readonly event: TrackEvent;
  readonly firstPartyId?: FirstPartyId;
}

/** Where every line of the file went: `read` = `mapped` + the sum of `skipped`. */
export interface LineCounts {
  readonly read: number;
  readonly mapped: number;
  readonly skipped: Readonly<Record<SkipReason, number>>;
}

/** A whole file as events, oldest first. */
export interface MappedRetail {
  readonly events: readonly RetailEvent[];
  readonly lines: LineCounts;
}

type Sold = Exclude<LineRole, { role: 'skip' }>;
type SkipCounts = Record<SkipReason, number>;

// Fixed for good: with another label a second replay would be new events and new visitors instead of duplicates.
const LABEL = 'hushtag replay';
/** 32 base64url characters are 192 bits; the edge asks for at least 22. */
const FIRST_PARTY_ID_CHARS = 32;
const EVENT_RANDOM_BYTES = 10;
const CURRENCY = 'GBP';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * The id a customer's browser would have kept, made from the customer's number so that every replay makes the same.
 * Standing in for a random id it is one-way but guessable by whoever holds the data set, so the edge pseudonymises
 * it again like any other; the customer's number itself is never sent.
 */
export function customerFirstPartyId(customerId: string): FirstPartyId {
  const id = parseFirstPartyId(
    sha256(`${LABEL}|customer|${customerId}`).toString('base64url').slice(0, FIRST_PARTY_ID_CHARS),
  );
  if (!id.ok) throw new Error('replay: a SHA-256 in base64url is a first-party id');
  return id.value;
}

/** Maps the rows of the Parquet file. Their order changes nothing. */
export function mapRetail(rows: readonly Readonly<Record<string, unknown>>[]): MappedRetail {
  const skipped = Object.fromEntries(SKIP_REASONS.map((reason) => [reason, 0])) as SkipCounts;
  const invoices = new Map<string, RetailLine[]>();
  for (const row of rows) {
    const line = parseRetailRow(row);
    if (!line.ok) skipped.malformed_row += 1;
    else addTo(invoices, line.value);
  }
  const events: RetailEvent[] = [];
  let mapped = 0;
  for (const [invoiceNo, lines] of invoices) {
    const sold = soldLines(lines, skipped);
    if (sold.length === 0) continue;
    mapped += sold.length;
    events.push(invoiceEvent(invoiceNo, lines, sold));
  }
  events.sort((a, b) => a.event.at - b.event.at || (a.event.id < b.event.id ? -1 : 1));
  return { events, lines: { read: rows.length, mapped, skipped } };
}

const addTo = (invoices: Map<string, RetailLine[]>, line: RetailLine): void => {
  const lines = invoices.get(line.invoiceNo);
  if (lines === undefined) invoices.set(line.invoiceNo, [line]);
  else lines.push(line);
};

interface SoldLine {
  readonly line: RetailLine;
  readonly sold: Sold;
}

/** The lines that become an event; the others are counted. Postage without goods is no purchase. */
function soldLines(lines: readonly RetailLine[], skipped: SkipCounts): readonly SoldLine[] {
  const sold: SoldLine[] = [];
  for (const line of lines) {
    const role = roleOf(line);
    if (role.role === 'skip') skipped[role.reason] += 1;
    else sold.push({ line, sold: role });
  }
  if (sold.some((entry) => entry.sold.role === 'item')) return sold;
  skipped.no_sale_line += sold.length;
  return [];
}

function invoiceEvent(invoiceNo: string, lines: readonly RetailLine[], sold: readonly SoldLine[]): RetailEvent {
  const name = isCancellation(invoiceNo) ? 'refund' : 'purchase';
  const at = earliest(lines);
  const random = sha256(`${LABEL}|${invoiceNo}|${name}`).subarray(0, EVENT_RANDOM_BYTES);
  const event: TrackEvent = { id: eventIdFrom(at, random), name, at, commerce: commerceOf(invoiceNo, sold) };
  const customers = new Set(lines.map((line) => line.customerId));
  const [customerId] = customers;
  // An invoice with two customers names none: linking a purchase to the wrong person is worse than to nobody.
  if (customers.size !== 1 || customerId === undefined) return { event };
  return { event, firstPartyId: customerFirstPartyId(customerId) };
}

/** Some invoices were written across a minute's end; they happened when they were begun. */
function earliest(lines: readonly RetailLine[]): TrackEvent['at'] {
  const times = lines
    .map((line) => parseInvoiceDate(line.invoiceDate))
    .map((time) => (time.ok ? time.value : Infinity));
  const at = parseEpochMs(Math.min(...times));
  if (!at.ok) throw new Error('replay: the lines of an invoice were parsed before they were grouped');
  return at.value;
}

function commerceOf(invoiceNo: string, sold: readonly SoldLine[]): Commerce {
  const total = (role: Sold['role']): number =>
    sold.reduce((sum, entry) => sum + (entry.sold.role === role ? entry.sold.pence * entry.sold.quantity : 0), 0);
  const shipping = total('shipping');
  const discount = total('discount');
  return {
    currency: CURRENCY,
    value: total('item'),
    ...(shipping === 0 ? {} : { shipping }),
    ...(discount === 0 ? {} : { discount }),
    transactionId: invoiceNo,
    items: sold
      .filter((entry) => entry.sold.role === 'item')
      .map(itemOf)
      .sort(byContent),
  };
}

const itemOf = ({ line, sold }: SoldLine): Item => {
  const name = line.description?.trim() ?? '';
  return {
    id: line.stockCode.trim(),
    ...(name === '' ? {} : { name }),
    price: sold.pence,
    quantity: sold.quantity,
  };
};

// Rows carry no line number, so the items get an order of their own: the same rows, shuffled, are the same event.
const byContent = (a: Item, b: Item): number =>
  compare(a.id, b.id) ||
  compare(a.name ?? '', b.name ?? '') ||
  compare(a.price ?? 0, b.price ?? 0) ||
  compare(a.quantity ?? 0, b.quantity ?? 0);
const compare = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
