// store/open.web.ts: opens a libSQL server or Turso over HTTP, where ground and derived may be one database.
import type { Config } from '@libsql/client/web';
import { createClient } from '@libsql/client/web';
import { drizzle } from 'drizzle-orm/libsql/web';
import type { Db } from './db.ts';

/** Where the database is. `fetch` is the platform's, or a test's. */
export interface Remote {
  readonly url: string;
  readonly authToken?: string;
  readonly fetch?: NonNullable<Config['fetch']>;
}

/** Opens a database over HTTP; nothing is sent before the first query. */
export function openRemote(remote: Remote): Db {
  const client = createClient({
    url: remote.url,
    ...(remote.authToken === undefined ? {} : { authToken: remote.authToken }),
    ...(remote.fetch === undefined ? {} : { fetch: remote.fetch }),
  });
  return { client, orm: drizzle(client) };
}
