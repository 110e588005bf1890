// store/event-sums.ts: sums of stored events, so that a bit that flips in a row does not go unseen: SQLite has none.
//
// A sum a row would cost its bytes in each; one for 1,024 rows in the order of arrival costs nothing that can be measured. It
// covers a block as far as `upto`. Rows that come later have greater numbers and are added; where a row is changed or removed,
// triggers of the migration remove the sum with it, since it says something of that row, and it is made anew.
import type { InStatement } from '@libsql/client';
import { textSum } from '../core/index.ts';
import type { Db } from './db.ts';
import { EVENT_COLUMNS } from './event-columns.ts';

/** Events of a sum, where none was removed. */
export const EVENTS_A_SUM = 1_024;
/** Blocks whose sums are made in one transaction. */
const BLOCKS_AT_ONCE = 64;
const SUM_MODULUS = 2 ** 32;

const COLUMNS = [
  'seq',
  'site_id',
  ...EVENT_COLUMNS.map(({ column, kind }) => (kind === 'hex' || kind === 'order' ? `hex(${column})` : column)),
];
// In hex: the driver ends the process over a text whose bytes are none any more.
const ROW_SQL = `hex(printf('${COLUMNS.map(() => '%s').join('|')}', ${COLUMNS.join(', ')}))`;
/** What a sum is made of: where a later version stores other columns, sums of this one are none. */
const FORM = textSum(ROW_SQL);

const SUM_SQL = 'SELECT upto, sum FROM event_sums WHERE block = ? AND form = ?';
// As one text: a row costs the driver more than its sum does.
const ROWS_SQL = `SELECT group_concat(${ROW_SQL}) FROM events WHERE seq > ? AND seq <= ?`;
const KEEP_SQL = `INSERT INTO event_sums (block, form, upto, sum) VALUES (?, ?, ?, ?)
  ON CONFLICT (block) DO UPDATE SET form = excluded.form, upto = excluded.upto, sum = excluded.sum`;

/** Statements of {@link addToSums}, for the test of query plans. */
export const EVENT_SUMS_SQL: readonly string[] = [SUM_SQL, ROWS_SQL, KEEP_SQL];

const blockOf = (seq: number): number => Math.floor(seq / EVENTS_A_SUM);
const firstOf = (block: number): number => block * EVENTS_A_SUM;
const lastOf = (block: number): number => firstOf(block + 1) - 1;

/** Adds rows to a sum; in which order does not matter. */
const withRows = (sum: number, rows: Iterable<string>): number => {
  let total = sum;
  for (const row of rows) total = (total + textSum(row)) % SUM_MODULUS;
  return total;
};

/** What {@link addToSums} needs of a connection. */
interface Rows {
  readonly change: (sql: string, values: readonly unknown[]) => unknown;
  /** All rows, as lists of columns. */
  readonly read: (sql: string, values: readonly number[]) => readonly (readonly unknown[])[];
}

/** Brings the sums up to events that were just inserted, in the transaction that did. @param first @param last their numbers */
export function addToSums({ change, read }: Rows, first: number, last: number): void {
  for (let block = blockOf(first); block <= blockOf(last); block += 1) {
    const [known] = read(SUM_SQL, [block, FORM]);
    const [upto, sum] = known === undefined ? [firstOf(block) - 1, 0] : [Number(known[0]), Number(known[1])];
    const end = Math.min(last, lastOf(block));
    const [made] = read(ROWS_SQL, [upto, end]) as readonly (readonly [string])[];
    const rows = made === undefined ? [] : made[0].split(',');
    change(KEEP_SQL, [block, FORM, end, withRows(sum, rows)]);
  }
}

