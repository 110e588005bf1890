// store/accept.ts: the collector's only writes: events, their dictionaries and the loss ledger, in one transaction (D1, D2).
import type { InStatement } from '@libsql/client';
import type { AccountRef } from './accounts.ts';
import { linkStatements, visitorIdSql } from './accounts.ts';
import { contextsStatement } from './contexts.ts';
import type { ConsentCount } from './consent-counts.ts';
import { consentStatements } from './consent-counts.ts';
import type { Choice } from './receipts.ts';
import { choiceStatements } from './receipts.ts';
import { orderKeySql, rekeyStatements } from './rekey.ts';
import type { Db, SiteRow } from './db.ts';
import type { PlanFinding } from '../core/index.ts';
import { findingStatements } from './tracking-plans.ts';
import type { DeadLetter } from './dead-letters.ts';
import { letterStatements } from './dead-letters.ts';
import { firstTelling, tellersOf, tellsAnew } from './told-anew.ts';
import type { ColumnKind } from './event-columns.ts';
import { DICTIONARY_FIELDS, EVENT_COLUMNS } from './event-columns.ts';

/** An accepted event as it is stored and queued: pseudonymised and scrubbed. Absent and undefined are the same: JSON has neither. */
export interface EventRow {
  /** What is kept of the event's id, 32 hex digits (core/event-id.ts). */
  readonly id: string;
  readonly at: number;
  readonly name: string;
  /** Visitor key as 24 hex digits. */
  readonly visitor?: string | undefined;
  /** The visitor's key under the long salt before this one, while both live. */
  readonly formerVisitor?: string | undefined;
  /** 1 where the visitor key outlives the day. */
  readonly linked: 0 | 1;
  readonly purposes: number;
  readonly policyVersion: number;
  readonly path?: string | undefined;
  readonly title?: string | undefined;
  readonly referrer?: string | undefined;
  readonly campaign?: string | undefined;
  /** Order key as 24 hex digits. */
  readonly orderKey?: string | undefined;
  /** The order's key under the long salt before this one, while both live. */
  readonly formerOrder?: string | undefined;
  readonly currency?: string | undefined;
  readonly value?: number | undefined;
  readonly tax?: number | undefined;
  readonly shipping?: number | undefined;
  readonly discount?: number | undefined;
  readonly coupon?: string | undefined;
  /** JSON text of the items. */
  readonly items?: string | undefined;
  /** JSON text of the properties. */
  readonly properties?: string | undefined;
  /** The accounts that the event says its visitor is. */
  readonly accounts?: readonly AccountRef[] | undefined;
  /** The text of its context (core/context.ts). */
  readonly context?: string | undefined;
}

/** What became of events. `received` is counted apart, before any stage, so that the sum can be checked (D2). */
export type LedgerOutcome =
  | 'received'
  | 'stored'
  | 'duplicate'
  | 'bot'
  | 'no_consent'
  | 'invalid'
  | 'late'
  | 'over_limit';

/** One count for the ledger. */
export interface LedgerLine {
  readonly outcome: Exclude<LedgerOutcome, 'stored' | 'duplicate'>;
  readonly reason: string;
  readonly events: number;
}

/** One request's worth of writing. `site` 0 stands for "no such site" and has no rows. */
export interface WriteJob {
  readonly site: SiteRow;
  /** UTC day of arrival, whole days since 1970. */
  readonly day: number;
  readonly rows: readonly EventRow[];
  readonly ledger: readonly LedgerLine[];
  /** Events that the ledger lines call invalid, to be kept aside; not for site 0. */
  readonly letters?: readonly DeadLetter[];
  /** What events of the job, kept and refused, had against the site's tracking plan. */
  readonly findings?: readonly PlanFinding[];
  /** Page views by what was told of consent with them. */
  readonly consents?: readonly ConsentCount[];
  /** The choices of consent that the request tells of, where they may be ones that are not known yet. */
  readonly choices?: readonly Choice[] | undefined;
}

