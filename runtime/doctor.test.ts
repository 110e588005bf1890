// runtime/doctor.test.ts: each thing that can be wrong is found, named, and answered with what to do.
import { chmod, mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../contract/index.ts';
import type { EpochMs, SiteId } from '../contract/index.ts';
import type { HealthCheck } from '../edge/index.ts';
import { acceptClock, addSite, insertSaltStatement, recordTaskRun } from '../store/index.ts';
import { backUp } from './backup.ts';
import type { Config } from './config.ts';
import { examine, hasRoom } from './doctor.ts';
import { filesOf } from './files.ts';
import { openData } from './open-data.ts';
import { markServing } from './serving-mark.ts';
import { configIn } from './testing.ts';

const NOW = 1_795_525_000_000 as EpochMs;
const TASKS = ['salts', 'requests', 'purge', 'segment', 'check_whole'];

describe('the doctor', () => {
  let folder: string;
  let config: Config;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-doctor-'));
    config = { ...configIn(folder), segmentMinutes: 60, backupDir: join(folder, 'backups') };
    await mkdir(config.keyDir, { mode: 0o700 });
    const db = await openData(config);
    await addSite(db, { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: NOW - 31 * DAY_MS });
    await db.client.execute(
      `INSERT INTO ledger (site_id, day, outcome, reason, events) VALUES (1, ${Math.floor(NOW / DAY_MS) - 30}, 'received', '', 0)`,
    );
    for (const task of TASKS) await recordTaskRun(db, task, NOW - 60_000);
    db.client.close();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const inDatabase = async (use: (db: Awaited<ReturnType<typeof openData>>) => Promise<unknown>): Promise<void> => {
    const db = await openData(config);
    await use(db);
    db.client.close();
  };
  /** What is found beside that no server runs. */
  const found = async (now = NOW): Promise<HealthCheck[]> =>
    (await examine(config, now)).filter(({ ok, name }) => !ok && name !== 'server');

  it('finds nothing on a sound folder but that no server runs', async () => {
    expect(await found()).toEqual([]);
    const checks = await examine(config, NOW);
    expect(checks.map(({ name }) => name)).toEqual([
      'server',
      'schema',
      'data_folder',
      'key_folder',
      'disk',
      'wal',
      'backups',
      'database',
      'salts',
      'schedule',
      'clock',
    ]);
    expect(checks.find(({ name }) => name === 'server')).toMatchObject({ ok: false });
    await markServing(config.dataDir);
    // A mark of this very process is no other server's.
    expect(checks.every(({ ok, todo }) => ok === (todo === null))).toBe(true);
  });

  it('finds no task late on the first day of a site, whatever the hour', async () => {
    await inDatabase((db) => db.client.execute('DELETE FROM task_runs'));
    await inDatabase((db) => db.client.execute('DELETE FROM ledger'));
    const began = Math.ceil(NOW / DAY_MS) * DAY_MS + 20 * HOUR_MS;
    await inDatabase((db) =>
      db.client.execute(
        `INSERT INTO ledger (site_id, day, outcome, reason, events) VALUES (1, ${Math.floor(began / DAY_MS)}, 'received', '', 1)`,
      ),
    );
    await inDatabase((db) => db.client.execute(`UPDATE sites SET created_at = ${began}`));
    expect((await found((began + 60_000) as EpochMs)).map(({ name }) => name)).not.toContain('schedule');
    expect((await found((began + 2 * HOUR_MS) as EpochMs)).map(({ name }) => name)).toContain('schedule');
  });

  const salt = (destroyAt: number) =>
    insertSaltStatement({
      site: 1,
      use: 'day',
      opensAt: (NOW - DAY_MS) as EpochMs,
      closesAt: NOW,
      destroyAt: destroyAt as EpochMs,
      kekId: '1-day-aa',
      wrapped: new Uint8Array(8),
    });

  it.each<{
    readonly name: string;
    readonly why: string;
    readonly harm: () => Promise<unknown>;
    readonly says: RegExp;
  }>([
    {
      name: 'data_folder',
      why: 'others can read the data',
      harm: () => chmod(config.dataDir, 0o755),
      says: /chmod 700/,
    },
    { name: 'key_folder', why: 'others can read the keys', harm: () => chmod(config.keyDir, 0o750), says: /chmod 700/ },
    {
      name: 'key_folder',
      why: 'the keys are gone',
      harm: () => rm(config.keyDir, { recursive: true }),
      says: /ENOENT/,
    },
    {
      name: 'salts',
      why: 'a live salt has no key',
      harm: () => inDatabase((db) => db.client.execute(salt(NOW + DAY_MS))),
      says: /1 of 1 live salts have no key/,
    },
    {
      name: 'salts',
      why: 'P2: a salt outlived its end',
      harm: () => inDatabase((db) => db.client.execute(salt(NOW - 2 * HOUR_MS))),
      says: /should have been destroyed/,
    },
    {
      name: 'schedule',
      why: 'the purge stood still for two days',
      harm: () => inDatabase((db) => recordTaskRun(db, 'purge', NOW - 2 * DAY_MS)),
      says: /purge last ended well 48 hours ago/,
    },
    {
      name: 'schedule',
      why: 'a task never ran, and events came for a month',
      harm: () => inDatabase((db) => db.client.execute(`DELETE FROM task_runs WHERE task = 'segment'`)),
      says: /segment never ended well/,
    },
    {
      name: 'clock',
      why: 'the clock was set back',
      harm: () => inDatabase((db) => acceptClock(db, NOW + 5 * HOUR_MS)),
      says: /5 hours behind/,
    },
    {
      name: 'clock',
      why: 'the clock jumped ahead',
      harm: () => inDatabase((db) => acceptClock(db, NOW - 3 * DAY_MS)),
      says: /72 hours ahead of.*clock accept/s,
    },
    {
      name: 'wal',
      why: 'the log grew without end',
      harm: async () => {
        const path = `${filesOf(config).ground}-wal`;
        await writeFile(path, '');
        await truncate(path, 600 * 1_048_576);
      },
      says: /600 MB/,
    },
    {
      name: 'schema',
      why: 'the database is of a newer version',
      harm: () =>
        inDatabase((db) =>
          db.client.execute(`INSERT INTO ground_migrations (hash, created_at) VALUES ('x', 9999999999999)`),
        ),
      says: /newer/,
    },
    {
      name: 'schema',
      why: 'the database is no database',
      harm: () => writeFile(filesOf(config).ground, 'x'.repeat(5_000)),
      says: /SQLITE_NOTADB/,
    },
    {
      name: 'database',
      why: 'the database is missing',
      harm: async () => {
        for (const name of await readdir(config.dataDir)) await rm(join(config.dataDir, name), { recursive: true });
      },
      says: /no ground.db/,
    },
  ])('says $name where $why', async ({ name, harm, says }) => {
    await harm();
    const findings = await found();
    expect(findings.map((one) => one.name)).toContain(name);
    expect(findings.map(({ words, todo }) => `${words} ${todo ?? ''}`).join('\n')).toMatch(says);
  });

  it.each([
    { age: 8 * DAY_MS, ok: true },
    { age: 8 * DAY_MS + 60_000, ok: false },
  ])('says that backups stopped after eight days: $age ms is $ok', async ({ age, ok }) => {
    await backUp(config, () => NOW - age);
    expect((await found()).map(({ name }) => name)).toEqual(ok ? [] : ['backups']);
  });

  const MEGABYTE = 1_048_576;
  it.each([
    { free: 512 * MEGABYTE, ok: true },
    { free: 512 * MEGABYTE - 1, ok: false },
  ])('says that the disk is nearly full below 512 MB: $free is $ok', async ({ free, ok }) => {
    const checks = await examine(config, NOW, () => Promise.resolve(free));
    expect(checks.find(({ name }) => name === 'disk')).toMatchObject({ ok });
  });
  it.each([
    { free: MEGABYTE, room: true },
    { free: MEGABYTE - 1, room: false },
  ])('has room for a commit from a megabyte on: $free is $room', async ({ free, room }) => {
    expect(await hasRoom(config, () => Promise.resolve(free))).toBe(room);
  });
});
