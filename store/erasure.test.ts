// store/erasure.test.ts: an erased visitor is gone, and neither a kill, a late event nor a backup brings them back (P4).
import { createHmac } from 'node:crypto';
import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Client } from '@libsql/client';
import { jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, VisitorKey } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import { noteSignerFrom, noteVerifierFrom } from '../core/index.ts';
import { runSegmenter } from '../segmenter/index.ts';
import type { TestStore } from '../segmenter/testing.ts';
import { aRow, aRun, insertRows, openTestStore, SHOP, shopRows, T0, visitorKey } from '../segmenter/testing.ts';
import { readAuditLog } from './audit.ts';
import type { Db } from './db.ts';
import { addTombstones, eraseVisitor, readTombstones, replayTombstones } from './erasure.ts';
import type { ErasureReceipt } from './erasure-receipt.ts';
import { readErasureReceipt, signErasureReceipt } from './erasure-receipt.ts';
import { openFiles } from './open.node.ts';
import { setRetention } from './retention.ts';
import { checkRetention } from './retention-check.ts';
import { acquireLease } from './lease.ts';

const NOW = (T0 + 40 * DAY_MS) as EpochMs;
// Bytes that occur by chance nowhere.
const KEY = 'a1b2c3d4e5f60718293a4b5c' as VisitorKey;
const RECEIPT = '00112233445566778899aabbccddeeff';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
  await insertRows(store.db, shopRows(30));
  await insertRows(store.db, [
    aRow({
      at: T0,
      visitor: KEY,
      path: '/only-of-the-erased',
      title: 'shared',
      properties: '{"note":"only-theirs"}',
      context: 'IS||1|1|1|is|Only/Theirs|1',
    }),
    aRow({ at: T0, visitor: visitorKey(8), title: 'shared' }),
  ]);
  await setRetention(store.db, SHOP, { events: 100 }, NOW);
});
afterEach(() => store.close());

const needs = (db: Db = store.db) => ({ db, holder: 'erasure', clock: () => NOW });
const erase = (db: Db = store.db) => eraseVisitor(needs(db), SHOP, { keys: [KEY], receipt: RECEIPT, at: NOW });
const column = async (sql: string): Promise<unknown[]> =>
  (await store.db.client.execute(sql)).rows.map((row) => row[0]);
const idOf = async (): Promise<string> =>
  String((await column(`SELECT id FROM visitors WHERE key = unhex('${KEY}')`))[0]);

/** Where anything of the visitor is still found: claims that don't hold, rows, bytes. */
async function leftOf(id: string): Promise<unknown[]> {
  const claims = (await checkRetention(store.db, NOW)).filter(({ holds }) => !holds).map(({ claim }) => claim);
  const rows = await column(`SELECT 'event' FROM events WHERE visitor = ${id} UNION ALL SELECT 'profile' FROM profiles
    WHERE visitor = ${id} UNION ALL SELECT 'membership' FROM memberships WHERE visitor = ${id}
    UNION ALL SELECT 'change' FROM segment_changes WHERE visitor = ${id}
    UNION ALL SELECT 'key' FROM visitors WHERE key = unhex('${KEY}')`);
  const folder = dirname(store.files.ground);
  const names = await readdir(folder);
  const bytes = await Promise.all(names.map((name) => readFile(join(folder, name))));
  const marked = ['/only-of-the-erased', 'only-theirs', 'Only/Theirs', Buffer.from(KEY, 'hex')];
  const hits = names.filter((_, nth) => marked.some((mark) => bytes[nth]?.includes(mark)));
  return [...claims, ...rows, ...hits];
}

