// edge/collector/salt-rotation.test.ts: a long salt has a successor, visitors keep their history, and the old one dies (P2).
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, FirstPartyId, SiteId } from '../../contract/index.ts';
import { DAY_MS, MINUTE_MS } from '../../contract/index.ts';
import type { KeyProvider } from '../../core/index.ts';
import { LONG_SALT_MS, orderKey, ROTATION_LEAD_MS, ROTATION_OVERLAP_MS } from '../../core/index.ts';
import { nodeHmac } from '../../runtime/hmac.node.ts';
import { openKeyFolder } from '../../runtime/key-provider.file.ts';
import type { EventRow, Site, WrappedSalt } from '../../store/index.ts';
import {
  acceptJobs,
  addSite,
  checkRetention,
  findSite,
  insertSaltStatement,
  purgeExpired,
  readLinks,
  readLongSalts,
} from '../../store/index.ts';
import type { TestDatabase } from '../../store/testing.ts';
import { openTestDatabase } from '../../store/testing.ts';
import { accountsOf, deriveRow } from './derive.ts';
import type { Keyring } from './keyring.ts';
import { createKeyring, LONG_SALT_CHECK_MS, unwrapSalt } from './keyring.ts';
import { knownVisitorKey, knownVisitorKeys } from './known-visitor.ts';
import { destroyExpiredSalts } from './salt-destruction.ts';
import type { EventKeys } from './sender-keys.ts';
import { senderKeys } from './sender-keys.ts';
import { destroyAbandonedKeys, rotateDueSalts, rotateLongSalt } from './salt-rotation.ts';

const START = Date.UTC(2026, 10, 25, 12);
const ID = 'rotation-test-visitor-000001' as FirstPartyId;
const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
let made = 0;

