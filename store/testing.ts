// store/testing.ts: real database files in a folder of a test's own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Db } from './db.ts';
import type { Files } from './open.node.ts';
import { migrateFiles, openFiles } from './open.node.ts';

/** Where the migrations lie. */
export const MIGRATIONS: string = join(dirname(fileURLToPath(import.meta.url)), '..', 'migrations');

/** A migrated database and its folder. */
export interface TestDatabase {
  readonly db: Db;
  readonly folder: string;
  readonly files: Files;
  readonly close: () => Promise<void>;
}

/** Opens one; close it after the test. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-store-'));
  const files = { ground: join(folder, 'ground.db'), derived: join(folder, 'derived.db') };
  await migrateFiles(files, MIGRATIONS);
  const db = await openFiles(files);
  return {
    db,
    folder,
    files,
    close: async () => {
      db.client.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
