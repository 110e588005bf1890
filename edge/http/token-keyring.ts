// edge/http/token-keyring.ts: the keys that sign and check tokens, and which tokens were taken back; read anew every few seconds.
import type { EpochMs } from '../../contract/index.ts';
import type { KeyProvider } from '../../core/index.ts';
import { KEY_BYTES, toHex } from '../../core/index.ts';
import type { Db } from '../../store/index.ts';
import { dropSigningKey, readRevoked, readSigningKeys, rotateSigningKey } from '../../store/index.ts';
import type { CheckingKey, TokenKeys } from './tokens.ts';
import { FIRST_KID, tokenKeysFrom } from './tokens.ts';

/** How long what was read holds: a revoked token is refused everywhere after this. */
export const TOKEN_KEYS_MS = 5_000;
const KID_BYTES = 8;

/** What reading the keys needs. */
export interface TokenKeyNeeds {
  readonly db: Db;
  readonly keys: KeyProvider;
  readonly now: () => EpochMs;
  readonly randomBytes: (length: number) => Uint8Array;
}

const keyId = (kid: string): string => `signing-${kid}`;

/** The seed of a key; undefined where it is gone. */
const seedOf = ({ keys, randomBytes }: TokenKeyNeeds, kid: string): Promise<Uint8Array | undefined> =>
  kid === FIRST_KID ? keys.secret('tokens', randomBytes(KEY_BYTES)) : keys.read(keyId(kid));

// A key pair is made of its seed once.
const pairs = (needs: TokenKeyNeeds): ((kid: string) => Promise<TokenKeys | undefined>) => {
  const made = new Map<string, TokenKeys>();
  return async (kid) => {
    const known = made.get(kid);
    if (known !== undefined) return known;
    const seed = await seedOf(needs, kid);
    if (seed === undefined) return undefined;
    const pair = await tokenKeysFrom(seed, kid);
    made.set(kid, pair);
    return pair;
  };
};

/** Reads keys and revocations as they stand. @throws where the key that signs is gone. */
export async function readTokenKeys(needs: TokenKeyNeeds, pairOf = pairs(needs)): Promise<TokenKeys> {
  const now = needs.now();
  const [records, revoked] = [await readSigningKeys(needs.db), await readRevoked(needs.db, now)];
  const signing = records.find(({ endsAt }) => endsAt === undefined)?.kid ?? FIRST_KID;
  const alive = records.filter(({ endsAt }) => endsAt === undefined || endsAt > now);
  const checking = new Map<string, CheckingKey>();
  for (const { kid, endsAt } of alive.length === 0 ? [{ kid: FIRST_KID, endsAt: undefined }] : alive) {
    const pair = await pairOf(kid);
    if (pair !== undefined)
      checking.set(kid, { publicKey: pair.publicKey, ...(endsAt === undefined ? {} : { endsAt }) });
  }
  const pair = await pairOf(signing);
  if (pair === undefined) throw new Error('the key that signs tokens is gone: rotate it with `hushtag tokens rotate`');
  return { ...pair, checking, revoked };
}

/** Makes the reader that routes share. A failure is not remembered. */
export function createTokenKeys(needs: TokenKeyNeeds): () => Promise<TokenKeys> {
  const pairOf = pairs(needs);
  let held: { readonly at: number; readonly keys: Promise<TokenKeys> } | undefined;
  return () => {
    const now = needs.now();
    if (held !== undefined && now - held.at < TOKEN_KEYS_MS && now >= held.at) return held.keys;
    const keys = readTokenKeys(needs, pairOf).catch((fault: unknown) => {
      held = undefined;
      throw fault;
    });
    held = { at: now, keys };
    return keys;
  };
}

/** Puts a new key in place of the one that signs. @param keepMs how long tokens of those before it stay good. */
export async function rotateTokenKey(
  needs: TokenKeyNeeds,
  keepMs: number,
): Promise<{ readonly kid: string; readonly formerEndsAt: number }> {
  const now = needs.now();
  const former = (await readSigningKeys(needs.db)).find(({ endsAt }) => endsAt === undefined)?.kid ?? FIRST_KID;
  const kid = toHex(needs.randomBytes(KID_BYTES));
  // The key first: a name without a key would sign nothing.
  await needs.keys.obtain(keyId(kid), needs.randomBytes(KEY_BYTES));
  await rotateSigningKey(needs.db, { kid, former, formerEndsAt: now + keepMs, at: now });
  return { kid, formerEndsAt: now + keepMs };
}

/** Destroys keys whose tokens have all ended, first the key and then its name. */
export async function destroyEndedTokenKeys({
  db,
  keys,
  now,
}: Pick<TokenKeyNeeds, 'db' | 'keys' | 'now'>): Promise<void> {
  for (const { kid, endsAt } of await readSigningKeys(db)) {
    if (endsAt === undefined || endsAt > now()) continue;
    // The first is a lasting secret of the provider's: without its name here it checks nothing.
    if (kid !== FIRST_KID) await keys.destroy(keyId(kid));
    await dropSigningKey(db, kid, now());
  }
}

/** The public keys as a JWK set (RFC 7517), for who checks tokens without asking us. */
export async function jwksOf({ checking }: TokenKeys): Promise<object> {
  const entries = [...checking].map(async ([kid, { publicKey }]) => {
    const { kty, crv, x } = await crypto.subtle.exportKey('jwk', publicKey);
    return { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' };
  });
  return { keys: await Promise.all(entries) };
}
