// store/mirror/duck.ts: DuckDB, loaded when first used: 70 MB that a server without a mirror never reads.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';

/** Memory that DuckDB may use before it spills to disk, unless a caller says otherwise. */
const MEMORY_DEFAULT = '512MB';

/** What a connection may use. */
export interface DuckOptions {
  readonly threads?: number;
  /** As DuckDB writes it: `512MB`. */
  readonly memory?: string;
  /** Where it may spill to, in a folder of its own that goes with it; without one it fails instead. */
  readonly spillFolder?: string;
}

/** Runs `use` on a database in memory that is gone afterwards. It reads files, but loads no extension from anywhere. */
export async function withDuck<T>(options: DuckOptions, use: (duck: DuckDBConnection) => Promise<T>): Promise<T> {
  const spill = options.spillFolder === undefined ? undefined : await ownFolder(options.spillFolder);
  try {
    return await withInstance(options, spill, use);
  } finally {
    if (spill !== undefined) await rm(spill, { recursive: true, force: true });
  }
}

// Instances name their spilled files alike: two in one folder overwrite each other's, and the process dies of it.
async function ownFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return mkdtemp(join(folder, 'spill-'));
}

async function withInstance<T>(
  options: DuckOptions,
  spill: string | undefined,
  use: (duck: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads ?? 2),
    memory_limit: options.memory ?? MEMORY_DEFAULT,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'false',
    ...(spill === undefined ? {} : { temp_directory: spill }),
  });
  const duck = await instance.connect();
  try {
    return await use(duck);
  } finally {
    duck.closeSync();
    instance.closeSync();
  }
}

/** A text as an SQL literal: paths can't be parameters of COPY. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Files as the list that `read_parquet` takes. */
export const fileList = (paths: readonly string[]): string => `[${paths.map(literal).join(', ')}]`;

/** Rows of files, all or those of a condition. @param files from {@link literal} or {@link fileList}. */
export async function countRows(duck: DuckDBConnection, files: string, where = 'true'): Promise<number> {
  const reader = await duck.runAndReadAll(
    `SELECT count(*)::DOUBLE FROM read_parquet(${files}, hive_partitioning = false) WHERE ${where}`,
  );
  return Number(reader.getRows()[0]?.[0] ?? 0);
}
