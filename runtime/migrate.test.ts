// runtime/migrate.test.ts: from every schema that ever was to the newest: a copy first, then all rows still there.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client/sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateFiles } from '../store/open.node.ts';
import { listBackups, verifyBackup } from './backup.ts';
import type { Config } from './config.ts';
import { filesOf } from './files.ts';
import { openData } from './open-data.ts';
import { projectFolder } from './project-folder.ts';
import { configIn } from './testing.ts';

const MIGRATIONS = join(projectFolder(), 'migrations');
const STEPS = (await readdir(join(MIGRATIONS, 'ground'))).filter((name) => name.endsWith('.sql')).length;
/** Schemas are numbered from 1; the last of them is the newest. */
const OLDER = Array.from({ length: STEPS - 1 }, (_, index) => index + 1);

// Columns that every schema since the first has, so that the same rows stand for what was stored under each.
const ROWS = [
  `INSERT INTO sites (id, name, origins, policy, created_at) VALUES (1, 'shop', '["https://shop.example"]', 'standard', 1)`,
  `INSERT INTO strings (id, value) VALUES (1, 'page_view'), (2, '/tea')`,
  `INSERT INTO visitors (id, site_id, key, linked) VALUES (1, 1, x'0102030405060708090a0b0c', 1)`,
  `INSERT INTO events (site_id, id, at, name, visitor, purposes, policy_version, path)
    VALUES (1, x'00112233445566778899aabbccddeeff', 1795525000000, 1, 1, 3, 1, 2)`,
  `INSERT INTO ledger (site_id, day, outcome, reason, events) VALUES (1, 20000, 'received', '', 1), (1, 20000, 'stored', '', 1)`,
  `INSERT INTO salts (site_id, use, opens_at, closes_at, destroy_at, kek_id, wrapped) VALUES (1, 'long', 1, 2, 9999999999999, '1-long-1-aa', x'00')`,
];

describe('D1: upgrades', () => {
  let folder: string;
  let newest: unknown;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-migrate-'));
    const config = configIn(join(folder, 'newest'));
    (await openData(config)).client.close();
    newest = await schemaOf(config);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const ask = async (config: Config, sql: string) => {
    const client = createClient({ url: `file:${filesOf(config).ground}` });
    const { rows } = await client.execute(sql);
    client.close();
    return rows.map((row) => ({ ...row }));
  };
  const schemaOf = (config: Config): Promise<unknown> =>
    ask(
      config,
      `SELECT m.name, c.name AS column, c.type, c."notnull", c.dflt_value, c.pk FROM sqlite_master AS m
      LEFT JOIN pragma_table_info(m.name) AS c WHERE m.name NOT LIKE 'sqlite_%' ORDER BY 1, 2`,
    );

  /** A data folder as the version with the first `steps` migrations left it, with rows in it. */
  async function folderOf(steps: number, name = `from-${steps}`): Promise<Config> {
    const config = { ...configIn(join(folder, name)), backupDir: join(folder, name, 'backups') };
    const old = join(folder, `migrations-${steps}`);
    await cp(MIGRATIONS, old, { recursive: true });
    const journal = join(old, 'ground', 'meta', '_journal.json');
    const read = JSON.parse(await readFile(journal, 'utf8')) as { entries: unknown[] };
    await writeFile(journal, JSON.stringify({ ...read, entries: read.entries.slice(0, steps) }));
    await mkdir(config.dataDir, { recursive: true });
    await migrateFiles(filesOf(config), old);
    const client = createClient({ url: `file:${filesOf(config).ground}` });
    await client.batch(ROWS, 'write');
    client.close();
    return config;
  }

  it.each(OLDER)('brings schema %i to the newest, with a backup of how it was', async (steps) => {
    const config = await folderOf(steps);
    (await openData(config)).client.close();
    expect(await schemaOf(config)).toEqual(newest);
    expect(
      await ask(
        config,
        `SELECT s.name, n.value AS event, p.value AS path, e.at, v.linked FROM events AS e JOIN sites AS s ON s.id = e.site_id
          JOIN strings AS n ON n.id = e.name JOIN strings AS p ON p.id = e.path JOIN visitors AS v ON v.id = e.visitor`,
      ),
    ).toEqual([{ name: 'shop', event: 'page_view', path: '/tea', at: 1_795_525_000_000, linked: 1 }]);
    expect(await ask(config, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    const [backup, ...more] = await listBackups(config);
    expect(more).toEqual([]);
    expect(backup).toMatchObject({ why: 'migration', figures: { events: 1, sites: 1 } });
    if (backup !== undefined) expect(await verifyBackup(backup.folder)).toEqual(backup);
    // A second start has nothing to migrate, and so nothing to copy.
    (await openData(config)).client.close();
    expect(await listBackups(config)).toHaveLength(1);
  });

  it('changes nothing where the backup can not be taken', async () => {
    const config = {
      ...(await folderOf(STEPS - 1, 'no-backup')),
      backupDir: join(folder, 'newest', 'data', 'ground.db'),
    };
    const before = await schemaOf(config);
    await expect(openData(config)).rejects.toMatchObject({ code: 'backup_failed' });
    expect(await schemaOf(config)).toEqual(before);
  });
});
