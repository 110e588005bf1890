// store/provider-logins.ts: who logs in by a provider: found by keyed hashes of what the provider says, and bound at the first login.
import { auditStatement } from './audit.ts';
import type { Db } from './db.ts';
import type { NewPerson } from './people.ts';
import { addPersonStatements, PEOPLE_MAX, readPeople } from './people.ts';
import { textOf } from './rows.ts';
import type { NewSession } from './sessions.ts';
import { afterLogin } from './sessions.ts';

/** What a provider said of somebody, as keyed hashes. */
export interface ProviderLogin {
  /** Of the provider and its name for them. */
  readonly subject: Uint8Array;
  /** Of the address, where the provider checked it. */
  readonly email: Uint8Array | undefined;
}

/** Who may log in, or why nobody may. */
export type LoginMatch = { readonly person: string; readonly isBound: boolean } | 'not_invited' | 'bound_to_another';

const personOf = async (db: Db, digest: Uint8Array): Promise<string | undefined> => {
  const { rows } = await db.client.execute({
    sql: 'SELECT person FROM person_logins WHERE digest = ?',
    args: [digest],
  });
  return rows[0] === undefined ? undefined : textOf(rows[0], 'person');
};

/**
 * Finds who a login is. The provider's own name for somebody comes first, and is the only one once it is known: an address
 * that a provider gives to somebody else later opens nothing.
 */
export async function matchLogin(db: Db, { subject, email }: ProviderLogin): Promise<LoginMatch> {
  const bound = await personOf(db, subject);
  if (bound !== undefined) return { person: bound, isBound: true };
  const person = email === undefined ? undefined : await personOf(db, email);
  if (person === undefined) return 'not_invited';
  const { rows } = await db.client.execute({
    sql: `SELECT 1 FROM person_logins WHERE person = ? AND kind = 'subject'`,
    args: [person],
  });
  return rows.length === 0 ? { person, isBound: false } : 'bound_to_another';
}

/**
 * Begins somebody's session and binds the provider's name for them. @returns whether it began: whoever was removed, or bound
 * to another name, in the meantime gets none.
 */
export async function logInByProvider(
  db: Db,
  person: string,
  subject: Uint8Array,
  session: NewSession,
): Promise<boolean> {
  const done = await db.client.batch(
    [
      {
        sql: `INSERT INTO person_logins (digest, person, kind) SELECT ?, id, 'subject' FROM people WHERE id = ?
          AND NOT EXISTS (SELECT 1 FROM person_logins WHERE person = ? AND kind = 'subject') ON CONFLICT DO NOTHING`,
        args: [subject, person, person],
      },
      {
        sql: `INSERT INTO sessions (digest, person, created_at, expires_at)
          SELECT ?, p.id, ?, ? FROM person_logins l JOIN people p ON p.id = l.person WHERE l.digest = ? AND p.id = ?`,
        args: [session.digest, session.at, session.expiresAt, subject, person],
      },
      await auditStatement({ kind: 'logged_in', by: `person ${person}`, how: 'oidc', at: session.at }, 'if_changed'),
      ...afterLogin(person),
    ],
    'write',
  );
  return done[1]?.rowsAffected === 1;
}

/** Adds somebody whom a rule of the operator's lets in. @returns whether there was room. */
export async function addByRule(db: Db, person: NewPerson): Promise<boolean> {
  if ((await readPeople(db)).length >= PEOPLE_MAX) return false;
  await db.client.batch(await addPersonStatements(person), 'write');
  return true;
}
