// store/db.ts: what every query is given. Raw SQL goes through `client`, the rest through `orm`.
import type { Client } from '@libsql/client';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';

/** An open database: ground.db with derived.db beside it under unqualified table names (one database over HTTP). */
export interface Db {
  readonly client: Client;
  readonly orm: LibSQLDatabase;
}

/** A site's row id. Queries take it first; it comes from a token or the origin check, never from a body alone (P7). */
export type SiteRow = number;
