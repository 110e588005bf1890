// edge/http/tokens.ts: EdDSA JWTs (RFC 8037, RFC 9068 in spirit) that name one site and the scopes they are good for (P6, P7).
import type { EpochMs, Result, SiteId } from '../../contract/index.ts';
import { err, ok, parseSiteId } from '../../contract/index.ts';
import type { Scope } from '../../core/index.ts';
import { isScope, toHex } from '../../core/index.ts';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';

/** What a valid token grants. */
export interface Grant {
  readonly site: SiteId;
  readonly scopes: ReadonlySet<Scope>;
  /** The token's id (jti): names it in the audit log. */
  readonly token: string;
  readonly expiresAt: EpochMs;
}

/** A public key that checks tokens, until its end if it has one. */
export interface CheckingKey {
  readonly publicKey: CryptoKey;
  readonly endsAt?: number;
}

/** The key pair that signs tokens, and what else is known when one is checked. */
export interface TokenKeys {
  /** Names the signing key in a token's header. */
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** Keys that check tokens, the signing one among them, by name. */
  readonly checking: ReadonlyMap<string, CheckingKey>;
  /** Tokens that were taken back. */
  readonly revoked: ReadonlySet<string>;
}

/** Why a token was refused. */
export type TokenRefusal = 'token_missing' | 'token_invalid' | 'token_expired' | 'token_revoked';

const ISSUER = 'hushtag';
/** The name of the key that signs until one is rotated in; tokens from before keys had names are its. */
export const FIRST_KID = 'first';
/** The longest a token may live, seconds: a year. */
export const TOKEN_SECONDS_MAX = 31_536_000;
const TOKEN_CHARS_MAX = 4_096;

// An Ed25519 private key in PKCS#8 is this prefix and the 32-byte seed (RFC 8410 §7).
const PKCS8_PREFIX = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32);

/** Makes the key pair from its 32-byte seed. @throws where the platform lacks Ed25519. */
export async function tokenKeysFrom(seed: Uint8Array, kid: string = FIRST_KID): Promise<TokenKeys> {
  const pkcs8 = Uint8Array.of(...PKCS8_PREFIX, ...seed);
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'Ed25519' }, true, ['sign']);
  const { kty, crv, x } = await crypto.subtle.exportKey('jwk', privateKey);
  const publicJwk = { kty: kty ?? 'OKP', crv: crv ?? 'Ed25519', x: x ?? '' };
  const publicKey = await crypto.subtle.importKey('jwk', publicJwk, { name: 'Ed25519' }, true, ['verify']);
  return { kid, privateKey, publicKey, checking: new Map([[kid, { publicKey }]]), revoked: new Set() };
}

/** When a token ends that is signed at `now`; whole seconds, as a JWT has them. */
export const tokenEnd = (now: EpochMs, lifeSeconds: number): EpochMs =>
  ((Math.floor(now / 1_000) + Math.min(lifeSeconds, TOKEN_SECONDS_MAX)) * 1_000) as EpochMs;

/** Signs a token. `id` is 16 random bytes and names it in logs. The same arguments give the same token (RFC 8032). */
export function issueToken(
  keys: Pick<TokenKeys, 'kid' | 'privateKey'>,
  token: {
    readonly site: SiteId;
    readonly scopes: readonly Scope[];
    readonly now: EpochMs;
    readonly lifeSeconds: number;
    readonly id: Uint8Array;
  },
): Promise<string> {
  return new SignJWT({ site: token.site, scope: token.scopes.join(' ') })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: keys.kid })
    .setIssuer(ISSUER)
    .setJti(toHex(token.id))
    .setIssuedAt(Math.floor(token.now / 1_000))
    .setExpirationTime(tokenEnd(token.now, token.lifeSeconds) / 1_000)
    .sign(keys.privateKey);
}

/** The key that a token names, where it still checks tokens. */
function checkingKey(keys: TokenKeys, token: string, now: EpochMs): CryptoKey | undefined {
  const { kid = FIRST_KID } = decodeProtectedHeader(token);
  const key = keys.checking.get(kid);
  return key === undefined || (key.endsAt !== undefined && key.endsAt <= now) ? undefined : key.publicKey;
}

/** Reads an `Authorization` header. Anything but a sound, unexpired token of ours that nobody took back is refused. */
export async function verifyToken(
  keys: TokenKeys,
  authorization: string | undefined,
  now: EpochMs,
): Promise<Result<Grant, TokenRefusal>> {
  if (authorization === undefined) return err('token_missing');
  const token = /^Bearer ([A-Za-z0-9_.-]+)$/i.exec(authorization)?.[1];
  if (token === undefined || token.length > TOKEN_CHARS_MAX) return err('token_invalid');
  try {
    const key = checkingKey(keys, token, now);
    if (key === undefined) return err('token_invalid');
    const { payload } = await jwtVerify(token, key, {
      issuer: ISSUER,
      algorithms: ['EdDSA'],
      requiredClaims: ['exp', 'jti', 'site', 'scope'],
      currentDate: new Date(now),
    });
    const site = parseSiteId(payload['site']);
    const { scope, jti, exp } = payload;
    if (!site.ok || typeof scope !== 'string' || typeof jti !== 'string' || exp === undefined)
      return err('token_invalid');
    if (keys.revoked.has(jti)) return err('token_revoked');
    const scopes = new Set(scope.split(' ').filter(isScope));
    return ok({ site: site.value, scopes, token: jti, expiresAt: (exp * 1_000) as EpochMs });
  } catch (fault) {
    if (fault instanceof errors.JWTExpired) return err('token_expired');
    // jose throws a TypeError where the header is no JSON.
    if (fault instanceof errors.JOSEError || fault instanceof TypeError) return err('token_invalid');
    throw fault;
  }
}
