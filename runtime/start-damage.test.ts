// runtime/start-damage.test.ts: the server over damaged files: it refuses, says what to do, and goes on only when told to (D1).
import { cp, mkdir, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client/sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SiteId } from '../contract/index.ts';
import { addSite, readAuditLog } from '../store/index.ts';
import { openLocalWriter } from '../store/local-writer.ts';
import type { Config } from './config.ts';
import { startNode } from './node.ts';
import { openData } from './open-data.ts';
import { checkFiles } from './schedule.ts';
import { findStartDamage } from './start-damage.ts';
import { watchStorage } from './storage-health.ts';
import { configIn } from './testing.ts';

describe('D1: damaged files', () => {
  let folder: string;
  let config: Config;
  let ground: string;
  /** What every test begins with, made once: a server's first start and forty sites. */
  let made: string;
  beforeAll(async () => {
    made = await mkdtemp(join(tmpdir(), 'hushtag-damage-'));
    const { db, close } = await startNode(configIn(made), { write: () => undefined });
    for (let nth = 0; nth < 40; nth += 1) {
      await addSite(db, { id: `shop-${nth}` as SiteId, origins: [], policy: 'standard', floor: 50, at: 0 });
    }
    await close();
  });
  afterAll(() => rm(made, { recursive: true }));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-damage-'));
    await cp(made, folder, { recursive: true });
    config = configIn(folder);
    ground = join(config.dataDir, 'ground.db');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const start = (acceptDamage = false) => startNode(config, { write: () => undefined, acceptDamage });

  it.each([
    { why: 'missing', harm: () => rm(ground) },
    { why: 'empty', harm: () => truncate(ground, 0) },
  ])('a $why database beside keys of live salts is refused, and nothing is made in its place', async ({ harm }) => {
    await writeFile(join(config.keyDir, '1-day-0-aa.kek'), new Uint8Array(32).fill(7), { mode: 0o600 });
    await harm();
    await expect(start()).rejects.toMatchObject({ code: 'database_missing' });
    expect(
      await stat(ground).then(
        ({ size }) => size,
        () => 0,
      ),
    ).toBe(0);
    await (await start(true)).close();
    const db = await openData(config);
    expect((await readAuditLog(db)).map(({ open: entry }) => entry?.text).join('\n')).toContain('damage_accepted');
    db.client.close();
  });

  it('a missing database without keys is a first start', async () => {
    await rm(ground);
    await (await start()).close();
  });

  it('a log with a flipped bit is refused and left as it is; accepted, the audit log says so', async () => {
    const writer = createClient({ url: `file:${ground}`, concurrency: 1 });
    await writer.execute('PRAGMA journal_mode=WAL');
    for (let nth = 0; nth < 5; nth += 1) await writer.execute(`UPDATE sites SET floor = ${60 + nth}`);
    const log = await readFile(`${ground}-wal`);
    const pages = await readFile(ground);
    writer.close();
    // Into a folder of its own: a connection that ends late would tidy the log of the first one away.
    config = { ...config, dataDir: join(folder, 'harmed') };
    ground = join(config.dataDir, 'ground.db');
    await mkdir(config.dataDir);
    log[2_000] = (log[2_000] ?? 0) ^ 1;
    await writeFile(ground, pages);
    await writeFile(`${ground}-wal`, log);
    await expect(start()).rejects.toMatchObject({ code: 'log_damaged' });
    expect(await readFile(`${ground}-wal`)).toEqual(log);
    const server = await start(true);
    expect((await readAuditLog(server.db)).map(({ open: entry }) => entry?.text).join('\n')).toContain('log_damaged');
    await server.close();
    await (await start()).close();
  });

  /** A data folder as a kill leaves it after so many commits, without the index of the log. */
  const killedAfter = async (commits: number, logOf: number | undefined): Promise<void> => {
    const [live, harmed] = [join(folder, 'live'), join(folder, 'harmed')];
    for (const made of [live, harmed]) await mkdir(made);
    const from = join(live, 'ground.db');
    await writeFile(from, await readFile(ground));
    const writer = openLocalWriter({ ground: from, derived: '' });
    const logs: Buffer[] = [Buffer.alloc(0)];
    for (let nth = 1; nth <= commits; nth += 1) {
      const id = String(nth).padStart(32, '0');
      const row = { id, at: 1, name: 'page_view', linked: 0, purposes: 0, policyVersion: 1 } as const;
      writer.accept([{ site: 1, day: 1, rows: [row], ledger: [] }]);
      logs.push(await readFile(`${from}-wal`));
    }
    config = { ...config, dataDir: harmed };
    ground = join(harmed, 'ground.db');
    for (const end of ['', '-mark']) await writeFile(`${ground}${end}`, await readFile(`${from}${end}`));
    writer.close();
    const log = logOf === undefined ? undefined : logs[logOf];
    if (log !== undefined) await writeFile(`${ground}-wal`, log);
  };

  it('a log that is whole is what a kill leaves, and is taken', async () => {
    await killedAfter(4, 4);
    expect(await findStartDamage(config)).toBeUndefined();
  });

  it.each([
    { why: 'missing', logOf: undefined, lost: 4 },
    { why: 'empty', logOf: 0, lost: 4 },
    { why: 'cut between two commits', logOf: 3, lost: 1 },
  ])('a log that is $why while its index is gone is refused', async ({ logOf, lost }) => {
    await killedAfter(4, logOf);
    expect(await findStartDamage(config)).toMatchObject({
      kind: 'events_missing',
      message: expect.stringContaining(`ends ${lost} event(s) before`) as string,
    });
  });

  it('what is missing may be accepted: the audit log says so, and the next start is like any other', async () => {
    await killedAfter(2, undefined);
    await expect(start()).rejects.toMatchObject({ code: 'events_missing' });
    const server = await start(true);
    expect((await readAuditLog(server.db)).map(({ open: entry }) => entry?.text).join('\n')).toContain(
      'events_missing',
    );
    await server.close();
    await (await start()).close();
  });

  it('a missing database beside the mark of one is refused, whoever keeps its keys', async () => {
    await killedAfter(1, 1);
    for (const end of ['', '-wal']) await rm(`${ground}${end}`);
    expect(await findStartDamage(config)).toMatchObject({ kind: 'database_missing' });
  });

  it('a damaged page fails readiness until the server is started anew, and the log says what to do', async () => {
    const file = await open(ground, 'r+');
    // The header of a page that is no root of the schema: its kind is none that SQLite knows.
    await file.write(new Uint8Array([0x77]), 0, 1, 4_096 * 5);
    await file.close();
    const lines: string[] = [];
    const health = watchStorage((_level, event, fields) => lines.push(`${event} ${JSON.stringify(fields)}`));
    await checkFiles(config, () => undefined, health.damaged, 'check');
    health.worked();
    expect(health.fault()).toBe('database_damaged');
    expect(lines.join('\n')).toContain('restore ground.db from a backup');
  });

  it('a damaged page fails /readyz of a server that runs, which goes on collecting what it can', async () => {
    const server = await start();
    const ready = async () => (await fetch(`${server.origin}/readyz`)).status;
    expect(await ready()).toBe(200);
    // Under the running server, as a disk does it.
    const file = await open(ground, 'r+');
    await file.write(new Uint8Array([0x77]), 0, 1, 4_096 * 5);
    await file.close();
    await server.check();
    expect(await ready()).toBe(503);
    await server.close();
  });

  it('whole files pass both checks', async () => {
    const health = watchStorage(() => undefined);
    await checkFiles(config, () => undefined, health.damaged, 'check');
    await checkFiles(config, () => undefined, health.damaged, 'check_whole');
    expect(health.fault()).toBeUndefined();
  });
});