describe('P2: rotation of long salts', () => {
  let database: TestDatabase;
  let keyDir: string;
  let keys: KeyProvider;
  let site: Site;
  let now: EpochMs;
  const pass = (ms: number): void => {
    now = (now + ms) as EpochMs;
  };
  beforeEach(async () => {
    database = await openTestDatabase();
    keyDir = await mkdtemp(join(tmpdir(), 'hushtag-keys-'));
    keys = await openKeyFolder(keyDir);
    now = START as EpochMs;
    await addSite(database.db, { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: now });
    const found = await findSite(database.db, 'shop' as SiteId);
    if (found === undefined) throw new Error('the site was added');
    site = found;
  });
  afterEach(async () => {
    await database.close();
    await rm(keyDir, { recursive: true });
  });

  const needs = () => ({ db: database.db, keys, randomBytes });
  const keepSalt = async (salt: WrappedSalt): Promise<void> => {
    await database.db.client.execute(insertSaltStatement(salt));
  };
  const keyring = (): Keyring => createKeyring({ ...needs(), now: () => now, hmacOf: nodeHmac, keepSalt });
  const derived = async (ring: Keyring, id = ID, email?: string, order?: string): Promise<EventRow> => {
    made += 1;
    const event = {
      id: `0190a1b2-c3d4-7e5f-8a9b-${made.toString(16).padStart(12, '0')}` as never,
      name: email === undefined ? 'page_view' : 'identify',
      at: now,
      ...(email === undefined ? {} : { properties: { email } }),
    };
    const decision = { action: 'link', purposes: 3 } as const;
    const sender = { firstPartyId: id, userAgent: 'agent' };
    const keysOf = await senderKeys({ site, decision, sender, saltHmac: ring, now })(now);
    if (keysOf === 'day_over') throw new Error('the day lives');
    const context = { site, decision };
    const accounts = await accountsOf(context, keysOf, event);
    if (typeof accounts === 'string') throw new Error(accounts);
    return deriveRow(
      context,
      event,
      now,
      keysOf,
      order === undefined ? undefined : await orderKeysOf(order, keysOf),
      accounts,
    );
  };
  const orderKeysOf = async (transactionId: string, { hmac, former }: EventKeys) => {
    if (hmac === undefined) throw new Error('there is a salt');
    const from = { site: site.id, transactionId };
    const key = await orderKey(hmac, from);
    return former === undefined ? { key } : { key, former: await orderKey(former.hmac, from) };
  };
  const orders = async (): Promise<number[]> =>
    (await database.db.client.execute('SELECT count(*) FROM events GROUP BY order_key ORDER BY min(seq)')).rows.map(
      (row) => Number(row[0]),
    );
  const write = (...rows: readonly EventRow[]): Promise<void> =>
    acceptJobs(database.db, [{ site: site.row, day: 20_000, rows, ledger: [] }]);
  const visitors = async (): Promise<{ id: number; key: string; events: number }[]> =>
    (
      await database.db.client.execute(
        'SELECT v.id, lower(hex(v.key)) AS key, (SELECT count(*) FROM events WHERE visitor = v.id) AS events FROM visitors v ORDER BY v.id',
      )
    ).rows.map((row) => ({ id: Number(row['id']), key: String(row['key']), events: Number(row['events']) }));
  const rotated = async (): Promise<void> => {
    expect(await rotateLongSalt(needs(), site.row, now)).toMatchObject({ outcome: 'rotated' });
    pass(ROTATION_LEAD_MS + LONG_SALT_CHECK_MS);
  };

  it('re-keys who returns: history follows, nothing is doubled, and accounts come along', async () => {
    const ring = keyring();
    await write(await derived(ring), await derived(ring, ID, 'jo@mail.example'));
    const [before] = await visitors();
    const [account] = await readLinks(database.db, site.row);
    await rotated();
    expect(await knownVisitorKey(needs(), site, ID, now)).toBe(before?.key);
    await write(await derived(ring, ID, 'jo@mail.example'), await derived(ring));
    expect(await knownVisitorKey(needs(), site, ID, now)).not.toBe(before?.key);
    const after = await visitors();
    expect(after).toMatchObject([{ id: before?.id, events: 4 }]);
    expect(after[0]?.key).not.toBe(before?.key);
    expect(await readLinks(database.db, site.row)).toEqual([account]);
    expect(await knownVisitorKeys(needs(), site, ID, now)).toEqual([after[0]?.key, before?.key]);
  });

  it.each(['before', 'with', 'after'] as const)(
    'takes what a process without the new salt still writes for the same visitor: %s the first with it',
    async (when) => {
      const [stale, ring] = [keyring(), keyring()];
      await derived(stale);
      const late = [await derived(stale), await derived(stale, 'rotation-test-visitor-new-01' as FirstPartyId)];
      await rotated();
      const fresh = [await derived(ring), await derived(ring, 'rotation-test-visitor-new-01' as FirstPartyId)];
      if (when === 'before') await write(...late);
      await write(...(when === 'with' ? [...late, ...fresh] : fresh));
      if (when === 'after') await write(...late);
      expect((await visitors()).map(({ events }) => events)).toEqual([2, 2]);
    },
  );

  it('finds an order again that is retried or refunded during it and after it', async () => {
    const ring = keyring();
    await write(await derived(ring, ID, undefined, 'order-1'));
    await rotated();
    await write(await derived(ring, ID, undefined, 'order-1'), await derived(ring, ID, undefined, 'order-2'));
    expect(await orders()).toEqual([2, 1]);
    pass(ROTATION_OVERLAP_MS);
    expect(await destroyExpiredSalts(needs(), now)).toBe(1);
    await write(await derived(ring, ID, undefined, 'order-1'), await derived(ring, ID, undefined, 'order-2'));
    expect(await orders()).toEqual([3, 2]);
    const aliases = await database.db.client.execute('SELECT lasting FROM order_aliases');
    expect(aliases.rows.map((row) => row[0])).toEqual([1]);
    await database.db.client.execute('DELETE FROM events');
    const unused = async () =>
      (await checkRetention(database.db, now)).find(({ claim }) => claim === 'order_aliases_are_used')?.rows;
    expect(await unused()).toBe(1);
    await purgeExpired({ db: database.db, holder: 'test', clock: () => now }, now);
    expect(await unused()).toBe(0);
  });

  it.each(['before', 'with', 'after'] as const)(
    'finds an order of a process without the new salt: written %s the first with it',
    async (when) => {
      const [stale, ring] = [keyring(), keyring()];
      await derived(stale);
      const late = await derived(stale, ID, undefined, 'order-3');
      await rotated();
      const fresh = await derived(ring, ID, undefined, 'order-3');
      if (when === 'before') await write(late);
      await write(...(when === 'with' ? [late, fresh] : [fresh]));
      if (when === 'after') await write(late);
      expect(await orders()).toEqual([2]);
    },
  );

  it('is seen by a keyring that is open, no sooner than the salt opens and a check later at most', async () => {
    const ring = keyring();
    const before = await derived(ring);
    await rotateLongSalt(needs(), site.row, now);
    pass(ROTATION_LEAD_MS - 1);
    expect((await derived(ring)).visitor).toBe(before.visitor);
    pass(LONG_SALT_CHECK_MS);
    const after = await derived(ring);
    expect(after.visitor).not.toBe(before.visitor);
    expect(after.formerVisitor).toBe(before.visitor);
  });

  it('destroys the old salt after the overlap, with the keys of before; nobody can make them again', async () => {
    const ring = keyring();
    await write(await derived(ring));
    const [before] = await visitors();
    const [old] = await readLongSalts(database.db, site.row);
    if (old === undefined) throw new Error('there is a salt');
    await rotated();
    await write(await derived(ring));
    pass(ROTATION_OVERLAP_MS - LONG_SALT_CHECK_MS - 1);
    expect(await destroyExpiredSalts(needs(), now)).toBe(0);
    pass(1);
    expect(await destroyExpiredSalts(needs(), now)).toBe(1);
    expect(await unwrapSalt(keys, old)).toBeUndefined();
    expect(await readLongSalts(database.db, site.row)).toHaveLength(1);
    expect((await readdir(keyDir)).filter((name) => name.endsWith('.kek'))).toHaveLength(1);
    expect(await knownVisitorKeys(needs(), site, ID, now)).toHaveLength(1);
    pass(LONG_SALT_CHECK_MS);
    expect((await derived(ring)).formerVisitor).toBeUndefined();
    // The former key is in no byte of the file: nothing ties the two together any more.
    await database.db.client.execute('PRAGMA main.wal_checkpoint(TRUNCATE)');
    const bytes = await readFile(database.files.ground);
    expect(bytes.includes(Buffer.from(before?.key ?? '', 'hex'))).toBe(false);
  });

  it('is planned: due within the overlap of its end, and never twice', async () => {
    await derived(keyring());
    pass(LONG_SALT_MS - ROTATION_OVERLAP_MS - DAY_MS);
    expect(await rotateDueSalts(needs(), now)).toBe(0);
    pass(DAY_MS);
    expect(await rotateDueSalts(needs(), now)).toBe(1);
    expect(await rotateDueSalts(needs(), now)).toBe(0);
    expect(await rotateLongSalt(needs(), site.row, now)).toEqual({ outcome: 'following' });
    const [following, former] = await readLongSalts(database.db, site.row);
    expect(former?.destroyAt).toBeLessThanOrEqual(Number(following?.opensAt) + ROTATION_OVERLAP_MS);
  });

  it('makes no salt for a site that has none', async () => {
    expect(await rotateLongSalt(needs(), site.row, now)).toEqual({ outcome: 'no_salt' });
  });

  it('lets two processes that race make one successor, with no key left over', async () => {
    await derived(keyring());
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => rotateLongSalt(needs(), site.row, now)));
    expect(outcomes.filter(({ outcome }) => outcome === 'rotated')).toHaveLength(1);
    expect(await readLongSalts(database.db, site.row)).toHaveLength(2);
    expect((await readdir(keyDir)).filter((name) => name.endsWith('.kek'))).toHaveLength(2);
  });

  it('killed before any of its steps, is healed by the next start', async () => {
    await derived(keyring());
    for (let left = 0; ; left++) {
      let calls = 0;
      const dying = <T extends object>(target: T, names: readonly string[]): T =>
        new Proxy(target, {
          get(held, name) {
            const value: unknown = Reflect.get(held, name);
            if (typeof value !== 'function') return value;
            return (...args: unknown[]): unknown => {
              if (names.includes(String(name)) && calls++ >= left) throw new Error('killed');
              return Reflect.apply(value as (...given: unknown[]) => unknown, held, args);
            };
          },
        });
      const { db } = database;
      const killed = {
        ...needs(),
        db: { ...db, client: dying(db.client, ['execute', 'batch']) },
        keys: dying(keys, ['obtain']),
      };
      const done = await rotateLongSalt(killed, site.row, now).then(
        () => true,
        () => false,
      );
      pass(2 * MINUTE_MS);
      await destroyAbandonedKeys(needs(), now);
      const salts = await readLongSalts(db, site.row);
      const files = (await readdir(keyDir)).filter((name) => name.endsWith('.kek'));
      expect({ left, salts: salts.length, files: files.length }).toEqual({
        left,
        salts: done ? 2 : 1,
        files: done ? 2 : 1,
      });
      expect((await db.client.execute('SELECT * FROM pending_keys')).rows).toEqual([]);
      if (done) break;
      expect(left).toBeLessThan(20);
    }
  });
});