/** The site of ledger lines whose site is unknown. */
export const UNKNOWN_SITE: SiteRow = 0;

// ON CONFLICT … DO NOTHING and not OR IGNORE: that would swallow a broken NOT NULL too, and count the row as a duplicate.
const STRINGS_SQL = `INSERT INTO strings (value) SELECT told.value ->> '$[0]' FROM json_each(?2) AS told
  WHERE ${tellsAnew("told.value -> '$[1]'")} ON CONFLICT (value) DO NOTHING`;
// Known visitors are left out before a number is drawn: numbers follow first sight alone, however events are grouped (M1).
const VISITORS_SQL = `INSERT INTO visitors (site_id, key, linked)
  SELECT ?1, unhex(told.value ->> '$[0]'), told.value ->> '$[1]' FROM json_each(?2) AS told
  WHERE ${visitorIdSql('?1', "unhex(told.value ->> '$[0]')")} IS NULL
    AND (told.value ->> '$[2]' IS NULL OR ${tellsAnew("told.value -> '$[2]'")})
  ORDER BY told.key`;

// Written to be read by SQLite: each column's value is taken out of the row's JSON.
const VALUE_SQL: { readonly [K in ColumnKind]: (field: string) => string } = {
  plain: (field) => `e.value ->> '$.${field}'`,
  hex: (field) => `unhex(e.value ->> '$.${field}')`,
  order: (field) => orderKeySql('?1', `unhex(e.value ->> '$.${field}')`),
  // 0 for a text that was not kept, which is one of a duplicate alone: the conflict must decide, not a missing name.
  string: (field) =>
    `iif(e.value ->> '$.${field}' IS NULL, NULL, coalesce((SELECT id FROM strings WHERE value = e.value ->> '$.${field}'), 0))`,
  context: (field) => `(SELECT id FROM contexts WHERE code = e.value ->> '$.${field}')`,
  visitor: (field) => visitorIdSql('?1', `unhex(e.value ->> '$.${field}')`),
};
const EVENTS_SQL = `INSERT INTO events (site_id, ${EVENT_COLUMNS.map(({ column }) => column).join(', ')})
  SELECT ?1, ${EVENT_COLUMNS.map(({ field, kind }) => VALUE_SQL[kind](field)).join(', ')}
  FROM json_each(?2) AS e WHERE true ORDER BY e.key ON CONFLICT (site_id, id) DO NOTHING`;

// changes() still speaks of the events just inserted: this statement's own changes count only when it ends.
const INSERTED_SQL = `INSERT INTO ledger (site_id, day, outcome, reason, events)
  SELECT ?1, ?2, 'stored', '', changes() UNION ALL SELECT ?1, ?2, 'duplicate', '', ?3 - changes()
  ON CONFLICT DO UPDATE SET events = events + excluded.events`;
const LEDGER_SQL = `INSERT INTO ledger (site_id, day, outcome, reason, events)
  SELECT value ->> '$[0]', value ->> '$[1]', value ->> '$[2]', value ->> '$[3]', sum(value ->> '$[4]') FROM json_each(?)
  WHERE true GROUP BY 1, 2, 3, 4 ON CONFLICT DO UPDATE SET events = events + excluded.events`;

interface Group {
  readonly site: SiteRow;
  readonly day: number;
  readonly rows: EventRow[];
  /** Keys of visitors whose choice is told of: their receipt needs them, whatever becomes of the event. */
  readonly chosen: Set<string>;
}

/** Groups jobs that may share statements: one site, one day of arrival. */
function grouped(jobs: readonly WriteJob[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const job of jobs) {
    if (job.rows.length === 0) continue;
    const key = `${job.site}|${job.day}`;
    const group = groups.get(key) ?? { site: job.site, day: job.day, rows: [], chosen: new Set() };
    for (const row of job.rows) group.rows.push(row);
    for (const { visitor } of job.choices ?? []) group.chosen.add(visitor);
    groups.set(key, group);
  }
  return groups;
}

