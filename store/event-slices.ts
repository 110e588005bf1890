// store/event-slices.ts: events to fold, a stretch of their order of arrival at a time.
import type { PurposeBits } from '../contract/index.ts';
import { PURPOSE_BIT } from '../contract/index.ts';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** Names of the events whose id or order key a profile holds: no other's is read (segmenter/profiles/fold.ts). */
export const ID_NAMES: ReadonlySet<string> = new Set(['purchase', 'refund']);
/** The same as a list in SQL. */
export const NAMES_WITH_IDS: string = [...ID_NAMES].map((name) => `'${name}'`).join(', ');
/** And of those whose items it counts. */
export const NAMES_WITH_ITEMS = "'view_item', 'add_to_cart', 'purchase', 'refund'";

/** An event that may be folded: of a linked visitor who agreed to `profile` (C1) and did not object since. */
export interface StoredEvent {
  readonly visitor: number;
  /** Event id as 32 hex digits, of one of {@link NAMES_WITH_IDS}; '' of the others. */
  readonly id: string;
  readonly at: number;
  readonly name: string;
  readonly purposes: PurposeBits;
  /** 24 hex digits. */
  readonly orderKey?: string;
  readonly currency?: string;
  readonly value?: number;
  /** Taken off the whole order, minor units; of a purchase alone. */
  readonly discount?: number;
  /** JSON text of the items, of one of {@link NAMES_WITH_ITEMS}. */
  readonly items?: string;
  /** Where it came from; absent of the tag's (core/context.ts). */
  readonly source?: string;
  /** Path and title of a page view, a line each. */
  readonly page?: string;
  /** JSON text of the fields that a site's own traits may read, of an event that one of them names (segmenter/profiles/parse-event.ts). */
  readonly told?: string;
}

/** Events of a stretch of the order of arrival. */
export interface EventSlice {
  /** The watermark once these are folded. */
  readonly seq: number;
  /** Events of the site in the stretch, those that may not be folded included. */
  readonly scanned: number;
  readonly events: readonly StoredEvent[];
}

/** Whose events may be folded, as a condition on `visitors AS v`. */
export const FOLDABLE_VISITOR = `v.linked = 1 AND v.objected_at IS NULL AND NOT EXISTS (SELECT 1 FROM withdrawals AS w
  WHERE w.site_id = v.site_id AND w.visitor = v.id AND (w.purposes & ${PURPOSE_BIT.profile}) <> 0)`;

/**
 * At most `limit` events after `seq`, in order of arrival; undefined where there are none.
 * @param toldNames events of which {@link StoredEvent.told} is wanted.
 */
export async function readEventSlice(
  db: Db,
  site: SiteRow,
  seq: number,
  limit: number,
  toldNames: readonly string[] = [],
): Promise<EventSlice | undefined> {
  // NOT INDEXED: the index of event ids begins with the site, but reading by it would sort the whole history by seq.
  const bound = await db.client.execute({
    sql: `SELECT max(seq) AS seq, count(*) AS scanned FROM (
      SELECT seq FROM events NOT INDEXED WHERE site_id = ? AND seq > ? ORDER BY seq LIMIT ?)`,
    args: [site, seq, limit],
  });
  const scanned = Number(bound.rows[0]?.['scanned'] ?? 0);
  if (scanned === 0) return undefined;
  const last = Number(bound.rows[0]?.['seq']);
  const { rows } = await db.client.execute({
    sql: toldNames.length === 0 ? SLICE_TEXT : TOLD_SLICE_TEXT,
    args: [site, seq, last, PURPOSE_BIT.profile, ...(toldNames.length === 0 ? [] : [JSON.stringify(toldNames)])],
  });
  const [row] = rows;
  // We wrote the text ourselves, a query above.
  const told = row === undefined ? [] : (JSON.parse(textOf(row, 'events')) as EventFields[]);
  return { seq: last, scanned, events: told.map(toEvent) };
}

/** An event as a slice's text tells it. */
type EventFields = readonly [
  visitor: number,
  at: number,
  name: string,
  purposes: PurposeBits,
  id: string,
  orderKey: string | null,
  currency: string | null,
  value: number | null,
  items: string | null,
  source: string | null,
  discount: number | null,
  page: string | null,
  told?: string | null,
];

// One text a slice: as rows and columns the driver takes 27 µs an event (store/mirror/sync.ts).
// CROSS JOIN fixes the order of the joins: events first, by seq.
const sliceText = (told: string): string => `SELECT json_group_array(json_array(e.visitor, e.at, n.value, e.purposes,
    iif(n.value IN (${NAMES_WITH_IDS}), lower(hex(e.id)), ''), nullif(lower(hex(e.order_key)), ''), nullif(c.value, ''),
    e.value, iif(n.value IN (${NAMES_WITH_ITEMS}), e.items, NULL), nullif(x.source, 'web'),
    iif(n.value = 'purchase', e.discount, NULL),
    iif(n.value = 'page_view', nullif(coalesce(p.value, '') || char(10) || coalesce(t.value, ''), char(10)), NULL)${told})) AS events
  FROM events AS e NOT INDEXED CROSS JOIN visitors AS v ON v.id = e.visitor AND v.site_id = e.site_id
    CROSS JOIN strings AS n ON n.id = e.name LEFT JOIN strings AS c ON c.id = e.currency
    LEFT JOIN contexts AS x ON x.id = e.context LEFT JOIN strings AS p ON p.id = e.path
    LEFT JOIN strings AS t ON t.id = e.title
  WHERE e.site_id = ?1 AND e.seq > ?2 AND e.seq <= ?3 AND ${FOLDABLE_VISITOR} AND (e.purposes & ?4) <> 0`;
const SLICE_TEXT = sliceText('');
// A text inside the text: what SQLite takes for JSON and what for a text changes on its way through an expression.
const TOLD_SLICE_TEXT = sliceText(`, iif(n.value IN (SELECT value FROM json_each(?5)), json_array(p.value,
    (SELECT value FROM strings WHERE id = e.referrer), (SELECT value FROM strings WHERE id = e.campaign), nullif(c.value, ''),
    e.value, e.discount, json(e.properties)) || '', NULL)`);

// Assigned field by field: spreading one object for each optional field took longer than parsing the text (measured).
function toEvent([
  visitor,
  at,
  name,
  purposes,
  id,
  orderKey,
  currency,
  value,
  items,
  source,
  discount,
  page,
  told = null,
]: EventFields): StoredEvent {
  const event: { -readonly [K in keyof StoredEvent]: StoredEvent[K] } = { visitor, id, at, name, purposes };
  if (orderKey !== null) event.orderKey = orderKey;
  if (currency !== null) event.currency = currency;
  if (value !== null) event.value = value;
  if (items !== null) event.items = items;
  if (source !== null) event.source = source;
  if (discount !== null) event.discount = discount;
  if (page !== null) event.page = page;
  if (told !== null) event.told = told;
  return event;
}
