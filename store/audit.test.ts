// store/audit.test.ts: the audit log in a real file: no fork, no gap, one transaction with what it records.
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SiteId } from '../contract/index.ts';
import { encodeExport, noteSignerFrom, noteVerifierFrom, verifyExport } from '../core/index.ts';
import {
  appendAudit,
  AUDIT_INSERT_SQL,
  auditStatement,
  eraseAuditEntry,
  readAuditLog,
  readCheckpoints,
  signCheckpoint,
} from './audit.ts';
import { deleteSalt, expiredSalts } from './salts.ts';
import { addSite } from './sites.ts';
import type { TestDatabase } from './testing.ts';
import { openTestDatabase } from './testing.ts';

const T0 = 1_772_409_600_000;
const exported = (nth: number) => ({ kind: 'audit_exported', entries: nth, at: T0 }) as const;
const shop = { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: T0 } as const;
const signer = await noteSignerFrom(new Uint8Array(32).fill(5));

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

const textsOf = async (): Promise<unknown[]> =>
  (await readAuditLog(database.db)).map(({ open }) =>
    open === undefined ? undefined : (JSON.parse(open.text) as unknown),
  );

// Another process, written against the driver alone: it appends with the very statement that hushtag uses.
const APPENDER = `
  const Database = require('libsql');
  const [path, sql, name, count] = process.argv.slice(1);
  const db = new Database(path);
  db.exec('PRAGMA busy_timeout=20000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL');
  const append = db.prepare(sql);
  for (let i = 0; i < Number(count); i++) append.run([Buffer.alloc(32, i), Buffer.alloc(32, 1), name + i]);
`;
const appendElsewhere = (name: string, count: number): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['-e', APPENDER, database.files.ground, AUDIT_INSERT_SQL, name, String(count)],
      { stdio: 'inherit' },
    );
    child.on('error', reject);
    child.on('close', resolve);
  });

describe('P6: the audit log is one line of entries', () => {
  it('does not fork where two other processes and this one append at once', async () => {
    const others = ['a', 'b'].map((name) => appendElsewhere(name, 200));
    for (let nth = 0; nth < 100; nth++) {
      await appendAudit(database.db, exported(nth));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await Promise.all(others)).toEqual([0, 0]);
    // Reading throws where an index is missing; the primary key lets none come twice.
    expect(await readAuditLog(database.db)).toHaveLength(500);
  });

  it('refuses to read a log from which a row was taken', async () => {
    for (let nth = 0; nth < 3; nth++) await appendAudit(database.db, exported(nth));
    await database.db.client.execute('DELETE FROM audit_log WHERE seq = 1');
    await expect(readAuditLog(database.db)).rejects.toMatchObject({ code: 'invariant_broken' });
  });
});

describe('P6: an entry and what it records are one transaction', () => {
  it('says once that a site was added, and nothing of one that was there', async () => {
    expect(await addSite(database.db, shop)).toBe('added');
    expect(await addSite(database.db, shop)).toBe('exists');
    expect(await textsOf()).toEqual([{ kind: 'site_added', site: 'shop', policy: 'standard', floor: 50, at: T0 }]);
  });

  it('leaves neither where the transaction fails', async () => {
    const entry = await auditStatement(exported(1));
    await expect(database.db.client.batch([entry, 'INSERT INTO nothing VALUES (1)'], 'write')).rejects.toThrow();
    expect(await readAuditLog(database.db)).toEqual([]);
  });

  it('P2: says that a salt was destroyed, once, by the name of its site', async () => {
    await addSite(database.db, shop);
    await database.db.client.execute(
      `INSERT INTO salts (site_id, use, opens_at, closes_at, destroy_at, kek_id, wrapped)
        VALUES (1, 'day', ${T0}, ${T0 + 1}, ${T0 + 2}, 'k', zeroblob(60))`,
    );
    const [salt] = await expiredSalts(database.db, T0 + 2);
    if (salt === undefined) throw new Error('the salt is over');
    await deleteSalt(database.db, salt, T0 + 3);
    await deleteSalt(database.db, salt, T0 + 4);
    expect((await textsOf()).slice(1)).toEqual([
      { kind: 'salt_destroyed', site: 'shop', use: 'day', opensAt: T0, at: T0 + 3 },
    ]);
  });
});

describe('P6: checkpoints', () => {
  it('are signed once a size and continue each other in an export', async () => {
    const signed: number[] = [];
    for (let nth = 0; nth < 6; nth++) {
      await appendAudit(database.db, exported(nth));
      if (nth % 2 === 0) continue;
      for (let time = 0; time < 2; time++) {
        const checkpoint = await signCheckpoint(database.db, signer, T0 + nth);
        if (checkpoint.ok) signed.push(checkpoint.value.size);
      }
    }
    expect(signed).toEqual([2, 2, 4, 4, 6, 6]);
    await eraseAuditEntry(database.db, 3);
    const verifier = await noteVerifierFrom(signer.publicKey);
    if (verifier === undefined) throw new Error('the signer has a public key');
    const file = await encodeExport(await readAuditLog(database.db), await readCheckpoints(database.db), signer);
    expect(await verifyExport(new TextEncoder().encode(file), verifier)).toMatchObject({
      ok: true,
      value: { entries: 6, erased: 1, checkpoints: 3 },
    });
  });

  it.each([
    ['an entry was changed', 'UPDATE audit_log SET commitment = randomblob(32) WHERE seq = 1'],
    ['the end was cut off', 'DELETE FROM audit_log WHERE seq >= 2'],
    ['everything was cut off', 'DELETE FROM audit_log'],
  ])('are not signed any more where %s', async (_, sql) => {
    for (let nth = 0; nth < 3; nth++) await appendAudit(database.db, exported(nth));
    await signCheckpoint(database.db, signer, T0);
    await database.db.client.execute(sql);
    expect(await signCheckpoint(database.db, signer, T0)).toEqual({ ok: false, error: 'log_altered' });
  });
});
