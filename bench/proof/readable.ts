// bench/proof/readable.ts: the bytes of files, and beside them what a file holds packed or in pieces.
//
// A search of packed bytes proves nothing: pages of Parquet are compressed, and a long text of SQLite lies in several pages
// with numbers between them. So every file is searched as it is, and once more as what a reader gets from it.
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { createClient } from '@libsql/client/sqlite3';
import { DuckDBBlobValue, DuckDBInstance } from '@duckdb/node-api';
import { faultCode } from '../../core/index.ts';
import type { Haystack } from './search.ts';

/** Packed bytes that are opened at most. */
const INFLATED_BYTES_MAX = 268_435_456;
/** How deep packed bytes in packed bytes are opened. */
const DEPTH_MAX = 3;

const options = { maxOutputLength: INFLATED_BYTES_MAX };
const OPENERS: readonly {
  readonly name: string;
  readonly fits: (bytes: Buffer, file: string) => boolean;
  readonly open: (bytes: Buffer) => Buffer;
}[] = [
  { name: 'gunzipped', fits: (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b, open: (b) => gunzipSync(b, options) },
  { name: 'inflated', fits: (bytes) => bytes[0] === 0x78, open: (b) => inflateSync(b, options) },
  { name: 'unpacked', fits: (_, file) => file.endsWith('.br'), open: (b) => brotliDecompressSync(b, options) },
];

/** What packed bytes hold, and what that holds; nothing where they only look packed. */
function inflated(name: string, bytes: Buffer, depth = 0): Haystack[] {
  for (const { name: how, fits, open } of OPENERS) {
    if (depth >= DEPTH_MAX || !fits(bytes, name)) continue;
    try {
      const inner = { name: `${name} ${how}`, bytes: open(bytes) };
      return [inner, ...inflated(inner.name, inner.bytes, depth + 1)];
    } catch {
      // Two bytes alone say little.
    }
  }
  return [];
}

const NEWLINE = Buffer.from('\n');
const bytesOf = (cell: unknown): Buffer => {
  if (cell instanceof DuckDBBlobValue) return Buffer.from(cell.bytes);
  if (cell instanceof Uint8Array) return Buffer.from(cell);
  if (cell instanceof ArrayBuffer) return Buffer.from(new Uint8Array(cell));
  return Buffer.from(String(cell));
};
const cellsOf = (rows: Iterable<readonly unknown[]>): Buffer => {
  const parts: Buffer[] = [];
  for (const row of rows) for (const cell of row) if (cell !== null) parts.push(bytesOf(cell), NEWLINE);
  return Buffer.concat(parts);
};

/** Every cell of a Parquet file. */
async function parquetCells(name: string, path: string): Promise<Haystack> {
  const instance = await DuckDBInstance.create(':memory:');
  const duck = await instance.connect();
  try {
    const reader = await duck.runAndReadAll('SELECT * FROM read_parquet($path, hive_partitioning = false)', { path });
    return { name: `${name} as rows`, bytes: cellsOf(reader.getRows()) };
  } finally {
    duck.closeSync();
    instance.closeSync();
  }
}

/** Every cell of every table of an SQLite file, of a copy that is read together with its write-ahead log. */
async function tableCells(name: string, path: string): Promise<Haystack[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-cells-'));
  try {
    const copy = join(folder, basename(path));
    await cp(path, copy);
    await cp(`${path}-wal`, `${copy}-wal`).catch(() => undefined);
    const client = createClient({ url: `file:${copy}` });
    try {
      const tables = await client.execute("SELECT name FROM sqlite_schema WHERE type = 'table'");
      const found: Haystack[] = [];
      for (const table of tables.rows.map((row) => row['name'] as string)) {
        const { rows } = await client.execute(`SELECT * FROM "${table.replaceAll('"', '""')}"`);
        const cells = rows.map((row) => Array.from({ length: row.length }, (_, nth): unknown => row[nth]));
        found.push({ name: `${name} table ${table}`, bytes: cellsOf(cells) });
      }
      return found;
    } finally {
      client.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const startsWith = (bytes: Buffer, text: string): boolean => bytes.subarray(0, text.length).toString('latin1') === text;

/** A file as it is, and as its readers get it. */
async function readable(name: string, path: string): Promise<Haystack[]> {
  const bytes = await readFile(path).catch((fault: unknown) => {
    // The driver removes its shared memory when the last connection closes.
    if (faultCode(fault) === 'ENOENT') return undefined;
    throw fault;
  });
  if (bytes === undefined) return [];
  const found = [{ name, bytes }, ...inflated(name, bytes)];
  if (startsWith(bytes, 'PAR1')) found.push(await parquetCells(name, path));
  if (startsWith(bytes, 'SQLite format 3')) found.push(...(await tableCells(name, path)));
  return found;
}

/** Every file of a folder, as it is and unpacked, and what was said. */
export async function everyByte(folder: string, said: readonly string[]): Promise<Haystack[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: Haystack[] = [];
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.push(...(await readable(path.slice(folder.length + 1), path)));
  }
  return [...files, { name: 'log, answers and exports', bytes: Buffer.from(said.join('')) }];
}
