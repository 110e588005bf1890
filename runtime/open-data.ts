// runtime/open-data.ts: the data folder: made, brought to the newest schema, opened.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { faultCode } from '../core/index.ts';
import type { Db } from '../store/index.ts';
import { appendAudit } from '../store/index.ts';
import type { Files } from '../store/open.node.ts';
import {
  ForeignDatabaseError,
  migrateFiles,
  NewerDatabaseError,
  openFiles,
  openGround,
  readSchemaState,
} from '../store/open.node.ts';
import { BackupError } from './backup-error.ts';
import { makeBackup } from './backup.ts';
import type { Config } from './config.ts';
import { filesOf } from './files.ts';
import { withMirror } from './history.ts';
import { projectFolder } from './project-folder.ts';
import { refuseDamage } from './start-damage.ts';
import { StartError } from './start-error.ts';

/** The pause before a failed migration is tried once more. */
const MIGRATE_AGAIN_MS = 300;

/** Causes followed from a fault to its root. */
const CAUSES_MAX = 8;

/** What the root of a fault says: the libraries above it wrap it in the SQL they were about to run. */
function messageOf(fault: unknown): string {
  let root = fault;
  for (let depth = 0; depth < CAUSES_MAX && root instanceof Error && root.cause !== undefined; depth += 1) {
    root = root.cause;
  }
  return root instanceof Error ? root.message : String(root);
}

const isRefusal = (fault: unknown): fault is ForeignDatabaseError | NewerDatabaseError =>
  fault instanceof NewerDatabaseError || fault instanceof ForeignDatabaseError;

/**
 * Makes the data folder, brings both files to the newest schema and opens them.
 * @param acceptDamage goes on where acknowledged data is lost, and notes that in the audit log. @throws {StartError}
 */
export async function openData(config: Config, acceptDamage = false): Promise<Db> {
  try {
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  } catch (fault) {
    throw new StartError('data_folder', `The data folder ${config.dataDir} can not be made: ${messageOf(fault)}`);
  }
  const files = filesOf(config);
  try {
    const accepted = await refuseDamage(config, acceptDamage);
    await migrateTogether(config, files);
    const db = withMirror(await openFiles(files), config);
    if (accepted !== undefined) {
      await appendAudit(db, { kind: 'damage_accepted', damage: accepted.kind, at: Date.now() });
    }
    return db;
  } catch (fault) {
    if (fault instanceof StartError) throw fault;
    if (isRefusal(fault)) throw new StartError(fault.code, fault.message);
    if (fault instanceof BackupError) {
      throw new StartError(
        'backup_failed',
        `The backup before the migration failed, so nothing was migrated. ${fault.message}`,
      );
    }
    throw new StartError(
      'database_unusable',
      `The database in ${config.dataDir} can not be used (${faultCode(fault)}: ${messageOf(fault)}). ` +
        'Check that its files belong to this user and are whole; restore ground.db from a backup or point HUSHTAG_DATA_DIR elsewhere. Nothing was changed.',
    );
  }
}

/** Copies ground.db aside where this version is about to change it: an upgrade that goes wrong must not cost data. */
async function backUpBefore(config: Config, files: Files, folder: string): Promise<void> {
  if ((await readSchemaState(files, folder)) !== 'older') return;
  const db = await openGround(files);
  try {
    await makeBackup(config, db, { madeAt: Date.now(), why: 'migration' });
  } finally {
    db.client.close();
  }
}

/** Brings the files to the newest schema; where another process does so at the same moment, what it did is looked at again. */
async function migrateTogether(config: Config, files: Files): Promise<void> {
  const folder = join(projectFolder(), 'migrations');
  const migrate = async (): Promise<void> => {
    await backUpBefore(config, files, folder);
    await migrateFiles(files, folder);
  };
  try {
    await migrate();
  } catch (fault) {
    if (isRefusal(fault) || fault instanceof BackupError) throw fault;
    await new Promise((resolve) => setTimeout(resolve, MIGRATE_AGAIN_MS));
    await migrate();
  }
}