/** What few jobs bring along besides rows and ledger; runs behind the statements that write the rows, in their transaction. */
export const sideStatements = (jobs: readonly WriteJob[]): InStatement[] => [
  ...[...grouped(jobs).values()].flatMap(({ site, rows }) => linkStatements(site, rows)),
  ...letterStatements(jobs),
  ...findingStatements(jobs),
  ...consentStatements(jobs),
  ...jobs.flatMap(({ site, choices = [] }) => choices.flatMap((choice) => choiceStatements(site, choice))),
];

/** The statements that keep what the events of a group name: texts, contexts, visitors. */
function dictionaryStatements({ site, rows, chosen }: Group): InStatement[] {
  const first = firstTelling(rows);
  const strings = tellersOf(first, (row) => DICTIONARY_FIELDS.map((field) => row[field] as string | undefined));
  const contexts = tellersOf(first, ({ context }) => [context]);
  const tellers = tellersOf(first, ({ visitor }) => [visitor]);
  const linked = new Map(rows.map((row) => [row.visitor, row.linked]));
  const visitors = [...linked].flatMap(([key, isLinked]) => {
    if (key === undefined) return [];
    if (chosen.has(key)) return [[key, isLinked]];
    const ids = tellers.get(key);
    return ids === undefined ? [] : [[key, isLinked, ids]];
  });
  return [
    ...(strings.size > 0 ? [{ sql: STRINGS_SQL, args: [site, JSON.stringify([...strings])] }] : []),
    ...(contexts.size > 0 ? [contextsStatement(site, contexts)] : []),
    ...rekeyStatements(site, rows),
    ...(visitors.length > 0 ? [{ sql: VISITORS_SQL, args: [site, JSON.stringify(visitors)] }] : []),
  ];
}

/** The statements that write some jobs; run them in one `write` transaction, or not at all. */
export function acceptStatements(jobs: readonly WriteJob[]): InStatement[] {
  const statements: InStatement[] = [];
  for (const group of grouped(jobs).values()) {
    const { site, day, rows } = group;
    statements.push(...dictionaryStatements(group));
    statements.push({ sql: EVENTS_SQL, args: [site, JSON.stringify(rows)] });
    statements.push({ sql: INSERTED_SQL, args: [site, day, rows.length] });
  }
  statements.push(...sideStatements(jobs));
  const lines = jobs.flatMap((job) =>
    job.ledger.map((line) => [job.site, job.day, line.outcome, line.reason, line.events]),
  );
  if (lines.length > 0) statements.push({ sql: LEDGER_SQL, args: [JSON.stringify(lines)] });
  return statements;
}

/** Writes jobs in one transaction: all of them, or none and a rejection. Event ids seen before change nothing. */
export async function acceptJobs(db: Db, jobs: readonly WriteJob[]): Promise<void> {
  const statements = acceptStatements(jobs);
  if (statements.length > 0) await db.client.batch(statements, 'write');
}

/** Writes one queue message exactly once: a second delivery of `messageId` (32 hex digits) changes nothing, ledger included. */
export async function acceptMessage(db: Db, messageId: string, at: number, job: WriteJob): Promise<'written' | 'seen'> {
  const seen = await db.client.execute({
    sql: 'SELECT 1 FROM written_messages WHERE id = unhex(?)',
    args: [messageId],
  });
  if (seen.rows.length > 0) return 'seen';
  // Without OR IGNORE: should another consumer have written it meanwhile, the whole transaction fails and is tried again.
  const claim: InStatement = {
    sql: 'INSERT INTO written_messages (id, at) VALUES (unhex(?), ?)',
    args: [messageId, at],
  };
  await db.client.batch([claim, ...acceptStatements([job])], 'write');
  return 'written';
}

/** Forgets messages written before `before`; call it with an age that no queue keeps a message for. */
export async function forgetWrittenMessages(db: Db, before: number): Promise<void> {
  await db.client.execute({ sql: 'DELETE FROM written_messages WHERE at < ?', args: [before] });
}
