// store/mirror/read.ts: the mirror's events, visitor by visitor: what a fold of the whole history reads.
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import { PURPOSE_BIT } from '../../contract/index.ts';
import { DEFAULT_SOURCE } from '../../core/index.ts';
import type { Db, SiteRow } from '../db.ts';
import { textOf } from '../rows.ts';
import type { StoredEvent } from '../event-slices.ts';
import { FOLDABLE_VISITOR, ID_NAMES, NAMES_WITH_IDS, NAMES_WITH_ITEMS } from '../event-slices.ts';
import { fileList, literal, withDuck } from './duck.ts';
import { freshFolder, listParts, partPath } from './files.ts';

/** Which visitors a reader takes: those whose number leaves `part` when divided by `of`, so that several can share the work. */
export interface Share {
  readonly part: number;
  readonly of: number;
}

/** Chunks of one reading at most: eight thousand million events. */
const CHUNKS_MAX = 4_000_000;

/** Different lists of items, or pages, that get a number: as many as are quick to number and small to hold. */
const NUMBERED_MAX = 200_000;
/** The path and the title of a page view, a line each. */
const PAGE =
  "CASE WHEN name = 'page_view' THEN nullif(coalesce(path, '') || chr(10) || coalesce(title, ''), chr(10)) END";

/** The items of the events whose items are folded. */
const ITEMS = `CASE WHEN name IN (${NAMES_WITH_ITEMS}) THEN items END`;

/** What else a reader may say. */
export interface ReadOptions {
  /** Texts of a column that get a number at most; those beyond are read one by one. */
  readonly numberedMax?: number;
  /** Events of which {@link StoredEvent.told} is wanted; names of events, that are checked. */
  readonly toldNames?: readonly string[];
}

/** What a site's own traits read of an event, the text of store/event-slices.ts; NULL of events they do not name. */
const toldOf = (names: readonly string[]): string =>
  names.length === 0
    ? 'NULL::VARCHAR'
    : `CASE WHEN name IN (${names.map(literal).join(', ')}) THEN
        json_array(path, referrer, campaign, nullif(currency, ''), value, discount, properties::JSON)::VARCHAR END`;

/** Visitors in one slice of their list. */
const VISITORS_A_SLICE = 100_000;
/** Slices of it at most: a thousand million visitors. */
const SLICES_MAX = 10_000;

const visitorsPath = (folder: string, site: SiteRow): string => join(freshFolder(folder, site), 'visitors.csv');

/**
 * Writes the list of visitors whose events may be folded now, for the readers that follow: the mirror itself does not know
 * who objected since. The caller holds the site's lease.
 */
export async function listFoldable(db: Db, folder: string, site: SiteRow): Promise<void> {
  await mkdir(freshFolder(folder, site), { recursive: true, mode: 0o700 });
  const file = await open(visitorsPath(folder, site), 'w', 0o600);
  try {
    let after = 0;
    for (let slice = 0; slice < SLICES_MAX; slice += 1) {
      const { rows } = await db.client.execute({
        sql: `SELECT max(id) AS last, group_concat(id, char(10)) AS lines FROM (
          SELECT id FROM visitors AS v WHERE site_id = ? AND id > ? AND ${FOLDABLE_VISITOR} ORDER BY id LIMIT ?)`,
        args: [site, after, VISITORS_A_SLICE],
      });
      const [row] = rows;
      if (row === undefined || row['last'] === null) break;
      after = Number(row['last']);
      await file.write(`${textOf(row, 'lines')}\n`);
    }
  } finally {
    await file.close();
  }
}

/** Takes the list away once nobody reads it: it would go on naming visitors who are erased or withdraw (P4). */
export const forgetFoldable = (folder: string, site: SiteRow): Promise<void> =>
  rm(visitorsPath(folder, site), { force: true });

/**
 * Calls `onVisitor` for every visitor on the list of {@link listFoldable} with their events that agreed to `profile` (C1), in
 * no order; the id of an event that no profile holds (no purchase, no refund) is ''. Visitors come in ascending order.
 * @param onVisitor may return a promise to make the reading wait.
 */
