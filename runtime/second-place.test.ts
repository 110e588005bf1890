// runtime/second-place.test.ts: what is kept apart shows a log that was cut back, and keeps the erased erased (P4, P6).
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addSite, encodeKept, NOBODY_KEPT } from '../store/index.ts';
import type { TestDatabase } from '../store/testing.ts';
import { openTestDatabase } from '../store/testing.ts';
import { memoryKeys } from './key-provider.memory.ts';
import { runTasks } from './scheduled-tasks.ts';
import { openSecondFolder, recallErased } from './second-place.file.ts';

const NOW = 1_772_409_600_000;
let database: TestDatabase;
let folder: string;
beforeEach(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'hushtag-second-'));
  await addSite(database.db, { id: 'shop' as never, origins: [], policy: 'standard', floor: 50, at: NOW });
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const keys = memoryKeys();
const run = async (...tasks: Parameters<typeof runTasks>[1]) =>
  runTasks(
    {
      db: database.db,
      keys,
      deliver: async () => false,
      now: () => NOW as never,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      secondPlace: await openSecondFolder(folder),
    },
    tasks,
  );
const checkpoints = async (): Promise<string[]> =>
  (await readFile(join(folder, 'checkpoints.txt'), 'utf8')).split('\n\u2014').slice(1);

describe('P6: checkpoints in a second place', () => {
  it('are appended once each', async () => {
    await run('purge');
    await run('purge');
    expect(await checkpoints()).toHaveLength(1);
    await addSite(database.db, { id: 'other' as never, origins: [], policy: 'standard', floor: 50, at: NOW });
    await run('purge');
    expect(await checkpoints()).toHaveLength(2);
  });
});

describe('P4: tombstones in a second place', () => {
  const digest = 'ab'.repeat(32);
  const tombstones = async (): Promise<number> =>
    Number((await database.db.client.execute('SELECT count(*) FROM tombstones')).rows[0]?.[0]);

  it('are known again by a database that was restored from before them', async () => {
    await database.db.client.execute({ sql: 'INSERT INTO tombstones VALUES (1, unhex(?), ?)', args: [digest, NOW] });
    await run('requests');
    await database.db.client.execute('DELETE FROM tombstones');
    await recallErased(database.db, folder);
    expect(await tombstones()).toBe(1);
  });

  it('are read beside what came since, which the schedule takes up', async () => {
    const place = await openSecondFolder(folder);
    const news = encodeKept({ ...NOBODY_KEPT, tombstones: [{ site: 1, digest, erasedAt: NOW as never }] });
    await place.keepNews('ab12', news);
    await recallErased(database.db, folder);
    expect(await tombstones()).toBe(1);
    await run('requests');
    expect(await place.newsNames()).toEqual([]);
    await database.db.client.execute('DELETE FROM tombstones');
    await recallErased(database.db, folder);
    expect(await tombstones()).toBe(1);
  });

  it('stop the start where the file was altered, and are not asked for where there is none', async () => {
    await recallErased(database.db, folder);
    await recallErased(database.db, undefined);
    await writeFile(join(folder, 'erased.json'), '[{"site":1}]');
    await expect(recallErased(database.db, folder)).rejects.toMatchObject({ code: 'second_folder' });
  });
});