describe('P2: an opened salt is wiped from memory when its period ends', () => {
  it('by a timer, whether anybody comes or not', async () => {
    const database = await openTestDatabase();
    let now = START as EpochMs;
    const timers: { at: number; work: () => void }[] = [];
    const hmacs: WeakRef<object>[] = [];
    const ring = createKeyring({
      db: database.db,
      keys: (await import('../../runtime/key-provider.memory.ts')).memoryKeys(),
      randomBytes,
      now: () => now,
      hmacOf: async (salt) => {
        const hmac = await nodeHmac(salt);
        hmacs.push(new WeakRef(hmac));
        return hmac;
      },
      keepSalt: async (salt) => void (await database.db.client.execute(insertSaltStatement(salt))),
      later: (ms, work) => void timers.push({ at: now + ms, work }),
    });
    await ring(1, 'day', now);
    const ends = Date.UTC(2026, 10, 26, 2);
    for (let timer = timers.shift(); timer !== undefined && timer.at <= ends; timer = timers.shift()) {
      now = timer.at as EpochMs;
      timer.work();
    }
    expect(now).toBe(ends);
    await database.close();
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    await new Promise((resolve) => setImmediate(resolve));
    (runInNewContext('gc') as () => void)();
    expect(hmacs).toHaveLength(1);
    expect(hmacs[0]?.deref()).toBeUndefined();
  });
});
