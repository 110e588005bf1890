// runtime/open-data.ts: the data folder: made, brought to the newest schema, opened.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { faultCode } from '../core/index.ts';
import type { Db } from '../store/index.ts';
import type { Files } from '../store/open.node.ts';
import { migrateFiles, NewerDatabaseError, openFiles } from '../store/open.node.ts';
import type { Config } from './config.ts';
import { filesOf } from './files.ts';
import { projectFolder } from './project-folder.ts';
import { StartError } from './start-error.ts';

/** The pause before a failed migration is tried once more. */
const MIGRATE_AGAIN_MS = 300;

const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));

/** Makes the data folder, brings both files to the newest schema and opens them. @throws {StartError} */
export async function openData(config: Config): Promise<Db> {
  try {
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  } catch (fault) {
    throw new StartError('data_folder', `The data folder ${config.dataDir} can not be made: ${messageOf(fault)}`);
  }
  const files = filesOf(config);
  try {
    await migrateTogether(files);
    return await openFiles(files);
  } catch (fault) {
    if (fault instanceof NewerDatabaseError) throw new StartError('database_newer', fault.message);
    throw new StartError(
      'database_unusable',
      `The database in ${config.dataDir} can not be used (${faultCode(fault)}: ${messageOf(fault)}). ` +
        'Check that its files belong to this user and are whole; restore ground.db from a backup or point HUSHTAG_DATA_DIR elsewhere. Nothing was changed.',
    );
  }
}

/** Brings the files to the newest schema; where another process does so at the same moment, what it did is looked at again. */
async function migrateTogether(files: Files): Promise<void> {
  const folder = join(projectFolder(), 'migrations');
  try {
    await migrateFiles(files, folder);
  } catch (fault) {
    if (fault instanceof NewerDatabaseError) throw fault;
    await new Promise((resolve) => setTimeout(resolve, MIGRATE_AGAIN_MS));
    await migrateFiles(files, folder);
  }
}
