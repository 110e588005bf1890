// runtime/backup.ts: backups on Node: a folder each, whole or not there, holding no keys.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { DAY_MS } from '../contract/index.ts';
import { faultCode } from '../core/index.ts';
import type { Db, GroundFigures } from '../store/index.ts';
import {
  appendAudit,
  copyGround,
  encodeKept,
  findCopyFault,
  readGroundFigures,
  readKeptOfAny,
} from '../store/index.ts';
import { openCopy, openGround } from '../store/open.node.ts';
import { BackupError } from './backup-error.ts';
import type { Config } from './config.ts';
import { BACKUP_DAYS } from './config.ts';
import { sync } from './durable.ts';
import { filesOf } from './files.ts';

/** The files of a backup. */
export const BACKUP_FILES = { ground: 'ground.db', erased: 'erased.json', manifest: 'backup.json' } as const;

/** Room that must stay free beside a copy. */
const SPARE_BYTES = 16 * 1_048_576;
const MANIFEST_BYTES_MAX = 65_536;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const manifestSchema = v.object({
  format: v.literal(1),
  madeAt: count,
  why: v.picklist(['asked', 'migration']),
  bytes: count,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  figures: v.object({ sites: count, events: count, auditEntries: count, schema: count }),
});
/** What a backup says of itself. */
export type BackupManifest = v.InferOutput<typeof manifestSchema>;

/** A backup and where it lies. */
export interface Backup extends BackupManifest {
  readonly folder: string;
}

/** Where backups of a configuration go. */
export const backupFolder = (config: Pick<Config, 'dataDir' | 'backupDir'>): string =>
  config.backupDir ?? `${config.dataDir}-backups`;

const nameOf = (madeAt: number): string => new Date(madeAt).toISOString().replaceAll(':', '-').replace('.', '-');

/** SHA-256 of a file in hex. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function refuseWithoutRoom(config: Config, folder: string): Promise<void> {
  const { size } = await stat(filesOf(config).ground);
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= size + SPARE_BYTES) return;
  throw new BackupError(
    'no_room',
    `${folder} has room for ${Math.floor((bavail * bsize) / 1_048_576)} MB, and a copy needs ${Math.ceil((size + SPARE_BYTES) / 1_048_576)} MB: free some, or set HUSHTAG_BACKUP_DIR to another disk.`,
  );
}

/** Opens a copy, looks whether it is whole and counts what it holds. @throws {BackupError} */
export async function verifyCopy(path: string): Promise<GroundFigures> {
  let copy: Db | undefined;
  try {
    copy = await openCopy(path);
    const fault = await findCopyFault(copy);
    if (fault !== undefined)
      throw new BackupError('not_whole', `${path} is not whole (${fault}): take another backup.`);
    return await readGroundFigures(copy);
  } catch (fault) {
    if (fault instanceof BackupError) throw fault;
    throw new BackupError('not_whole', `${path} can not be read (${faultCode(fault)}): take another backup.`);
  } finally {
    copy?.client.close();
  }
}

/** Writes the files of a backup into a folder of its own and checks the copy. */
async function writeCopy(
  db: Db,
  folder: string,
  { madeAt, why }: Pick<BackupManifest, 'madeAt' | 'why'>,
): Promise<BackupManifest> {
  const path = join(folder, BACKUP_FILES.ground);
  await copyGround(db, path);
  await chmod(path, 0o600);
  await sync(path);
  const figures = await verifyCopy(path);
  // Read after the copy: it may name more of the erased than the copy does, never fewer.
  await writeFile(join(folder, BACKUP_FILES.erased), encodeKept(await readKeptOfAny(db)), { mode: 0o600, flush: true });
  const { size: bytes } = await stat(path);
  const manifest: BackupManifest = { format: 1, madeAt, why, bytes, sha256: await digestOf(path), figures };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFile(join(folder, BACKUP_FILES.manifest), text, { mode: 0o600, flush: true });
  await sync(folder);
  return manifest;
}

/**
 * Copies ground.db while others write, checks the copy, and only then gives the folder its name.
 * @param db ground.db, opened on a connection of its own. @throws {BackupError}
 */
