// store/privacy-requests.ts: requests of people about their data: their clock, their log, and whom they are about.
//
// What a request is about is resolved before it is written, and all of it is written in one transaction: nobody can be asked
// again who they were. Neither an id nor a digest of the person is kept, only the numbers of their visitors while it matters.
import type { InStatement, Row } from '@libsql/client';
import type { EpochMs } from '../contract/index.ts';
import type { AuditEntry } from '../core/index.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/**
 * What is asked: GDPR Art. 15 and 20, Art. 17, Art. 21; `objection_withdrawal` takes an objection back; `unlink` takes
 * visitors and a login apart.
 */
export const REQUEST_KINDS = ['access', 'erasure', 'objection', 'objection_withdrawal', 'unlink'] as const;
/** One of them. */
export type RequestKind = (typeof REQUEST_KINDS)[number];
/** How the person was named. */
export type SubjectKind = 'first_party_id' | 'account';
/** `not_identified`: nobody can tell what is theirs (GDPR Art. 11). */
export type RequestStatus = 'open' | 'done' | 'not_identified';
/** What is done about a request. */
export type RequestStep =
  | 'received'
  | 'identified'
  | 'not_identified'
  | 'waiting_for_segmenter'
  | 'waiting_for_destination'
  | 'waiting_for_second_place'
  | 'objection_recorded'
  | 'objection_withdrawn'
  | 'erased'
  | 'left_segments'
  | 'unlinked'
  | 'destinations_told'
  | 'file_given';

/** A request as it is asked. */
export interface NewRequest {
  /** 32 random hex digits. */
  readonly id: string;
  readonly kind: RequestKind;
  readonly subject: SubjectKind;
  readonly askedBy: 'officer' | 'visitor';
  readonly askedAt: EpochMs;
  readonly dueAt: EpochMs;
  readonly status: RequestStatus;
  readonly outcome?: RequestOutcome;
  /** Keyed hashes as hex: of the Idempotency-Key, and of it with the whole request. */
  readonly idempotency?: { readonly key: string; readonly fingerprint: string };
  /** Visitors whose data the file of an access request holds. */
  readonly visitors: readonly number[];
  readonly steps: readonly RequestStep[];
}

/** What came of a request. Nothing in it tells whose it was. */
export interface RequestOutcome {
  /** Why nobody can tell what is theirs. */
  readonly reason?: string;
  readonly rows?: Readonly<Record<string, number>>;
  /** Who else was told, as in the receipt. */
  readonly destinations?: readonly { readonly name: string; readonly told: boolean }[];
  /** A signed receipt, JWS. */
  readonly receipt?: string;
  /** While destinations are still to be told: digests by which they know whom; gone when the request is closed. */
  readonly untold?: readonly string[];
}

/** A request as it stands. */
export interface PrivacyRequest extends Omit<NewRequest, 'steps' | 'visitors' | 'idempotency'> {
  readonly seq: number;
  readonly site: SiteRow;
  readonly closedAt?: EpochMs;
  readonly steps: readonly { readonly at: EpochMs; readonly step: RequestStep }[];
}

/** Requests one call returns at most. */
export const REQUESTS_MAX = 200;
/** Steps one request has at most: downloads are counted, so a file that is asked for again and again fills nothing. */
export const STEPS_MAX = 200;

interface NamedSite {
  readonly row: SiteRow;
  readonly id: string;
}

/**
 * The statements that write a request with its first steps, and the audit entries of both. In another transaction a second
 * request of the same idempotency key changes nothing.
 */
