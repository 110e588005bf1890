// edge/collector/keyring.test.ts: salts are made once, wrapped at rest, and gone when their time is over (P2).
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs } from '../../contract/index.ts';
import { DAY_MS, HOUR_MS } from '../../contract/index.ts';
import type { KeyProvider } from '../../core/index.ts';
import { lengthPrefixed, saltPeriodAt, toHex } from '../../core/index.ts';
import type { WrappedSalt } from '../../store/index.ts';
import { findSalt, insertSaltStatement } from '../../store/index.ts';
import { openFiles } from '../../store/open.node.ts';
import type { TestDatabase } from '../../store/testing.ts';
import { openTestDatabase } from '../../store/testing.ts';
import { nodeHmac } from '../../runtime/hmac.node.ts';
import { openKeyFolder } from '../../runtime/key-provider.file.ts';
import { createKeyring, unwrapSalt } from './keyring.ts';
import { destroyExpiredSalts } from './salt-destruction.ts';

const MIDNIGHT = Date.UTC(2026, 10, 25);
const at = (ms: number): EpochMs => ms as EpochMs;
const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));

describe('P2: a destroyed salt is gone', () => {
  let database: TestDatabase;
  let keyDir: string;
  let keys: KeyProvider;
  let now: EpochMs;
  beforeEach(async () => {
    database = await openTestDatabase();
    keyDir = await mkdtemp(join(tmpdir(), 'hushtag-keys-'));
    keys = await openKeyFolder(keyDir);
    now = at(MIDNIGHT - HOUR_MS);
  });
  afterEach(async () => {
    await database.close();
    await rm(keyDir, { recursive: true });
  });

  const keepSalt = async (salt: WrappedSalt): Promise<void> => {
    await database.db.client.execute(insertSaltStatement(salt));
  };
  const keyring = () =>
    createKeyring({ db: database.db, keys, now: () => now, randomBytes, hmacOf: nodeHmac, keepSalt });
  const signed = async (ring: ReturnType<typeof keyring>, use: 'day' | 'long', instant: EpochMs): Promise<string> =>
    toHex(await (await ring(1, use, instant))(lengthPrefixed(['same message'])));

  it('gives one salt a day and use, the same to every process, another the next day', async () => {
    const [one, other] = [keyring(), keyring()];
    const today = await signed(one, 'day', now);
    expect(await signed(other, 'day', now)).toBe(today);
    expect(await signed(one, 'long', now)).not.toBe(today);
    now = at(MIDNIGHT);
    expect(await signed(one, 'day', now)).not.toBe(today);
    expect(await signed(one, 'day', at(MIDNIGHT - 1))).toBe(today);
  });

  it('keeps the long salt from day to day', async () => {
    const ring = keyring();
    const before = await signed(ring, 'long', now);
    now = at(MIDNIGHT + 30 * DAY_MS);
    expect(await signed(ring, 'long', now)).toBe(before);
    expect(await signed(keyring(), 'long', now)).toBe(before);
  });

  it.each([HOUR_MS, DAY_MS, 60 * DAY_MS])(
    'goes on with one long salt where the clock is set back by %d ms',
    async (back) => {
      const ring = keyring();
      now = at(MIDNIGHT + HOUR_MS);
      const ahead = await signed(ring, 'long', now);
      now = at(now - back);
      expect(await signed(ring, 'long', now)).toBe(ahead);
      expect(await signed(keyring(), 'long', now)).toBe(ahead);
      expect((await readdir(keyDir)).filter((name) => name.endsWith('.kek'))).toHaveLength(1);
    },
  );

  it('leaves no key behind where its salt could not be stored', async () => {
    await database.db.client.execute(
      "CREATE TRIGGER full BEFORE INSERT ON salts BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    );
    await expect(signed(keyring(), 'day', now)).rejects.toThrow();
    expect(await readdir(keyDir)).toEqual([]);
  });

  it('lets two processes that race agree on one salt, with no key left over', async () => {
    const rings = Array.from({ length: 8 }, keyring);
    const values = await Promise.all(rings.map((ring) => signed(ring, 'day', now)));
    expect(new Set(values).size).toBe(1);
    expect((await readdir(keyDir)).filter((name) => name.endsWith('.kek'))).toHaveLength(1);
  });

  it('destroys key and row after the grace; a backup taken before opens nothing', async () => {
    await signed(keyring(), 'day', now);
    const salt = await findSalt(database.db, 1, saltPeriodAt('day', now));
    if (salt === undefined) throw new Error('the salt was not stored');
    const opened = await unwrapSalt(keys, salt);
    const backup = join(database.folder, 'backup.db');
    await database.db.client.execute('PRAGMA main.wal_checkpoint(TRUNCATE)');
    await copyFile(database.files.ground, backup);

    expect(await destroyExpiredSalts({ db: database.db, keys }, at(MIDNIGHT + 2 * HOUR_MS - 1))).toBe(0);
    expect(await destroyExpiredSalts({ db: database.db, keys }, at(MIDNIGHT + 2 * HOUR_MS))).toBe(1);

    expect(await findSalt(database.db, 1, saltPeriodAt('day', now))).toBeUndefined();
    expect(await readdir(keyDir)).toEqual([]);
    const restored = await openFiles({ ground: backup, derived: join(database.folder, 'restored-derived.db') });
    const old = await findSalt(restored, 1, saltPeriodAt('day', now));
    restored.client.close();
    expect(old?.kekId).toBe(salt.kekId);
    expect(old && (await unwrapSalt(keys, old))).toBeUndefined();
    // Neither the salt nor its wrapped form is in any live file.
    for (const name of (await readdir(database.folder)).filter((file) => file.startsWith('ground'))) {
      const bytes = await readFile(join(database.folder, name));
      expect(bytes.includes(Buffer.from(salt.wrapped))).toBe(false);
      expect(bytes.includes(Buffer.from(opened ?? []))).toBe(false);
    }
  });

  it('heals a crash between destroying the key and deleting the row', async () => {
    await signed(keyring(), 'day', now);
    const salt = await findSalt(database.db, 1, saltPeriodAt('day', now));
    await keys.destroy(salt?.kekId ?? '');
    expect(await destroyExpiredSalts({ db: database.db, keys }, at(MIDNIGHT + DAY_MS))).toBe(1);
    expect(await findSalt(database.db, 1, saltPeriodAt('day', now))).toBeUndefined();
  });

  it('refuses a salt whose key is missing instead of making pseudonyms with another', async () => {
    await signed(keyring(), 'day', now);
    const salt = await findSalt(database.db, 1, saltPeriodAt('day', now));
    await keys.destroy(salt?.kekId ?? '');
    await expect(signed(keyring(), 'day', now)).rejects.toMatchObject({ code: 'salt_key_missing' });
  });

  it('refuses a row moved to another site', async () => {
    await signed(keyring(), 'day', now);
    await database.db.client.execute('UPDATE salts SET site_id = 2');
    const moved = await findSalt(database.db, 2, saltPeriodAt('day', now));
    if (moved === undefined) throw new Error('the salt was not stored');
    await expect(unwrapSalt(keys, moved)).rejects.toThrow();
  });
});
