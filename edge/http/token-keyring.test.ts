// edge/http/token-keyring.test.ts: tokens outlive the key that signed them for as long as was asked, and no longer.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, SiteId } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { KeyProvider } from '../../core/index.ts';
import type { TestDatabase } from '../../store/testing.ts';
import { openTestDatabase } from '../../store/testing.ts';
import type { TokenKeyNeeds } from './token-keyring.ts';
import {
  createTokenKeys,
  destroyEndedTokenKeys,
  jwksOf,
  readTokenKeys,
  rotateTokenKey,
  TOKEN_KEYS_MS,
} from './token-keyring.ts';
import { FIRST_KID, issueToken, verifyToken } from './tokens.ts';

const T0 = Date.UTC(2026, 10, 24, 12) as EpochMs;
const later = (ms: number): EpochMs => (T0 + ms) as EpochMs;

describe('P6: keys that sign tokens change', () => {
  let database: TestDatabase;
  let now: EpochMs;
  let needs: TokenKeyNeeds;
  beforeEach(async () => {
    database = await openTestDatabase();
    now = T0;
    const held = new Map<string, Uint8Array>();
    const obtain: KeyProvider['obtain'] = async (id, fresh) => {
      if (!held.has(id)) held.set(id, fresh);
      return held.get(id) ?? fresh;
    };
    const keys: KeyProvider = {
      forgets: true,
      obtain,
      read: async (id) => held.get(id),
      destroy: async (id) => {
        held.delete(id);
      },
      secret: obtain,
    };
    const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    needs = { db: database.db, keys, now: () => now, randomBytes };
  });
  afterEach(() => database.close());

  const signed = async (): Promise<string> =>
    issueToken(await readTokenKeys(needs), {
      site: 'shop' as SiteId,
      scopes: ['ledger:read'],
      now,
      lifeSeconds: 300 * 86_400,
      id: needs.randomBytes(16),
    });
  const isGood = async (token: string): Promise<boolean> =>
    (await verifyToken(await readTokenKeys(needs), `Bearer ${token}`, now)).ok;

  it('signs with the new one, and checks with both until the old one ends', async () => {
    const before = await signed();
    const { kid } = await rotateTokenKey(needs, 30 * DAY_MS);
    const after = await signed();
    expect((await readTokenKeys(needs)).kid).toBe(kid);
    expect([await isGood(before), await isGood(after)]).toEqual([true, true]);
    now = later(30 * DAY_MS - 1);
    expect(await isGood(before)).toBe(true);
    now = later(30 * DAY_MS);
    expect([await isGood(before), await isGood(after)]).toEqual([false, true]);
  });

  it('ends all tokens at once where nothing is to be kept, those of keys rotated out before too', async () => {
    const first = await signed();
    await rotateTokenKey(needs, 30 * DAY_MS);
    const second = await signed();
    await rotateTokenKey(needs, 0);
    expect([await isGood(first), await isGood(second), await isGood(await signed())]).toEqual([false, false, true]);
  });

  it('publishes the keys that still check', async () => {
    const kids = async () =>
      ((await jwksOf(await readTokenKeys(needs))) as { keys: { kid: string }[] }).keys.map((key) => key.kid);
    expect(await kids()).toEqual([FIRST_KID]);
    const { kid } = await rotateTokenKey(needs, DAY_MS);
    expect((await kids()).sort()).toEqual([FIRST_KID, kid].sort());
    now = later(DAY_MS);
    expect(await kids()).toEqual([kid]);
  });

  it.each([
    { why: 'a millisecond before', afterMs: TOKEN_KEYS_MS - 1, known: false },
    { why: 'when it is read again', afterMs: TOKEN_KEYS_MS, known: true },
  ])('an edge knows the new key $why: $known', async ({ afterMs, known }) => {
    const read = createTokenKeys(needs);
    await read();
    const { kid } = await rotateTokenKey(needs, DAY_MS);
    now = later(afterMs);
    expect((await read()).kid === kid).toBe(known);
  });

  it('destroys keys that ended, and none that is used; what the first one signed stays refused', async () => {
    const token = await signed();
    const { kid: second } = await rotateTokenKey(needs, DAY_MS);
    const { kid: third } = await rotateTokenKey(needs, DAY_MS);
    await destroyEndedTokenKeys(needs);
    expect(await needs.keys.read(`signing-${second}`)).toBeDefined();
    now = later(DAY_MS);
    await destroyEndedTokenKeys(needs);
    expect(await needs.keys.read(`signing-${second}`)).toBeUndefined();
    expect(await needs.keys.read(`signing-${third}`)).toBeDefined();
    expect([await isGood(token), await isGood(await signed())]).toEqual([false, true]);
  });

  it('says what to do where the key is gone', async () => {
    const { kid } = await rotateTokenKey(needs, 0);
    await needs.keys.destroy(`signing-${kid}`);
    await expect(readTokenKeys(needs)).rejects.toThrow('hushtag tokens rotate');
  });
});