describe('P4: erasing a visitor', () => {
  it('removes events, profile, memberships, key and own texts from every file, and nothing of others', async () => {
    await runSegmenter(aRun(store.db));
    const id = await idOf();
    const before = await column(`SELECT count(*) FROM events WHERE visitor <> ${id}`);
    expect(await column(`SELECT count(*) FROM profiles WHERE visitor = ${id}`)).toEqual([1]);
    const erased = await erase();
    expect(erased).toMatchObject({ ok: true, value: { visitors: 1, strings: 1 } });
    expect(await leftOf(id)).toEqual([]);
    expect(await column('SELECT count(*) FROM events')).toEqual(before);
    expect(await column("SELECT count(*) FROM strings WHERE value = 'shared'")).toEqual([1]);
  });

  it('moves no published number before the next run', async () => {
    await runSegmenter(aRun(store.db));
    const published = await column('SELECT published FROM segments UNION ALL SELECT model FROM models');
    await erase();
    expect(await column('SELECT published FROM segments UNION ALL SELECT model FROM models')).toEqual(published);
  });

  it('answers with zeros where nothing was stored, and leaves a tombstone all the same', async () => {
    const nobody = await eraseVisitor(needs(), SHOP, {
      keys: [visitorKey(999) as VisitorKey],
      receipt: RECEIPT,
      at: NOW,
    });
    expect(nobody).toEqual({ ok: true, value: { events: 0, visitors: 0, strings: 0 } });
    expect(await readTombstones(store.db)).toHaveLength(1);
  });

  it('is in the audit log by its receipt alone', async () => {
    await erase();
    const texts = (await readAuditLog(store.db)).map(({ open }) => open?.text ?? '');
    expect(JSON.parse(texts.at(-1) ?? '')).toEqual({ kind: 'visitor_erased', site: 'shop', receipt: RECEIPT, at: NOW });
    expect(texts.join()).not.toContain(KEY);
  });
});