export async function makeBackup(
  config: Config,
  db: Db,
  { madeAt, why, out }: { readonly madeAt: number; readonly why: BackupManifest['why']; readonly out?: string },
): Promise<Backup> {
  const parent = out ?? backupFolder(config);
  const [partial, folder] = [join(parent, `.partial-${nameOf(madeAt)}-${process.pid}`), join(parent, nameOf(madeAt))];
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    await refuseWithoutRoom(config, parent);
    await mkdir(partial, { mode: 0o700 });
    const manifest = await writeCopy(db, partial, { madeAt, why });
    await rename(partial, folder);
    await sync(parent);
    return { ...manifest, folder };
  } catch (fault) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    if (fault instanceof BackupError) throw fault;
    throw new BackupError(
      'not_written',
      `The backup could not be written to ${parent} (${faultCode(fault)}): check its room and rights. Nothing was changed.`,
    );
  }
}

/** Takes a backup of a data folder that may be served, notes it in the audit log, and removes backups past their days. */
export async function backUp(
  config: Config,
  now: () => number,
  out?: string,
): Promise<{ readonly backup: Backup; readonly removed: number }> {
  const files = filesOf(config);
  const bytes = await stat(files.ground).then(
    ({ size }) => size,
    () => 0,
  );
  if (bytes === 0)
    throw new BackupError('no_database', `There is no ground.db in ${config.dataDir}: is HUSHTAG_DATA_DIR right?`);
  // As it is, whatever its schema: a backup changes nothing.
  const db = await openGround(files);
  try {
    const made = { madeAt: now(), why: 'asked' } as const;
    const backup = await makeBackup(config, db, out === undefined ? made : { ...made, out });
    await appendAudit(db, { kind: 'backup_made', events: backup.figures.events, at: now() });
    return { backup, removed: await pruneBackups(config, now()) };
  } finally {
    db.client.close();
  }
}

/** Reads what a backup says of itself. @throws {BackupError} it is none, or was altered. */
export async function readBackup(folder: string): Promise<Backup> {
  const path = join(folder, BACKUP_FILES.manifest);
  try {
    if ((await stat(path)).size > MANIFEST_BYTES_MAX) throw new Error('too long');
    return { ...v.parse(manifestSchema, JSON.parse(await readFile(path, 'utf8'))), folder };
  } catch {
    throw new BackupError('no_backup', `${folder} is no backup: name a folder that \`hushtag backup\` wrote.`);
  }
}

/** Proves that a backup is what was written: its bytes, its pages, its counts. @throws {BackupError} */
export async function verifyBackup(folder: string): Promise<Backup> {
  const backup = await readBackup(folder);
  const path = join(folder, BACKUP_FILES.ground);
  const isSame = await digestOf(path).then(
    (digest) => digest === backup.sha256,
    () => false,
  );
  if (!isSame) {
    throw new BackupError(
      'altered',
      `${path} is not the file that was written (its SHA-256 differs): take another backup.`,
    );
  }
  const figures = await verifyCopy(path);
  if (JSON.stringify(figures) !== JSON.stringify(backup.figures))
    throw new BackupError('altered', `${folder} counts other rows than it says: take another backup.`);
  return backup;
}

/** The backups there are, oldest first; what is half written or something else is left out. */
export async function listBackups(config: Config): Promise<Backup[]> {
  const parent = backupFolder(config);
  const names = await readdir(parent).catch(() => []);
  const found = await Promise.all(
    names.filter((name) => !name.startsWith('.')).map((name) => readBackup(join(parent, name)).catch(() => undefined)),
  );
  return found.filter((one) => one !== undefined).sort((a, b) => a.madeAt - b.madeAt);
}

/** Removes backups past their days: a backup must not keep for ever what retention removed (P5). */
export async function pruneBackups(config: Config, now: number): Promise<number> {
  const days = config.backupDays ?? BACKUP_DAYS;
  if (days === 0) return 0;
  const old = (await listBackups(config)).filter(({ madeAt }) => madeAt < now - days * DAY_MS);
  for (const { folder } of old) await rm(folder, { recursive: true, force: true });
  return old.length;
}