export async function requestStatements(site: NamedSite, request: NewRequest): Promise<InStatement[]> {
  const { id, kind, subject, askedBy, askedAt, dueAt, status, outcome, idempotency } = request;
  const closedAt = status === 'open' ? null : askedAt;
  return [
    {
      sql: `INSERT INTO privacy_requests (id, site_id, kind, subject, asked_by, asked_at, due_at, status, closed_at, outcome,
          idempotency, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, unhex(?), unhex(?))`,
      args: [id, site.row, kind, subject, askedBy, askedAt, dueAt, status, closedAt, JSON.stringify(outcome ?? {}),
        idempotency?.key ?? null, idempotency?.fingerprint ?? null], // biome-ignore format: rows as in the statement
    },
    await auditStatement({
      kind: 'privacy_requested',
      site: site.id,
      request: id,
      asked: kind,
      by: askedBy,
      at: askedAt,
    }),
    ...request.steps.map((step, nth) => ({
      sql: `INSERT INTO privacy_request_steps (request, nth, at, step) SELECT seq, ?, ?, ? FROM privacy_requests WHERE id = ?`,
      args: [nth, askedAt, step, id],
    })),
    {
      sql: `INSERT INTO privacy_request_visitors (request, visitor)
        SELECT r.seq, v.value FROM privacy_requests AS r, json_each(?) AS v WHERE r.id = ?`,
      args: [JSON.stringify(request.visitors), id],
    },
    ...(status === 'open' ? [] : [await closedStatement(site, id, status, askedAt)]),
  ];
}

const closedStatement = (site: NamedSite, request: string, outcome: RequestStatus, at: EpochMs): Promise<InStatement> =>
  auditStatement({ kind: 'privacy_request_closed', site: site.id, request, outcome, at });

const stepStatement = (site: SiteRow, id: string, step: RequestStep, at: EpochMs): InStatement => ({
  sql: `INSERT INTO privacy_request_steps (request, nth, at, step)
    SELECT r.seq, coalesce((SELECT max(nth) + 1 FROM privacy_request_steps WHERE request = r.seq), 0), ?1, ?2
    FROM privacy_requests AS r WHERE r.site_id = ?3 AND r.id = ?4
      AND (SELECT count(*) FROM privacy_request_steps WHERE request = r.seq) < ?5`,
  args: [at, step, site, id, STEPS_MAX],
});

/** Adds a step to a request's log, and an audit entry where one is given. */
export async function addRequestStep(
  db: Db,
  site: NamedSite,
  id: string,
  step: RequestStep,
  at: EpochMs,
  audited?: AuditEntry,
): Promise<void> {
  const statements = [stepStatement(site.row, id, step, at)];
  if (audited !== undefined) statements.push(await auditStatement(audited));
  await db.client.batch(statements, 'write');
}

/** Ends an open request, once: who comes second changes nothing. @returns whether it was open. */
export async function closeRequest(
  db: Db,
  site: NamedSite,
  id: string,
  {
    steps,
    outcome,
    at,
    status = 'done',
  }: {
    readonly steps: readonly RequestStep[];
    readonly outcome: RequestOutcome;
    readonly at: EpochMs;
    readonly status?: 'done' | 'not_identified';
  },
): Promise<boolean> {
  const recorded = await auditStatement(
    { kind: 'privacy_request_closed', site: site.id, request: id, outcome: status, at },
    'if_changed',
  );
  const results = await db.client.batch(
    [
      {
        sql: `UPDATE privacy_requests SET status = ?, closed_at = ?, outcome = ?
          WHERE site_id = ? AND id = ? AND status = 'open'`,
        args: [status, at, JSON.stringify(outcome), site.row, id],
      },
      recorded,
      ...steps.map((step) => stepStatement(site.row, id, step, at)),
    ],
    'write',
  );
  return results[0]?.rowsAffected === 1;
}

/** Notes how far an open request has come, and a step of its log where one is given. */
export async function noteOutcome(
  db: Db,
  site: NamedSite,
  id: string,
  outcome: RequestOutcome,
  steps: readonly { readonly step: RequestStep; readonly at: EpochMs }[],
): Promise<void> {
  const noted = {
    sql: `UPDATE privacy_requests SET outcome = ? WHERE site_id = ? AND id = ? AND status = 'open'`,
    args: [JSON.stringify(outcome), site.row, id],
  };
  await db.client.batch([noted, ...steps.map(({ step, at }) => stepStatement(site.row, id, step, at))], 'write');
}

