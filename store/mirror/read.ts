// store/mirror/read.ts: the mirror's events, visitor by visitor: what a fold of the whole history reads.
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import { PURPOSE_BIT } from '../../contract/index.ts';
import { DEFAULT_SOURCE } from '../../core/index.ts';
import type { Db, SiteRow } from '../db.ts';
import { textOf } from '../rows.ts';
import type { StoredEvent } from '../event-slices.ts';
import { FOLDABLE_VISITOR, NAMES_WITH_IDS, NAMES_WITH_ITEMS } from '../event-slices.ts';
import { fileList, literal, withDuck } from './duck.ts';
import { freshFolder, listParts, partPath } from './files.ts';

/** Which visitors a reader takes: those whose number leaves `part` when divided by `of`, so that several can share the work. */
export interface Share {
  readonly part: number;
  readonly of: number;
}

/** Chunks of one reading at most: eight thousand million events. */
const CHUNKS_MAX = 4_000_000;

/** Pages that get a number at most; those beyond are read one by one. */
const PAGES_MAX = 200_000;
/** The path and the title of a page view, a line each. */
const PAGE =
  "CASE WHEN name = 'page_view' THEN nullif(coalesce(path, '') || chr(10) || coalesce(title, ''), chr(10)) END";

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
): Promise<{ readonly events: number; readonly visitors: number }> {
  const parts = await listParts(db, site);
  let visitors = 0;
  let events = 0;
  if (parts.length === 0) return { events, visitors };
  await withDuck({ threads: 1, memory: '700MB', spillFolder: freshFolder(folder, site) }, async (duck) => {
    const files = `read_parquet(${fileList(parts.map((part) => partPath(folder, site, part)))}, hive_partitioning = false)`;
    const texts = {
      names: await valuesIn(duck, files, 'name'),
      sources: await valuesIn(duck, files, 'source'),
      pages: await valuesIn(duck, `(SELECT ${PAGE} AS page FROM ${files})`, 'page', ` LIMIT ${PAGES_MAX}`),
    };
    const result = await duck.stream(
      // A number for a name and no id where none is needed: every text costs as much as all numbers of its row.
      `SELECT visitor, "at"::DOUBLE, purposes, name_texts.nth,
          CASE WHEN name IN (${NAMES_WITH_IDS}) THEN id END, order_key, currency, value::DOUBLE,
          CASE WHEN name IN (${NAMES_WITH_ITEMS}) THEN items END,
          source_texts.nth, CASE WHEN name = 'purchase' THEN discount::DOUBLE END,
          coalesce(page_texts.nth, -1), CASE WHEN page_texts.nth IS NULL THEN page END
        FROM (SELECT *, ${PAGE} AS page FROM ${files}) LEFT JOIN name_texts USING (name)
          LEFT JOIN source_texts USING (source) LEFT JOIN page_texts USING (page)
        WHERE (purposes & ${PURPOSE_BIT.profile}) <> 0 AND visitor % ${share.of} = ${share.part}
          AND visitor IN (SELECT id FROM read_csv(${literal(visitorsPath(folder, site))}, header = false, columns = {id: 'INTEGER'}))
        ORDER BY visitor`,
    );
    let current = -1;
    let held: StoredEvent[] = [];
    for (let nth = 0; nth < CHUNKS_MAX; nth += 1) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      const columns = columnsOf(chunk);
      for (let row = 0; row < chunk.rowCount; row += 1) {
        const visitor = columns.visitors[row] ?? -1;
        if (visitor !== current) {
          if (held.length > 0) await onVisitor(current, held);
          current = visitor;
          held = [];
          visitors += 1;
        }
        held.push(eventAt(columns, row, texts));
      }
      events += chunk.rowCount;
    }
    if (held.length > 0) await onVisitor(current, held);
  });
  return { events, visitors };
}

/**
 * Numbers the texts of a column in a table, `name_texts` and so on, and gives them in that order. As a list in the
 * statement they would be searched for every event, and whoever makes names up could make it long.
 */
async function valuesIn(
  duck: DuckDBConnection,
  files: string,
  column: 'name' | 'source' | 'page',
  limit = '',
): Promise<string[]> {
  await duck.run(`CREATE TABLE ${column}_texts AS SELECT ${column}, (row_number() OVER (ORDER BY ${column}) - 1)::INTEGER AS nth
    FROM (SELECT DISTINCT ${column} FROM ${files} WHERE ${column} IS NOT NULL${limit})`);
  const reader = await duck.runAndReadAll(`SELECT ${column} FROM ${column}_texts ORDER BY nth`);
  return reader.getRows().map(([value]) => String(value));
}

/** Texts by their numbers. */
interface Texts {
  readonly names: readonly string[];
  readonly sources: readonly string[];
  readonly pages: readonly string[];
}

/** A chunk's columns: numbers as arrays over DuckDB's own memory, the rest row by row. */
interface Columns {
  readonly visitors: ArrayLike<number>;
  readonly times: ArrayLike<number>;
  readonly purposes: ArrayLike<number>;
  readonly names: ArrayLike<number>;
  readonly ids: DuckDBVector;
  readonly orderKeys: DuckDBVector;
  readonly currencies: DuckDBVector;
  readonly values: DuckDBVector;
  readonly items: DuckDBVector;
  readonly sources: ArrayLike<number>;
  readonly discounts: DuckDBVector;
  /** Numbers of pages, -1 for none or one without a number, whose text is in the next column. */
  readonly pages: ArrayLike<number>;
  readonly rarePages: DuckDBVector;
}

function columnsOf(chunk: DuckDBDataChunk): Columns {
  const numbers = (column: number): ArrayLike<number> =>
    (chunk.getColumnVector(column) as unknown as { readonly items: ArrayLike<number> }).items;
  return {
    visitors: numbers(0),
    times: numbers(1),
    purposes: numbers(2),
    names: numbers(3),
    ids: chunk.getColumnVector(4),
    orderKeys: chunk.getColumnVector(5),
    currencies: chunk.getColumnVector(6),
    values: chunk.getColumnVector(7),
    items: chunk.getColumnVector(8),
    sources: numbers(9),
    discounts: chunk.getColumnVector(10),
    pages: numbers(11),
    rarePages: chunk.getColumnVector(12),
  };
}

function eventAt(columns: Columns, row: number, { names, sources, pages }: Texts): StoredEvent {
  const id = columns.ids.getItem(row);
  const event: { -readonly [K in keyof StoredEvent]: StoredEvent[K] } = {
    visitor: columns.visitors[row] ?? -1,
    id: typeof id === 'string' ? id : '',
    at: columns.times[row] ?? Number.NaN,
    purposes: columns.purposes[row] ?? 0,
    name: names[columns.names[row] ?? -1] ?? '',
  };
  const source = sources[columns.sources[row] ?? -1];
  if (source !== undefined && source !== DEFAULT_SOURCE) event.source = source;
  const page = pages[columns.pages[row] ?? -1] ?? columns.rarePages.getItem(row);
  if (typeof page === 'string') event.page = page;
  const items = columns.items.getItem(row);
  if (typeof items === 'string') event.items = items;
  if (event.id === '' && event.items === undefined) return event;
  const currency = columns.currencies.getItem(row);
  if (typeof currency === 'string') event.currency = currency;
  if (event.id === '') return event;
  const orderKey = columns.orderKeys.getItem(row);
  const value = columns.values.getItem(row);
  if (typeof orderKey === 'string') event.orderKey = orderKey;
  if (typeof value === 'number') event.value = value;
  const discount = columns.discounts.getItem(row);
  if (typeof discount === 'number') event.discount = discount;
  return event;
}
