// store/mirror/reports.ts: reports read from the mirror by DuckDB, with what came since from the database.
import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS } from '../../contract/index.ts';
import type { Db, SiteRow } from '../db.ts';
import type { ReportRange, ReportReader, ReportRow } from '../reports/event-source.ts';
import { EVENT_SOURCE_SQL, sqlInteger } from '../reports/event-source.ts';
import { textOf } from '../rows.ts';
import { fileList, withDuck } from './duck.ts';
import type { MirrorPart } from './files.ts';
import { partPath } from './files.ts';
import { MIRROR_VERSION } from './sync.ts';

/** Events read from the database at once. */
const SLICE_EVENTS = 20_000;
/** Slices of one report at most: what a busy site gets between two runs, many times over. */
const SLICES_MAX = 5_000;
/** Readings begun anew because a file was replaced meanwhile. */
const TRIES_MAX = 4;
/** Memory of one report; DuckDB fails above it. */
const MEMORY = '1GB';

/** Columns of `ev` in the files: what it is called there where that is another, and its type. */
const COLUMNS: readonly (readonly [name: string, inFile: string, type: string])[] = [
  ['seq', 'seq', 'BIGINT'],
  ['visitor', 'visitor', 'INTEGER'],
  ['ms', '"at"', 'BIGINT'],
  ['day', `("at" // ${DAY_MS})`, 'BIGINT'],
  ['name', 'name', 'VARCHAR'],
  ['path', 'path', 'VARCHAR'],
  ['country', 'country', 'VARCHAR'],
  ['device', 'device', 'INTEGER'],
  ['channel', 'channel', 'INTEGER'],
  ['order_key', 'order_key', 'VARCHAR'],
  ['currency', 'currency', 'VARCHAR'],
  ['value', 'value', 'BIGINT'],
  ['items', 'items', 'VARCHAR'],
  ['lcp', 'lcp', 'DOUBLE'],
  ['inp', 'inp', 'DOUBLE'],
  ['cls', 'cls', 'DOUBLE'],
  ['linked', 'CAST(linked AS INTEGER)', 'INTEGER'],
];

/** Which files hold a stretch of time, and how far in the order of arrival all files go; read at one instant. */
async function filesFor(
  db: Db,
  site: SiteRow,
  range: ReportRange,
): Promise<{ readonly parts: readonly Pick<MirrorPart, 'day' | 'file'>[]; readonly seq: number } | undefined> {
  const [marks, files] = await db.client.batch(
    [
      { sql: 'SELECT seq, version FROM mirror_marks WHERE site_id = ?', args: [site] },
      {
        sql: 'SELECT day, file FROM mirror_parts WHERE site_id = ? AND day >= ? AND day <= ? ORDER BY day, file',
        args: [site, Math.floor(range.from / DAY_MS), Math.floor((range.to - 1) / DAY_MS)],
      },
    ],
    'read',
  );
  const mark = marks?.rows[0];
  if (mark === undefined || Number(mark['version']) !== MIRROR_VERSION) return undefined;
  const parts = (files?.rows ?? []).map((row) => ({ day: Number(row['day']), file: textOf(row, 'file') }));
  return { parts, seq: Number(mark['seq']) };
}

/** Puts the events that came after the mirror's mark into the table `tail`. */
async function readTail(
  db: Db,
  duck: DuckDBConnection,
  site: SiteRow,
  range: ReportRange,
  after: number,
): Promise<void> {
  await duck.run(`CREATE TABLE tail (${COLUMNS.map(([name, , type]) => `${name} ${type}`).join(', ')})`);
  const shape = JSON.stringify([Object.fromEntries(COLUMNS.map(([name, , type]) => [name, type]))]);
  const insert = await duck.prepare(
    `INSERT INTO tail SELECT ${COLUMNS.map(([name]) => `e.${name}`).join(', ')} FROM (SELECT unnest(from_json($1::JSON, '${shape}')) AS e)`,
  );
  const line = `json_object(${COLUMNS.map(([name]) => `'${name}', ${name}`).join(', ')})`;
  let seq = after;
  for (let slice = 0; slice < SLICES_MAX; slice += 1) {
    const { rows } = await db.client.execute(
      `SELECT max(seq) AS seq, count(*) AS events, '[' || group_concat(${line}) || ']' AS lines FROM (${EVENT_SOURCE_SQL}
        WHERE e.seq > ${sqlInteger(seq)} AND e.site_id = ${sqlInteger(site)} AND e."at" >= ${sqlInteger(range.from)}
          AND e."at" < ${sqlInteger(range.to)} ORDER BY e.seq LIMIT ${SLICE_EVENTS})`,
    );
    const [row] = rows;
    if (row === undefined || Number(row['events']) === 0) return;
    insert.bindVarchar(1, textOf(row, 'lines'));
    await insert.run();
    if (Number(row['events']) < SLICE_EVENTS) return;
    seq = Number(row['seq']);
  }
}

const plain = (value: unknown): string | number | null => {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' || typeof value === 'number' ? value : null;
};

/** Reads reports from the mirror in `folder`; a site without one is left to the database. */
export const mirrorReports =
  (db: Db, folder: string): ReportReader =>
  async (site, range, queries) => {
    for (let tries = 1; ; tries += 1) {
      const found = await filesFor(db, site, range);
      if (found === undefined) return undefined;
      const paths = found.parts.map((part) => partPath(folder, site, part));
      const inRange = `"at" >= ${sqlInteger(range.from)} AND "at" < ${sqlInteger(range.to)}`;
      const files = `SELECT ${COLUMNS.map(([name, inFile]) => `${inFile} AS ${name}`).join(', ')}
        FROM read_parquet(${fileList(paths)}, hive_partitioning = false) WHERE ${inRange} UNION ALL `;
      try {
        return await withDuck({ memory: MEMORY }, async (duck) => {
          // Several queries read the same files; what they say of themselves is read once.
          await duck.run('SET parquet_metadata_cache = true');
          await readTail(db, duck, site, range, found.seq);
          await duck.run(`CREATE VIEW ev AS ${paths.length === 0 ? '' : files}SELECT * FROM tail`);
          const answers: ReportRow[][] = [];
          for (const query of queries) {
            const reader = await duck.runAndReadAll(`WITH of_view AS (SELECT 1) ${query}`);
            const names = reader.columnNames();
            answers.push(
              reader
                .getRows()
                .map((row) => Object.fromEntries(row.map((value, nth) => [names[nth] ?? '', plain(value)]))),
            );
          }
          return answers;
        });
      } catch (fault) {
        // An erasure or a purge may have put other files in place of these; then the list is another now.
        const now = await filesFor(db, site, range);
        if (tries >= TRIES_MAX || JSON.stringify(now?.parts) === JSON.stringify(found.parts)) throw fault;
      }
    }
  };