const COLUMNS = 'seq, id, site_id, kind, subject, asked_by, asked_at, due_at, status, closed_at, outcome';

/** A request of the site, or undefined. */
export async function findRequest(db: Db, site: SiteRow, id: string): Promise<PrivacyRequest | undefined> {
  const { rows } = await db.client.execute({
    sql: `SELECT ${COLUMNS} FROM privacy_requests WHERE site_id = ? AND id = ?`,
    args: [site, id],
  });
  return (await withSteps(db, rows))[0];
}

/** The request that was asked under an idempotency key, with the fingerprint of the whole. */
export async function findRepeated(
  db: Db,
  site: SiteRow,
  key: string,
): Promise<{ readonly id: string; readonly fingerprint: string } | undefined> {
  const { rows } = await db.client.execute({
    sql: `SELECT id, lower(hex(fingerprint)) AS fingerprint FROM privacy_requests WHERE site_id = ? AND idempotency = unhex(?)`,
    args: [site, key],
  });
  return rows[0] === undefined ? undefined : { id: textOf(rows[0], 'id'), fingerprint: textOf(rows[0], 'fingerprint') };
}

/** A site's requests, newest first, at most {@link REQUESTS_MAX}, asked before the one of the number `before`. */
export async function listRequests(
  db: Db,
  site: SiteRow,
  only: { readonly status?: RequestStatus; readonly before?: number; readonly limit?: number } = {},
): Promise<PrivacyRequest[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT ${COLUMNS} FROM privacy_requests WHERE site_id = ?1 AND (?2 IS NULL OR status = ?2) AND (?3 IS NULL OR seq < ?3)
      ORDER BY seq DESC LIMIT ?4`,
    args: [site, only.status ?? null, only.before ?? null, Math.min(only.limit ?? REQUESTS_MAX, REQUESTS_MAX)],
  });
  return withSteps(db, rows);
}

/** Requests of all sites that have work left, oldest first. */
export async function openRequests(db: Db): Promise<PrivacyRequest[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT ${COLUMNS} FROM privacy_requests WHERE status = 'open' ORDER BY seq LIMIT ?`,
    args: [REQUESTS_MAX],
  });
  return withSteps(db, rows);
}

/** The visitors a request's file speaks of. */
export async function requestVisitors(db: Db, seq: number): Promise<number[]> {
  const { rows } = await db.client.execute({
    sql: 'SELECT visitor FROM privacy_request_visitors WHERE request = ? ORDER BY visitor',
    args: [seq],
  });
  return rows.map((row) => Number(row['visitor']));
}

async function withSteps(db: Db, rows: readonly Row[]): Promise<PrivacyRequest[]> {
  if (rows.length === 0) return [];
  const found = await db.client.execute({
    sql: `SELECT request, at, step FROM privacy_request_steps WHERE request IN (SELECT value FROM json_each(?))
      ORDER BY request, nth`,
    args: [JSON.stringify(rows.map((row) => Number(row['seq'])))],
  });
  return rows.map((row) => ({
    seq: Number(row['seq']),
    id: textOf(row, 'id'),
    site: Number(row['site_id']),
    kind: textOf(row, 'kind') as RequestKind,
    subject: textOf(row, 'subject') as SubjectKind,
    askedBy: textOf(row, 'asked_by') as PrivacyRequest['askedBy'],
    askedAt: Number(row['asked_at']) as EpochMs,
    dueAt: Number(row['due_at']) as EpochMs,
    status: textOf(row, 'status') as RequestStatus,
    ...(row['closed_at'] === null ? {} : { closedAt: Number(row['closed_at']) as EpochMs }),
    outcome: JSON.parse(textOf(row, 'outcome')) as RequestOutcome,
    steps: found.rows
      .filter((step) => step['request'] === row['seq'])
      .map((step) => ({
        at: Number(step['at']) as EpochMs,
        step: textOf(step, 'step') as RequestStep,
      })),
  }));
}
