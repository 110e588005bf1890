// runtime/restore.ts: puts a backup back: never over data, and never with whom it may no longer hold (P4, P5).
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '../contract/index.ts';
import { faultCode, invariant } from '../core/index.ts';
import { destroyAbandonedKeys, destroyExpiredSalts, rotateTokenKey } from '../edge/index.ts';
import type { Db } from '../store/index.ts';
import { acceptClock, addKept, appendAudit, endAllAccess, readGroundFigures, readSalts } from '../store/index.ts';
import { removeCommitMark } from '../store/commit-mark.ts';
import { migrateFiles, newestGroundSchema } from '../store/open.node.ts';
import { BackupError } from './backup-error.ts';
import type { Backup } from './backup.ts';
import { BACKUP_FILES, verifyBackup } from './backup.ts';
import type { Config } from './config.ts';
import { sync } from './durable.ts';
import type { Since } from './erased-since.ts';
import { readErasedFile, readSince } from './erased-since.ts';
import { filesOf } from './files.ts';
import { configuredKeys } from './key-provider.configured.ts';
import { openData } from './open-data.ts';
import { projectFolder } from './project-folder.ts';
import { createRandomPool } from './random-pool.ts';
import { runTasks } from './scheduled-tasks.ts';
import { servingProcess } from './serving-mark.ts';
import { wayOut } from './way-out.ts';

/** What a restore did. */
export interface Restored {
  readonly backup: Backup;
  /** Events there are now, after erasures and retention. */
  readonly events: number;
  readonly erasedAgain: number;
  readonly purged: number;
  /** Whether tokens, sessions and logins by a provider from before are refused. */
  readonly accessEnded: boolean;
  /** Who told of erasures, objections and withdrawals since the backup; empty where nobody did, and that was accepted. */
  readonly erasuresToldBy: readonly string[];
  /** When the schedule last wrote the second place as a whole; what came after is beside it. */
  readonly secondPlaceAt?: EpochMs;
  /** Salts whose key is not in the key folder: visitors of theirs are new visitors. */
  readonly saltsWithoutKey: number;
}

/** How to restore. */
export interface RestoreOptions {
  /** A file of tombstones newer than the backup, or the folder of a second place. */
  readonly erased?: string;
  /** Goes on where nothing tells who was erased, objected or withdrew since the backup: they are back then. */
  readonly acceptsLostErasures?: boolean;
  readonly now: () => EpochMs;
  /** Whether tokens, sessions and logins by a provider go on as the backup has them; revocations since are unknown to it. */
  readonly keepsAccess?: boolean;
}

/** What would be overwritten or mixed up with what is put back. */
const IN_THE_WAY = /^(?:ground|derived)\.db(?:-wal|-shm)?$|^mirror$/;
const WORK = '.restoring';

async function refuseOverwriting(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch((fault: unknown) => {
    if (faultCode(fault) === 'ENOENT') return [];
    throw fault;
  });
  const found = names.filter((name) => IN_THE_WAY.test(name));
  if (found.length === 0) return;
  const other = await servingProcess(dataDir);
  if (other !== undefined)
    throw new BackupError('served', `Process ${other} serves ${dataDir}: stop it first. Nothing was changed.`);
  throw new BackupError(
    'in_the_way',
    `${dataDir} holds ${found.join(', ')}: move them aside, or point HUSHTAG_DATA_DIR at an empty folder. Nothing was changed.`,
  );
}

const keysLost = async (db: Db, read: (kekId: string) => Promise<unknown>): Promise<number> => {
  const held = await Promise.all((await readSalts(db)).map(({ kekId }) => read(kekId)));
  return held.filter((key) => key === undefined).length;
};

/** Everything a restored database must be told before anybody reads it. */
async function settle(
  config: Config,
  backup: Backup,
  since: Since,
  { now, keepsAccess = false }: RestoreOptions,
): Promise<Restored> {
  // Before it is opened: opening would take a backup of the backup first.
  await migrateFiles(filesOf(config), join(projectFolder(), 'migrations'));
  const db = await openData(config);
  try {
    await addKept(db, await readErasedFile(join(backup.folder, BACKUP_FILES.erased)));
    for (const kept of since.kept) await addKept(db, kept);
    const keys = await configuredKeys(config);
    // What a backup last believed of the clock is as old as it is; who restores says by it that today is today.
    await acceptClock(db, now());
    await destroyExpiredSalts({ db, keys }, now());
    await destroyAbandonedKeys({ db, keys }, now());
    if (!keepsAccess) {
      // The backup can't know which of these were taken back after it was made.
      await endAllAccess(db);
      await rotateTokenKey({ db, keys, now, randomBytes: createRandomPool() }, 0);
    }
    await appendAudit(db, { kind: 'backup_restored', madeAt: backup.madeAt, at: now() });
    const { deliver } = wayOut(config);
    const counts = await runTasks({ db, keys, deliver, now, randomBytes: createRandomPool() }, ['purge']);
    const { events } = await readGroundFigures(db);
    const saltsWithoutKey = await keysLost(db, keys.read);
    const { rows } = await db.client.execute('PRAGMA wal_checkpoint(TRUNCATE)');
    invariant(rows[0]?.[0] === 0, 'D1: the file that is moved holds all of its log');
    const { purged_events: purged = 0, erased_again: erasedAgain = 0 } = counts;
    const { toldBy: erasuresToldBy, secondPlaceAt } = since;
    const told = { erasuresToldBy, ...(secondPlaceAt === undefined ? {} : { secondPlaceAt }) };
    return { backup, events, erasedAgain, purged, saltsWithoutKey, accessEnded: !keepsAccess, ...told };
  } finally {
    db.client.close();
  }
}

/**
 * Puts a backup into an empty data folder. It is brought to the newest schema, cleared of who was erased since and of what is past
 * its limit beside its place, and moved there whole: a restore that was killed leaves nothing that a server would start on.
 * @throws {BackupError | StartError}
 */
export async function restoreBackup(config: Config, folder: string, options: RestoreOptions): Promise<Restored> {
  await refuseOverwriting(config.dataDir);
  const backup = await verifyBackup(folder);
  if (backup.figures.schema > newestGroundSchema(join(projectFolder(), 'migrations')))
    throw new BackupError('newer', `${folder} was made by a newer hushtag: restore it with that version.`);
  const since = await readSince(backup, { secondDir: config.secondDir, ...options });
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const work = join(config.dataDir, WORK);
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { mode: 0o700 });
  try {
    await copyFile(join(folder, BACKUP_FILES.ground), join(work, BACKUP_FILES.ground));
    const restored = await settle({ ...config, dataDir: work }, backup, since, options);
    await sync(join(work, BACKUP_FILES.ground));
    // It speaks of the database that was here.
    removeCommitMark(filesOf(config).ground);
    await rename(join(work, BACKUP_FILES.ground), join(config.dataDir, BACKUP_FILES.ground));
    await sync(config.dataDir);
    return restored;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
