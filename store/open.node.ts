// store/open.node.ts: opens the two database files on Node with the settings that were measured.
import type { Client } from '@libsql/client';
import { createClient as createHttpClient } from '@libsql/client/http';
import { createClient } from '@libsql/client/sqlite3';
import { drizzle } from 'drizzle-orm/libsql/sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { migrate } from 'drizzle-orm/libsql/migrator';
import type { Db } from './db.ts';

/** The two files. Paths are absolute. */
export interface Files {
  readonly ground: string;
  readonly derived: string;
}

/** Page cache of a connection, KiB; measured to double the insert rate over the default. */
export const CACHE_KIB = 65_536;
/** Pages in the write-ahead log before a checkpoint; measured together with the cache. */
const WAL_PAGES = 16_000;
/** About as much as that is, bytes: the length that a busy log comes to have. */
export const LOG_BYTES = 64_000_000;
/** How long a connection waits for another's write lock, ms. */
const BUSY_MS = 5_000;

// A file URL, in which ? # and % would mean something else.
const url = (path: string): string => `file:${path.split('/').map(encodeURIComponent).join('/')}`;
const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;

/** What every connection to ground.db is set to. */
export const GROUND_PRAGMAS: readonly string[] = [
  `busy_timeout=${BUSY_MS}`,
  'journal_mode=WAL',
  'synchronous=FULL',
  `cache_size=-${CACHE_KIB}`,
  `wal_autocheckpoint=${WAL_PAGES}`,
];
const ATTACH_PRAGMAS = ['derived.journal_mode=WAL', 'derived.synchronous=NORMAL'];

async function open(path: string, prepare: readonly string[]): Promise<Db> {
  // One connection, because PRAGMAs and ATTACH belong to a connection.
  const client = createClient({ url: url(path), concurrency: 1 });
  try {
    for (const statement of prepare) await client.execute(statement);
  } catch (fault) {
    client.close();
    throw fault;
  }
  return { client, orm: drizzle(client) };
}

const pragmas = (names: readonly string[]): string[] => names.map((pragma) => `PRAGMA ${pragma}`);

/**
 * Opens ground.db alone, for the collector: a write transaction locks every attached file, so with derived.db attached
 * it would wait for the segmenter's commits, and they for it.
 * @throws what the driver throws where the file is missing its folder, unreadable or not a database.
 */
export const openGround = (files: Files): Promise<Db> => open(files.ground, pragmas(GROUND_PRAGMAS));

/** Opens ground.db with derived.db attached, for the API and the segmenter. @throws as {@link openGround} */
export const openFiles = (files: Files): Promise<Db> =>
  open(files.ground, [
    ...pragmas(GROUND_PRAGMAS),
    `ATTACH DATABASE ${quoted(files.derived)} AS derived`,
    ...pragmas(ATTACH_PRAGMAS),
  ]);

/** Opens ground.db or a copy of it to be read: no log is made beside it. @throws as {@link openGround} */
export const openCopy = (path: string): Promise<Db> => open(path, [`PRAGMA busy_timeout=${BUSY_MS}`]);

/** When the newest migration of ground.db that this version has was made, epoch ms. */
export const newestGroundSchema = (migrationsFolder: string): number =>
  readMigrationFiles({ migrationsFolder: `${migrationsFolder}/ground` }).at(-1)?.folderMillis ?? 0;

/** How ground.db stands to this version: it has no tables of ours, lacks migrations, has the newest, or some unknown here. */
export type SchemaState = 'none' | 'older' | 'newest' | 'newer';

