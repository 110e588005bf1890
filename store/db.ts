// store/db.ts: what every query is given. Raw SQL goes through `client`, the rest through `orm`.
import type { Client } from '@libsql/client';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';
import type { ReportReader } from './reports/event-source.ts';

/** A copy of events outside the database; it must lose what the database loses (P4, P5). The caller holds the site's lease. */
export interface EventCopy {
  /** Takes a visitor's events up to an instant out of it. @returns how many. */
  readonly erase: (site: SiteRow, visitor: { readonly id: number; readonly until: number }) => Promise<number>;
  /** Takes events older than `cutoff`, epoch ms, out of it. @returns how many. */
  readonly purge: (site: SiteRow, cutoff: number) => Promise<number>;
  /** Drops all of a site, to be made anew: for a change of what stays that neither of these says. */
  readonly forget: (site: SiteRow) => Promise<void>;
  /** The oldest event in it and how many lie before `cutoff`: looked up in its files, by nothing that purging uses. */
  readonly oldest: (site: SiteRow, cutoff: number) => Promise<{ readonly at?: number; readonly before: number }>;
}

/** An open database: ground.db with derived.db beside it under unqualified table names (one database over HTTP). */
export interface Db {
  readonly client: Client;
  readonly orm: LibSQLDatabase;
  /** Where the platform keeps a copy of events for quick reading. */
  readonly copy?: EventCopy;
  /** Reads reports from that copy; without it they are read from the database. */
  readonly reports?: ReportReader;
}

/** A site's row id. Queries take it first; it comes from a token or the origin check, never from a body alone (P7). */
export type SiteRow = number;