export async function readMirroredVisitors(
  db: Db,
  folder: string,
  site: SiteRow,
  share: Share,
  onVisitor: (visitor: number, events: readonly StoredEvent[]) => Promise<void> | undefined,
  { numberedMax = NUMBERED_MAX, toldNames = [] }: ReadOptions = {},
): Promise<{ readonly events: number; readonly visitors: number }> {
  const parts = await listParts(db, site);
  let visitors = 0;
  let events = 0;
  if (parts.length === 0) return { events, visitors };
  await withDuck({ threads: 1, memory: '700MB', spillFolder: freshFolder(folder, site) }, async (duck) => {
    const files = `read_parquet(${fileList(parts.map((part) => partPath(folder, site, part)))}, hive_partitioning = false)`;
    // Several queries read the same files; what they say of themselves is read once.
    await duck.run('SET parquet_metadata_cache = true');
    const texts = await numberTexts(duck, files, numberedMax);
    const result = await duck.stream(
      // A number for a text and no text where none is needed: every text costs as much as all numbers of its row.
      `SELECT visitor, "at"::DOUBLE, purposes, name_texts.nth, source_texts.nth, coalesce(item_list_texts.nth, -1),
          CASE WHEN item_list_texts.nth IS NULL THEN item_list END, coalesce(page_texts.nth, -1),
          CASE WHEN page_texts.nth IS NULL THEN page END, coalesce(currency_texts.nth, -1),
          CASE WHEN name IN (${NAMES_WITH_IDS}) THEN id END, CASE WHEN name IN (${NAMES_WITH_IDS}) THEN order_key END,
          value::DOUBLE, CASE WHEN name = 'purchase' THEN discount::DOUBLE END, ${toldOf(toldNames)}
        FROM (SELECT *, ${PAGE} AS page, ${ITEMS} AS item_list FROM ${files}) LEFT JOIN name_texts USING (name)
          LEFT JOIN source_texts USING (source) LEFT JOIN page_texts USING (page)
          LEFT JOIN item_list_texts USING (item_list) LEFT JOIN currency_texts USING (currency)
        WHERE (purposes & ${PURPOSE_BIT.profile}) <> 0 AND visitor % ${share.of} = ${share.part}
          AND visitor IN (SELECT id FROM read_csv(${literal(visitorsPath(folder, site))}, header = false, columns = {id: 'INTEGER'}))
        ORDER BY visitor`,
    );
    let current = -1;
    let held: StoredEvent[] = [];
    for (let nth = 0; nth < CHUNKS_MAX; nth += 1) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      const columns = columnsOf(chunk, texts, toldNames.length > 0);
      // Each look at it asks DuckDB.
      const { rowCount } = chunk;
      for (let row = 0; row < rowCount; row += 1) {
        const visitor = columns.visitors[row] ?? -1;
        if (visitor !== current) {
          const wait = held.length > 0 ? onVisitor(current, held) : undefined;
          if (wait !== undefined) await wait;
          current = visitor;
          held = [];
          visitors += 1;
        }
        held.push(eventAt(columns, row, texts));
      }
      events += rowCount;
    }
    if (held.length > 0) await onVisitor(current, held);
  });
  return { events, visitors };
}

/**
 * Numbers the texts of columns in tables, `name_texts` and so on, and gives them in that order. As a list in the statement they
 * would be searched for every event, and whoever makes names up could make it long.
 */
async function numberTexts(duck: DuckDBConnection, files: string, numberedMax: number): Promise<Texts> {
  const few = ['name', 'source', 'currency'] as const;
  const distinct = few.map((column) => `list(DISTINCT ${column}) FILTER (WHERE ${column} IS NOT NULL) AS ${column}`);
  await duck.run(`CREATE TABLE few AS SELECT ${distinct.join(', ')} FROM ${files}`);
  const names = await numbered(duck, 'name', '(SELECT unnest(name) AS name FROM few)');
  const many = (text: string, column: string): Promise<string[]> =>
    numbered(
      duck,
      column,
      `(SELECT DISTINCT ${text} AS ${column} FROM ${files} WHERE ${text} IS NOT NULL LIMIT ${numberedMax})`,
    );
  return {
    names,
    hasId: names.map((name) => ID_NAMES.has(name)),
    sources: await numbered(duck, 'source', '(SELECT unnest(source) AS source FROM few)'),
    currencies: await numbered(duck, 'currency', '(SELECT unnest(currency) AS currency FROM few)'),
    pages: await many(PAGE, 'page'),
    items: await many(ITEMS, 'item_list'),
    numberedMax,
  };
}

