// edge/http/tokens.ts: EdDSA JWTs (RFC 8037, RFC 9068 in spirit) that name one site and the scopes it is good for (P6, P7).
import type { EpochMs, Result, SiteId } from '../../contract/index.ts';
import { err, ok, parseSiteId } from '../../contract/index.ts';
import type { Scope } from '../../core/index.ts';
import { isScope, toHex } from '../../core/index.ts';
import { errors, jwtVerify, SignJWT } from 'jose';

/** What a valid token grants. */
export interface Grant {
  readonly site: SiteId;
  readonly scopes: ReadonlySet<Scope>;
  /** The token's id (jti): names it in the audit log. */
  readonly token: string;
  readonly expiresAt: EpochMs;
}

/** The key pair that signs and checks tokens. */
export interface TokenKeys {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** Why a token was refused. */
export type TokenRefusal = 'token_missing' | 'token_invalid' | 'token_expired';

const ISSUER = 'hushtag';
/** The longest a token may live, seconds: a year. */
export const TOKEN_SECONDS_MAX = 31_536_000;
const TOKEN_CHARS_MAX = 4_096;

// An Ed25519 private key in PKCS#8 is this prefix and the 32-byte seed (RFC 8410 §7).
const PKCS8_PREFIX = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32);

/** Makes the key pair from its 32-byte seed. @throws where the platform lacks Ed25519. */
export async function tokenKeysFrom(seed: Uint8Array): Promise<TokenKeys> {
  const pkcs8 = Uint8Array.of(...PKCS8_PREFIX, ...seed);
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'Ed25519' }, true, ['sign']);
  const { kty, crv, x } = await crypto.subtle.exportKey('jwk', privateKey);
  const publicJwk = { kty: kty ?? 'OKP', crv: crv ?? 'Ed25519', x: x ?? '' };
  const publicKey = await crypto.subtle.importKey('jwk', publicJwk, { name: 'Ed25519' }, true, ['verify']);
  return { privateKey, publicKey };
}

/** Signs a token. `id` is 16 random bytes and names it in logs. */
export function issueToken(
  keys: TokenKeys,
  token: {
    readonly site: SiteId;
    readonly scopes: readonly Scope[];
    readonly now: EpochMs;
    readonly lifeSeconds: number;
    readonly id: Uint8Array;
  },
): Promise<string> {
  const issuedAt = Math.floor(token.now / 1_000);
  return new SignJWT({ site: token.site, scope: token.scopes.join(' ') })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
    .setIssuer(ISSUER)
    .setJti(toHex(token.id))
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.min(token.lifeSeconds, TOKEN_SECONDS_MAX))
    .sign(keys.privateKey);
}

/** Reads an `Authorization` header. Anything but a sound, unexpired token of ours is refused. */
export async function verifyToken(
  keys: TokenKeys,
  authorization: string | undefined,
  now: EpochMs,
): Promise<Result<Grant, TokenRefusal>> {
  if (authorization === undefined) return err('token_missing');
  const token = /^Bearer ([A-Za-z0-9_.-]+)$/i.exec(authorization)?.[1];
  if (token === undefined || token.length > TOKEN_CHARS_MAX) return err('token_invalid');
  try {
    const { payload } = await jwtVerify(token, keys.publicKey, {
      issuer: ISSUER,
      algorithms: ['EdDSA'],
      requiredClaims: ['exp', 'jti', 'site', 'scope'],
      currentDate: new Date(now),
    });
    const site = parseSiteId(payload['site']);
    const { scope, jti, exp } = payload;
    if (!site.ok || typeof scope !== 'string' || typeof jti !== 'string' || exp === undefined)
      return err('token_invalid');
    const scopes = new Set(scope.split(' ').filter(isScope));
    return ok({ site: site.value, scopes, token: jti, expiresAt: (exp * 1_000) as EpochMs });
  } catch (fault) {
    if (fault instanceof errors.JWTExpired) return err('token_expired');
    if (fault instanceof errors.JOSEError) return err('token_invalid');
    throw fault;
  }
}
