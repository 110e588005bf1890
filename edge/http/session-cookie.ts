// edge/http/session-cookie.ts: the cookie of a session, what is stored of it, and the value that proves a request was meant.
import { toHex } from '../../core/index.ts';

/** `__Host-`: a browser takes it only with Secure, for the whole host and no sibling of it (RFC 6265bis §4.1.3.2). */
export const SESSION_COOKIE = '__Host-hushtag';
/** The header that repeats a session's `csrf` on every request that changes something. */
export const CSRF_HEADER = 'x-hushtag-csrf';
/** How long a session lasts. */
export const SESSION_HOURS = 12;
const COOKIE_BYTES = 32;

const hash = async (label: string, value: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${label} ${value}`)));

/** A cookie's value with what is stored and what a page is told of it. */
export interface SessionSecret {
  readonly value: string;
  /** What finds the session: a thief of the database has no cookie by it. */
  readonly digest: Uint8Array;
  /** Told to who has the cookie: a page of another origin can neither read it nor make it. */
  readonly csrf: string;
}

const secretOf = async (value: string): Promise<SessionSecret> => ({
  value,
  digest: await hash('hushtag session 1', value),
  csrf: toHex(await hash('hushtag csrf 1', value)).slice(0, 32),
});

/** Makes the secret of a new session. */
export const makeSessionSecret = (randomBytes: (length: number) => Uint8Array): Promise<SessionSecret> =>
  secretOf(toHex(randomBytes(COOKIE_BYTES)));

/** Reads the session's cookie out of a `Cookie` header; undefined where there is none. */
export async function readSessionSecret(header: string | undefined): Promise<SessionSecret | undefined> {
  const value = new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([0-9a-f]{${COOKIE_BYTES * 2}})(?:;|$)`).exec(
    header ?? '',
  )?.[1];
  return value === undefined ? undefined : secretOf(value);
}

/** The `Set-Cookie` header of a session; an empty value takes it away. */
export const sessionCookie = (value: string, seconds: number): string =>
  `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Strict`;