async function numbered(duck: DuckDBConnection, column: string, from: string): Promise<string[]> {
  await duck.run(
    `CREATE TABLE ${column}_texts AS SELECT ${column}, (row_number() OVER () - 1)::INTEGER AS nth FROM ${from}`,
  );
  const reader = await duck.runAndReadAll(`SELECT ${column} FROM ${column}_texts ORDER BY nth`);
  return reader.getRows().map(([value]) => String(value));
}

/** Texts by their numbers. */
interface Texts {
  readonly names: readonly string[];
  /** For each name whether events of it have an id that a profile holds. */
  readonly hasId: readonly boolean[];
  readonly sources: readonly string[];
  readonly currencies: readonly string[];
  readonly pages: readonly string[];
  readonly items: readonly string[];
  /** Texts that have a number at most. */
  readonly numberedMax: number;
}

/**
 * A chunk's columns: numbers as arrays over DuckDB's own memory, texts row by row. Of texts that most events have the column
 * holds a number, or -1 for none, and where too many different ones are numbered the text is in a second column.
 */
interface Columns {
  readonly visitors: ArrayLike<number>;
  readonly times: ArrayLike<number>;
  readonly purposes: ArrayLike<number>;
  readonly names: ArrayLike<number>;
  readonly sources: ArrayLike<number>;
  readonly items: ArrayLike<number>;
  readonly rareItems: DuckDBVector | undefined;
  readonly pages: ArrayLike<number>;
  readonly rarePages: DuckDBVector | undefined;
  readonly currencies: ArrayLike<number>;
  readonly ids: DuckDBVector;
  readonly orderKeys: DuckDBVector;
  readonly values: DuckDBVector;
  readonly discounts: DuckDBVector;
  readonly told: DuckDBVector | undefined;
}

function columnsOf(chunk: DuckDBDataChunk, texts: Texts, isTold: boolean): Columns {
  const numbers = (column: number): ArrayLike<number> =>
    (chunk.getColumnVector(column) as unknown as { readonly items: ArrayLike<number> }).items;
  const rare = (column: number, numbered: readonly string[]): DuckDBVector | undefined =>
    numbered.length < texts.numberedMax ? undefined : chunk.getColumnVector(column);
  return {
    visitors: numbers(0),
    times: numbers(1),
    purposes: numbers(2),
    names: numbers(3),
    sources: numbers(4),
    items: numbers(5),
    rareItems: rare(6, texts.items),
    pages: numbers(7),
    rarePages: rare(8, texts.pages),
    currencies: numbers(9),
    ids: chunk.getColumnVector(10),
    orderKeys: chunk.getColumnVector(11),
    values: chunk.getColumnVector(12),
    discounts: chunk.getColumnVector(13),
    told: isTold ? chunk.getColumnVector(14) : undefined,
  };
}

function eventAt(columns: Columns, row: number, texts: Texts): StoredEvent {
  const name = columns.names[row] ?? -1;
  const event: { -readonly [K in keyof StoredEvent]: StoredEvent[K] } = {
    visitor: columns.visitors[row] ?? -1,
    id: '',
    at: columns.times[row] ?? Number.NaN,
    purposes: columns.purposes[row] ?? 0,
    name: texts.names[name] ?? '',
  };
  const source = texts.sources[columns.sources[row] ?? -1];
  if (source !== undefined && source !== DEFAULT_SOURCE) event.source = source;
  const items = texts.items[columns.items[row] ?? -1] ?? columns.rareItems?.getItem(row);
  if (typeof items === 'string') event.items = items;
  const page = texts.pages[columns.pages[row] ?? -1] ?? columns.rarePages?.getItem(row);
  if (typeof page === 'string') event.page = page;
  const told = columns.told?.getItem(row);
  if (typeof told === 'string') event.told = told;
  const isHeld = texts.hasId[name] === true;
  if (!isHeld && event.items === undefined) return event;
  const currency = texts.currencies[columns.currencies[row] ?? -1];
  if (currency !== undefined) event.currency = currency;
  if (!isHeld) return event;
  const [id, orderKey, value] = [columns.ids.getItem(row), columns.orderKeys.getItem(row), columns.values.getItem(row)];
  if (typeof id === 'string') event.id = id;
  if (typeof orderKey === 'string') event.orderKey = orderKey;
  if (typeof value === 'number') event.value = value;
  const discount = columns.discounts.getItem(row);
  if (typeof discount === 'number') event.discount = discount;
  return event;
}