/** The first block at or behind one that has events or a sum. */
async function nextBlock(db: Db, block: number): Promise<number | undefined> {
  const { rows } = await db.client.execute({
    sql: `SELECT (SELECT min(seq) FROM main.events WHERE seq >= ?1) AS seq, (SELECT min(block) FROM main.event_sums WHERE block >= ?2) AS block`,
    args: [firstOf(block), block],
  });
  const seq = rows[0]?.['seq'];
  const summed = rows[0]?.['block'];
  const found = [...(seq === null ? [] : [blockOf(Number(seq))]), ...(summed === null ? [] : [Number(summed)])];
  return found.length === 0 ? undefined : Math.min(...found);
}

interface BlockState {
  /** The sum that is kept differs from what the rows give. */
  readonly isDamaged: boolean;
  /** What brings the sum up to the last row; undefined where it is there. */
  readonly mend?: InStatement;
}

/** Compares a block with its sum, both as one statement saw them. */
async function readBlock(db: Db, block: number): Promise<BlockState> {
  const { rows } = await db.client.execute({
    sql: `SELECT upto, sum, seq, ${ROW_SQL} AS row FROM (SELECT 1) LEFT JOIN main.event_sums ON block = ?1 AND form = ?2
      LEFT JOIN main.events ON seq BETWEEN ?3 AND ?4 ORDER BY seq`,
    args: [block, FORM, firstOf(block), lastOf(block)],
  });
  const upto = rows[0]?.['upto'] ?? null;
  const texts = (isCovered: boolean): string[] =>
    rows.filter(({ seq }) => seq !== null && Number(seq) <= Number(upto) === isCovered).map(({ row }) => row as string);
  // Where it is gone since `prepare` began it, a row of the block is too: the next check makes it.
  if (upto === null) return { isDamaged: false };
  const kept = Number(rows[0]?.['sum']);
  const found = withRows(0, texts(true));
  const more = texts(false);
  if (found !== kept) return { isDamaged: true };
  if (more.length === 0) return { isDamaged: false };
  const args = [Number(rows.at(-1)?.['seq']), withRows(found, more), block, FORM, Number(upto)];
  const sql = 'UPDATE main.event_sums SET upto = ?, sum = ? WHERE block = ? AND form = ? AND upto = ?';
  return { isDamaged: false, mend: { sql, args } };
}

/** Begins sums of blocks that have none, and none of this form. */
const prepare = (blocks: readonly number[]): InStatement[] =>
  blocks.map((block) => ({
    sql: `INSERT INTO main.event_sums (block, form, upto, sum) VALUES (?1, ?2, ?3, 0)
      ON CONFLICT (block) DO UPDATE SET form = ?2, upto = ?3, sum = 0 WHERE form <> ?2`,
    args: [block, FORM, firstOf(block) - 1],
  }));

/** Whether a database is of a version that keeps sums. */
async function hasSums(db: Db): Promise<boolean> {
  const { rows } = await db.client.execute(`SELECT 1 FROM main.sqlite_master WHERE name = 'event_sums'`);
  return rows.length > 0;
}

/**
 * Compares every event with the sum of its block.
 * @param findingsMax blocks that are counted; then it ends. @param makesSums also makes the sums that are missing: of events that came
 * before there were sums, and of blocks from which some were removed. Damage that was there before a sum was made is not seen by it.
 * @returns blocks whose sum differs from their rows
 */
export async function checkEventSums(
  db: Db,
  { findingsMax, makesSums }: { readonly findingsMax: number; readonly makesSums: boolean },
): Promise<number> {
  if (!(await hasSums(db))) return 0;
  let findings = 0;
  let block = await nextBlock(db, 0);
  while (block !== undefined && findings < findingsMax) {
    const blocks: number[] = [];
    while (block !== undefined && blocks.length < BLOCKS_AT_ONCE) {
      blocks.push(block);
      block = await nextBlock(db, block + 1);
    }
    if (makesSums) await db.client.batch(prepare(blocks), 'write');
    const mends: InStatement[] = [];
    for (const one of blocks) {
      const { isDamaged, mend } = await readBlock(db, one);
      if (isDamaged) findings += 1;
      if (mend !== undefined) mends.push(mend);
    }
    if (makesSums && mends.length > 0) await db.client.batch(mends, 'write');
  }
  return findings;
}
