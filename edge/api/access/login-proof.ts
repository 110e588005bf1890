// edge/api/access/login-proof.ts: what binds a provider's answer to the browser that asked: made from a cookie, and kept nowhere.
import { toHex } from '../../../core/index.ts';
import type { LoginProof } from '../../http/oidc-client.ts';
import type { KeyedNeeds } from '../keyed.ts';
import { keyedHash } from '../keyed.ts';

/** Minutes that somebody has for logging in at the provider. */
export const LOGIN_MINUTES = 10;
const MINUTE_MS = 60_000;
const COOKIE = '__Host-hushtag-login';
const COOKIE_BYTES = 32;
const PATTERN = new RegExp(`(?:^|;\\s*)${COOKIE}=((\\d{1,15})\\.[0-9a-f]{${COOKIE_BYTES * 2}})(?:;|$)`);

/** Hex and not base64url: 64 characters of RFC 7636's alphabet, of 43 to 128. */
const derived = async (needs: KeyedNeeds, use: string, value: string): Promise<string> =>
  toHex(await keyedHash(needs, 'hushtag oidc 1', use, value));

/** What a cookie's value stands for. State, nonce and verifier follow from it under a secret, so that none of them tells another. */
async function proofOf(needs: KeyedNeeds, value: string): Promise<LoginProof> {
  const [state, nonce, verifier] = await Promise.all(
    ['state', 'nonce', 'verifier'].map((use) => derived(needs, use, value)),
  );
  return { state: state ?? '', nonce: nonce ?? '', verifier: verifier ?? '' };
}

// Lax and not Strict: the way back from the provider is a navigation that another site began.
const cookie = (value: string, seconds: number): string =>
  `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Lax`;

/** The header that takes the cookie away. */
export const NO_LOGIN_COOKIE: string = cookie('', 0);

/** Makes the proof of a new login, and the `Set-Cookie` it comes back by. */
export async function beginProof(
  needs: KeyedNeeds,
  now: number,
): Promise<{ readonly proof: LoginProof; readonly setCookie: string }> {
  const value = `${now}.${toHex(needs.randomBytes(COOKIE_BYTES))}`;
  return { proof: await proofOf(needs, value), setCookie: cookie(value, (LOGIN_MINUTES * MINUTE_MS) / 1_000) };
}

/** The proof of the login that a `Cookie` header belongs to; undefined where there is none, or it began too long ago. */
export async function readProof(
  needs: KeyedNeeds,
  header: string | undefined,
  now: number,
): Promise<LoginProof | undefined> {
  const [, value, begun] = PATTERN.exec(header ?? '') ?? [];
  // A time that somebody wrote in changes what follows from the value, and fits no state that the provider was sent.
  const isOpen = begun !== undefined && now - Number(begun) <= LOGIN_MINUTES * MINUTE_MS && Number(begun) <= now;
  return value === undefined || !isOpen ? undefined : proofOf(needs, value);
}