describe('P4: nobody comes back', () => {
  it('killed before any of its writes, is finished by a replay', async () => {
    for (let writes = 0; ; writes++) {
      await store.close();
      store = await openTestStore();
      await insertRows(store.db, shopRows(12));
      await insertRows(store.db, [aRow({ visitor: KEY, path: '/only-of-the-erased' })]);
      await setRetention(store.db, SHOP, { events: 100 }, NOW);
      await runSegmenter(aRun(store.db));
      const id = await idOf();
      let left = writes;
      const client = new Proxy(store.db.client, {
        get(target, name: keyof Client) {
          if (name === 'batch')
            return async (...args: Parameters<Client['batch']>) => {
              if (left-- === 0) throw new Error('killed');
              return target.batch(...args);
            };
          const value: unknown = target[name];
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
      const died = await erase({ ...store.db, client }).then(
        () => false,
        () => true,
      );
      // Before the tombstone nothing was promised yet.
      if (writes === 0) expect(await readTombstones(store.db)).toEqual([]);
      else {
        await replayTombstones(needs());
        expect({ writes, left: await leftOf(id) }).toEqual({ writes, left: [] });
      }
      if (!died) {
        expect(writes).toBeGreaterThan(3);
        return;
      }
    }
  });

  it('from a backup taken before, once the tombstones are replayed', async () => {
    const id = await idOf();
    const backup = `${store.files.ground}.backup`;
    await store.db.client.execute('PRAGMA main.wal_checkpoint(TRUNCATE)');
    await copyFile(store.files.ground, backup);
    await erase();
    const kept = await readTombstones(store.db);
    store.db.client.close();
    await copyFile(backup, store.files.ground);
    await rm(backup);
    store = { ...store, db: await openFiles(store.files) };
    expect((await leftOf(id)).length).toBeGreaterThan(0);
    await addTombstones(store.db, kept);
    expect(await replayTombstones(needs())).toMatchObject({ ok: true, value: { visitors: 1 } });
    expect(await leftOf(id)).toEqual([]);
    await store.close();
    store = await openTestStore();
  });

  it.each([
    { why: 'at the instant of the erasure, from a queue', at: NOW, kept: 0 },
    { why: 'a millisecond later, when they came again', at: NOW + 1, kept: 1 },
  ])('an event $why: $kept stays', async ({ at, kept }) => {
    await erase();
    await insertRows(store.db, [aRow({ at, visitor: KEY })]);
    await replayTombstones(needs());
    expect(
      await column(
        `SELECT count(*) FROM events AS e JOIN visitors AS v ON v.id = e.visitor WHERE v.key = unhex('${KEY}')`,
      ),
    ).toEqual([kept]);
  });

  it('while the segmenter is at work the tombstone stands, and the replay after it finishes', async () => {
    const id = await idOf();
    const lease = await acquireLease(store.db, SHOP.row, 'a run', { now: NOW, expiresAt: NOW + 1 });
    expect(await erase()).toEqual({ ok: false, error: 'busy' });
    expect(lease).toBeDefined();
    await replayTombstones({ ...needs(), clock: () => NOW + 1 });
    expect(await leftOf(id)).toEqual([]);
  });
});

describe('P4: the receipt', () => {
  it('verifies with the public key and says what went, not who', async () => {
    const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
    const erased = await erase();
    if (!erased.ok) throw new Error('nobody else is at work');
    const token = await signErasureReceipt(
      {
        receipt: RECEIPT,
        site: 'shop',
        erasedAt: NOW,
        rows: erased.value,
        destinations: [{ name: 'crm', told: true }],
      },
      privateKey,
    );
    const { payload } = await jwtVerify(token, publicKey, { issuer: 'hushtag', typ: 'erasure-receipt+jwt' });
    expect(payload).toMatchObject({ jti: RECEIPT, site: 'shop', rows: erased.value });
    expect(JSON.stringify(payload)).not.toContain(KEY);
  });

  it('is read with the audit log’s public key alone, and by no other; altered in any byte it is refused', async () => {
    const seed = new Uint8Array(32).fill(5);
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'Ed25519' }, false, ['sign']);
    const said: ErasureReceipt = {
      receipt: RECEIPT,
      site: 'shop',
      erasedAt: (Math.floor(NOW / 1_000) * 1_000) as EpochMs,
      rows: { events: 3, visitors: 1, strings: 2 },
      destinations: [{ name: 'crm', told: false }],
    };
    const jws = await signErasureReceipt(said, privateKey);
    const keyOf = async (of: Uint8Array): Promise<CryptoKey> => {
      const verifier = await noteVerifierFrom((await noteSignerFrom(of)).publicKey);
      if (verifier === undefined) throw new Error('a signer names its own key');
      return verifier.key;
    };
    const key = await keyOf(seed);
    expect(await readErasureReceipt(jws, key)).toEqual(said);
    expect(await readErasureReceipt(jws, await keyOf(new Uint8Array(32).fill(6)))).toBeUndefined();
    for (let at = 0; at < jws.length; at += 1) {
      // The last letter of a part may hold bits that say nothing.
      if (jws[at] === '.' || jws[at + 1] === '.' || at === jws.length - 1) continue;
      const altered = `${jws.slice(0, at)}${jws[at] === 'A' ? 'B' : 'A'}${jws.slice(at + 1)}`;
      expect(await readErasureReceipt(altered, key)).toBeUndefined();
    }
  });

  it.each([
    { why: 'is signed by nobody (alg none)', header: { alg: 'none', typ: 'erasure-receipt+jwt' }, by: 'nobody' },
    {
      why: 'takes the public key for a secret (HS256)',
      header: { alg: 'HS256', typ: 'erasure-receipt+jwt' },
      by: 'public',
    },
    { why: 'is of another use of the key', header: { alg: 'EdDSA', typ: 'at+jwt' }, by: 'key' },
    { why: 'says nothing of its use', header: { alg: 'EdDSA' }, by: 'key' },
  ] as const)('is no receipt where it $why', async ({ header, by }) => {
    const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']);
    const payload = {
      iss: 'hushtag',
      jti: RECEIPT,
      iat: 1,
      site: 'shop',
      rows: { events: 1, visitors: 1, strings: 1 },
      destinations: [],
    };
    const part = (of: object): string => Buffer.from(JSON.stringify(of)).toString('base64url');
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
    const signers = {
      nobody: () => Buffer.alloc(0),
      public: (text: string) => createHmac('sha256', raw).update(text).digest(),
      key: async (text: string) =>
        Buffer.from(await crypto.subtle.sign('Ed25519', privateKey, new TextEncoder().encode(text))),
    };
    const made = async (head: object, signer: keyof typeof signers): Promise<string> => {
      const signing = `${part(head)}.${part(payload)}`;
      return `${signing}.${Buffer.from(await signers[signer](signing)).toString('base64url')}`;
    };
    const sound = await made({ alg: 'EdDSA', typ: 'erasure-receipt+jwt' }, 'key');
    expect(await readErasureReceipt(sound, publicKey)).toMatchObject({ site: 'shop' });
    expect(await readErasureReceipt(await made(header, by), publicKey)).toBeUndefined();
  });
});
