// edge/api/access/give-code.ts: gives people codes to log in with, and a new installation its first owner.
import type { EpochMs } from '../../../contract/index.ts';
import { MINUTE_MS } from '../../../contract/index.ts';
import { toHex } from '../../../core/index.ts';
import type { Db } from '../../../store/index.ts';
import { addPersonStatements, loginCodeStatements, readPeople } from '../../../store/index.ts';
import { LOGIN_CODE_MINUTES, makeLoginCode } from '../../http/login-code.ts';

const PERSON_ID_BYTES = 16;
const FIRST_LABEL = 'owner';

/** What giving a code needs. */
export interface LoginCodeNeeds {
  readonly db: Db;
  readonly now: () => EpochMs;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** An id of no meaning for somebody new. */
export const makePersonId = (randomBytes: LoginCodeNeeds['randomBytes']): string => toHex(randomBytes(PERSON_ID_BYTES));

/**
 * Gives somebody a code in place of the one they had. @param by who gives it, as the audit log names them.
 * @returns the code, which is nowhere afterwards.
 */
export async function giveLoginCode(
  { db, now, randomBytes }: LoginCodeNeeds,
  person: string,
  by: string,
): Promise<string> {
  const { code, stored } = await makeLoginCode(randomBytes);
  const at = now();
  const times = { at, expiresAt: at + LOGIN_CODE_MINUTES * MINUTE_MS, by };
  await db.client.batch(await loginCodeStatements(stored, person, times), 'write');
  return code;
}

/** A code of the first owner's, who is made where there is nobody; undefined once anybody has logged in. */
export async function firstOwnerCode(needs: LoginCodeNeeds): Promise<string | undefined> {
  const people = await readPeople(needs.db);
  if (people.some(({ hasLoggedIn }) => hasLoggedIn)) return undefined;
  const owner = people.find(({ roles }) => roles.some(({ site, role }) => site === null && role === 'owner'));
  if (owner !== undefined) return giveLoginCode(needs, owner.id, 'command');
  const id = makePersonId(needs.randomBytes);
  const roles = [{ site: null, role: 'owner' }] as const;
  const added = { id, label: FIRST_LABEL, roles, at: needs.now(), by: 'command' };
  await needs.db.client.batch(await addPersonStatements(added), 'write');
  return giveLoginCode(needs, id, 'command');
}