/** Looks at the schema of ground.db and changes nothing. @throws as {@link openGround} */
export async function readSchemaState(files: Files, migrationsFolder: string): Promise<SchemaState> {
  const client = createClient({ url: url(files.ground), concurrency: 1 });
  try {
    await client.execute(`PRAGMA busy_timeout=${BUSY_MS}`);
    const { rows } = await client.execute(`SELECT 1 FROM sqlite_master WHERE name = 'ground_migrations'`);
    if (rows.length === 0) return 'none';
    const newest = await client.execute('SELECT max(created_at) AS newest FROM ground_migrations');
    const [held, known] = [Number(newest.rows[0]?.['newest'] ?? 0), newestGroundSchema(migrationsFolder)];
    return held === known ? 'newest' : held < known ? 'older' : 'newer';
  } finally {
    client.close();
  }
}

/** Thrown where a database was made by a newer version, whose tables this one does not know. */
export class NewerDatabaseError extends Error {
  override readonly name = 'NewerDatabaseError';
  /** Stable code for logs. */
  readonly code = 'database_newer';
}

/** Thrown where a file is a database of something else: our tables must not be mixed into it. */
export class ForeignDatabaseError extends Error {
  override readonly name = 'ForeignDatabaseError';
  /** Stable code for logs. */
  readonly code = 'database_foreign';
}

/** Refuses a database that something else made, or that holds a migration this version does not have. */
async function refuseOthers(client: Client, name: string, folder: string): Promise<void> {
  const table = await client.execute({
    sql: `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`,
    args: [`${name}_migrations`],
  });
  if (table.rows.length === 0) {
    // On a server, ground and derived are one database: what either of them made is ours.
    const { rows } = await client.execute(
      `SELECT max(name IN ('ground_migrations', 'derived_migrations')) AS ours FROM sqlite_master WHERE type = 'table'`,
    );
    if (rows[0]?.['ours'] !== 0) return;
    throw new ForeignDatabaseError(
      `${name}.db holds tables that hushtag did not make: point HUSHTAG_DATA_DIR at a folder of its own.`,
    );
  }
  const { rows } = await client.execute(`SELECT max(created_at) AS newest FROM ${name}_migrations`);
  const known = readMigrationFiles({ migrationsFolder: folder }).at(-1)?.folderMillis ?? 0;
  if (Number(rows[0]?.['newest'] ?? 0) > known) {
    throw new NewerDatabaseError(
      `${name}.db was made by a newer hushtag: run that version, or restore a backup made before it.`,
    );
  }
}

/** Brings both files to the newest schema; creates them where absent. @throws {NewerDatabaseError | ForeignDatabaseError} */
export async function migrateFiles(files: Files, migrationsFolder: string): Promise<void> {
  for (const name of ['ground', 'derived'] as const) {
    const client = createClient({ url: url(files[name]), concurrency: 1 });
    try {
      await client.execute(`PRAGMA busy_timeout=${BUSY_MS}`);
      await refuseOthers(client, name, `${migrationsFolder}/${name}`);
      await migrate(drizzle(client), {
        migrationsFolder: `${migrationsFolder}/${name}`,
        migrationsTable: `${name}_migrations`,
      });
    } finally {
      client.close();
    }
  }
}

/** A libSQL server reached from Node, to prepare what a Worker uses. */
export interface RemoteServer {
  readonly url: string;
  readonly authToken?: string;
}

const remoteClient = (server: RemoteServer) =>
  createHttpClient(
    server.authToken === undefined ? { url: server.url } : { url: server.url, authToken: server.authToken },
  );

/** Opens a libSQL server over HTTP. */
export function openRemote(server: RemoteServer): Db {
  const client = remoteClient(server);
  return { client, orm: drizzle(client) };
}

/** Brings a libSQL server to the newest schema: ground and derived in one database. @throws as {@link migrateFiles} */
export async function migrateRemote(server: RemoteServer, migrationsFolder: string): Promise<void> {
  const client = remoteClient(server);
  try {
    for (const name of ['ground', 'derived'] as const) {
      await refuseOthers(client, name, `${migrationsFolder}/${name}`);
      await migrate(drizzle(client), {
        migrationsFolder: `${migrationsFolder}/${name}`,
        migrationsTable: `${name}_migrations`,
      });
    }
  } finally {
    client.close();
  }
}
