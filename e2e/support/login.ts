// e2e/support/login.ts: people of tests, who log in as people do.
import type { EpochMs } from '../../contract/index.ts';
import { toHex } from '../../core/index.ts';
import { giveLoginCode } from '../../edge/index.ts';
import type { Db, RoleHeld } from '../../store/index.ts';
import { addPersonStatements } from '../../store/index.ts';
import type { EdgeUnderTest } from './edge-under-test.ts';

const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));

/** Adds somebody. @returns their id. */
export async function addPerson(db: Db, roles: readonly RoleHeld[], label = 'Kim'): Promise<string> {
  const id = toHex(randomBytes(16));
  await db.client.batch(await addPersonStatements({ id, label, roles, at: Date.now(), by: 'command' }), 'write');
  return id;
}

/** A code for somebody. */
export const codeFor = (db: Db, person: string): Promise<string> =>
  giveLoginCode({ db, randomBytes, now: () => Date.now() as EpochMs }, person, 'command');

/** An address that no other test logs in from: tries are counted by network. */
export const freshNetwork = (): Readonly<Record<string, string>> => {
  const [a, b, c] = randomBytes(3);
  const address = `10.${a}.${b}.${c}`;
  return { 'x-forwarded-for': address, 'cf-connecting-ip': address };
};

/** Asks to log in. */
export const askLogin = (
  edge: EdgeUnderTest,
  body: unknown,
  headers: Readonly<Record<string, string>> = freshNetwork(),
): Promise<Response> =>
  edge.fetch('/v1/session', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

/** Somebody who is logged in. */
export interface LoggedIn {
  readonly person: string;
  readonly cookie: string;
  readonly csrf: string;
  /** Asks with the cookie and, where something changes, the csrf value. */
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
}

/** Logs somebody new with these roles in. */
export async function logIn(edge: EdgeUnderTest, roles: readonly RoleHeld[]): Promise<LoggedIn> {
  const person = await addPerson(edge.db, roles);
  const answered = await askLogin(edge, { code: await codeFor(edge.db, person) });
  if (answered.status !== 201) throw new Error(`no login: ${await answered.text()}`);
  const cookie = (answered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const { csrf } = (await answered.json()) as { csrf: string };
  return {
    person,
    cookie,
    csrf,
    fetch: (path, init = {}) =>
      edge.fetch(path, {
        ...init,
        headers: {
          ...Object.fromEntries(new Headers(init.headers).entries()),
          cookie,
          ...((init.method ?? 'GET') === 'GET' ? {} : { 'x-hushtag-csrf': csrf }),
        },
      }),
  };
}
