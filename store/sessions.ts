// store/sessions.ts: who is logged in, and the codes that log in once.
import type { InStatement } from '@libsql/client';
import type { SiteId } from '../contract/index.ts';
import type { Scope } from '../core/index.ts';
import { auditStatement } from './audit.ts';
import type { Db } from './db.ts';
import { forgetEndedExports } from './exports.ts';
import { ANSWER_MS } from './idempotent-answers.ts';
import { forgetLoginTries } from './login-tries.ts';
import type { RoleHeld } from './people.ts';
import { ROLE_COLUMNS, ROLE_JOIN, roleOf } from './people.ts';
import { textOf } from './rows.ts';

/** Sessions one person may have at once; the oldest ends. */
const SESSIONS_MAX = 20;
/** Wrong rests that a code's first part may come with before the code is gone. */
export const CODE_ATTEMPTS_MAX = 5;

/** What a token allowed when it logged in. */
export interface SessionToken {
  readonly id: string;
  readonly site: SiteId;
  readonly scopes: readonly Scope[];
}

/** Who a session is of: a person with what they are now, or a token. */
export type SessionOwner =
  | { readonly person: { readonly id: string; readonly label: string }; readonly roles: readonly RoleHeld[] }
  | { readonly token: SessionToken };

/** A session that has not ended. */
export interface Session {
  readonly owner: SessionOwner;
  readonly expiresAt: number;
}

/** The session of a cookie's digest, with the roles its person has now; undefined where it ended or the person is gone. */
export async function findSession(db: Db, digest: Uint8Array, now: number): Promise<Session | undefined> {
  const { rows } = await db.client.execute({
    sql: `SELECT s.token, s.expires_at, p.id, p.label, ${ROLE_COLUMNS}
      FROM sessions s LEFT JOIN people p ON p.id = s.person ${ROLE_JOIN} WHERE s.digest = ? AND s.expires_at > ?`,
    args: [digest, now],
  });
  const [first] = rows;
  if (first === undefined) return undefined;
  const expiresAt = Number(first['expires_at']);
  if (first['token'] !== null) {
    return { owner: { token: JSON.parse(textOf(first, 'token')) as SessionToken }, expiresAt };
  }
  if (first['id'] === null) return undefined;
  const roles = rows.map(roleOf).filter((role) => role !== undefined);
  return { owner: { person: { id: textOf(first, 'id'), label: textOf(first, 'label') }, roles }, expiresAt };
}

/** A session to begin. */
export interface NewSession {
  readonly digest: Uint8Array;
  readonly at: number;
  readonly expiresAt: number;
}

/** What follows a login: it is known that they did, and of too many sessions the oldest end. */
export const afterLogin = (person: string): InStatement[] => [
  { sql: 'UPDATE people SET has_logged_in = 1 WHERE id = ?', args: [person] },
  {
    sql: `DELETE FROM sessions WHERE person = ? AND digest NOT IN
      (SELECT digest FROM sessions WHERE person = ? ORDER BY created_at DESC LIMIT ${SESSIONS_MAX})`,
    args: [person, person],
  },
];

/** A code as it is shown for a login. */
export interface GivenCode {
  readonly id: string;
  readonly digest: Uint8Array;
}

/**
 * Begins the session of whoever the code is of. The code is gone with it; one that is guessed at is gone after
 * {@link CODE_ATTEMPTS_MAX} guesses. @returns whether a session began.
 */
export async function logInByCode(db: Db, { id, digest }: GivenCode, session: NewSession): Promise<boolean> {
  const { rows } = await db.client.execute({
    sql: 'SELECT person, hex(digest) = hex(?) AS same FROM login_codes WHERE id = ? AND expires_at > ?',
    args: [digest, id, session.at],
  });
  const [code] = rows;
  if (code === undefined) return false;
  if (code['same'] !== 1) {
    await db.client.batch(
      [
        { sql: 'UPDATE login_codes SET attempts = attempts + 1 WHERE id = ?', args: [id] },
        { sql: 'DELETE FROM login_codes WHERE id = ? AND attempts >= ?', args: [id, CODE_ATTEMPTS_MAX] },
      ],
      'write',
    );
    return false;
  }
  const person = textOf(code, 'person');
  const begun = await db.client.batch(
    [
      // From the code's row, so that of two who use it at once one gets nothing.
      {
        sql: `INSERT INTO sessions (digest, person, created_at, expires_at)
          SELECT ?, p.id, ?, ? FROM login_codes c JOIN people p ON p.id = c.person WHERE c.id = ? AND c.digest = ?`,
        args: [session.digest, session.at, session.expiresAt, id, digest],
      },
      await auditStatement({ kind: 'logged_in', by: `person ${person}`, how: 'code', at: session.at }, 'if_changed'),
      { sql: 'DELETE FROM login_codes WHERE id = ?', args: [id] },
      ...afterLogin(person),
    ],
    'write',
  );
  return begun[0]?.rowsAffected === 1;
}

/** The statements that begin a session of a token. */
export const tokenSessionStatements = async (token: SessionToken, session: NewSession): Promise<InStatement[]> => [
  {
    sql: 'INSERT INTO sessions (digest, token, created_at, expires_at) VALUES (?, ?, ?, ?)',
    args: [session.digest, JSON.stringify(token), session.at, session.expiresAt],
  },
  await auditStatement({ kind: 'logged_in', by: token.id, how: 'token', at: session.at }),
];

/** The statements that end a session. @param by who it is of, as the audit log names them. */
export const endSessionStatements = async (digest: Uint8Array, by: string, at: number): Promise<InStatement[]> => [
  { sql: 'DELETE FROM sessions WHERE digest = ?', args: [digest] },
  await auditStatement({ kind: 'logged_out', by, at }, 'if_changed'),
];

/** The statements that give somebody a code, in place of those they had. */
export const loginCodeStatements = async (
  { id, digest }: GivenCode,
  person: string,
  { at, expiresAt, by }: { readonly at: number; readonly expiresAt: number; readonly by: string },
): Promise<InStatement[]> => [
  { sql: 'DELETE FROM login_codes WHERE person = ? OR expires_at <= ?', args: [person, at] },
  {
    sql: 'INSERT INTO login_codes (id, digest, person, expires_at) VALUES (?, ?, ?, ?)',
    args: [id, digest, person, expiresAt],
  },
  await auditStatement({ kind: 'login_code_made', person, by, at }),
];

/**
 * Ends everything that lets somebody in without a new code: sessions, codes, and what binds people to a provider. For a
 * database that was put back, which may hold what was taken back since.
 */
export async function endAllAccess(db: Db): Promise<void> {
  await db.client.batch(['DELETE FROM sessions', 'DELETE FROM login_codes', 'DELETE FROM person_logins'], 'write');
}

/** How long a token is listed after its end: as long as an audit of the year asks for. */
const TOKEN_LISTED_MS = 395 * 86_400_000;

/** Deletes what is over: sessions, codes, remembered answers, exports that may be fetched no more, and tokens that ended long ago. */
export async function forgetEndedAccess(db: Db, now: number): Promise<void> {
  await db.client.batch(
    [
      { sql: 'DELETE FROM sessions WHERE expires_at <= ?', args: [now] },
      { sql: 'DELETE FROM login_codes WHERE expires_at <= ?', args: [now] },
      { sql: 'DELETE FROM idempotent_answers WHERE at <= ?', args: [now - ANSWER_MS] },
      forgetEndedExports(now),
      forgetLoginTries(now),
      { sql: 'DELETE FROM tokens WHERE expires_at <= ?', args: [now - TOKEN_LISTED_MS] },
    ],
    'write',
  );
}
