// runtime/doctor.ts: what can be wrong with a server on this machine, each with what to do. Reads only.
import { access, constants, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../contract/index.ts';
import type { EpochMs } from '../contract/index.ts';
import type { KeyProvider } from '../core/index.ts';
import { faultCode } from '../core/index.ts';
import type { HealthCheck } from '../edge/index.ts';
import { checkShared, fine, wrong } from '../edge/index.ts';
import type { Db } from '../store/index.ts';
import type { SchemaState } from '../store/open.node.ts';
import { openFiles, readSchemaState } from '../store/open.node.ts';
import { listBackups } from './backup.ts';
import type { Config } from './config.ts';
import { filesOf } from './files.ts';
import { configuredKeys } from './key-provider.configured.ts';
import { KeyFolderError } from './key-provider.file.ts';
import { projectFolder } from './project-folder.ts';
import { servingProcess } from './serving-mark.ts';
import { findStartDamage } from './start-damage.ts';

const MEGABYTE = 1_048_576;
/** Below this the disk is said to be nearly full: some hours of a busy site. */
const ROOM_BYTES_MIN: number = 512 * MEGABYTE;
/** Below this nothing is written any more: a commit needs a few pages, its log and the checkpoint the same again. */
const WRITE_BYTES_MIN: number = MEGABYTE;
/** A log is cut back at 64 MB; several times that means that somebody reads without end, or that checkpoints fail. */
const WAL_BYTES_MAX: number = 512 * MEGABYTE;
const GROUP_AND_OTHERS = 0o077;
/** A backup older than this is no habit any more. */
const BACKUP_MS_MAX: number = 8 * DAY_MS;

const megabytes = (bytes: number): string => `${Math.round(bytes / MEGABYTE)} MB`;

/** How long tasks of the schedule may not have run: some times what lies between two runs. */
const taskMsMax = ({ segmentMinutes }: Config): Readonly<Record<string, number>> => ({
  salts: HOUR_MS,
  requests: HOUR_MS,
  purge: DAY_MS,
  check_whole: 3 * DAY_MS,
  ...(segmentMinutes === 0 ? {} : { segment: Math.max(3 * segmentMinutes * MINUTE_MS, HOUR_MS) }),
});

/** Room left on the disk of a folder; another in tests, which can't fill a disk. */
export type FreeBytes = (folder: string) => Promise<number>;

const freeBytes: FreeBytes = async (folder) => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** Whether a commit finds room; true where the disk can't be asked, which a commit will tell. */
export const hasRoom = ({ dataDir }: Pick<Config, 'dataDir'>, free: FreeBytes = freeBytes): Promise<boolean> =>
  free(dataDir).then(
    (bytes) => bytes >= WRITE_BYTES_MIN,
    () => true,
  );

async function checkFolder(name: string, folder: string): Promise<HealthCheck> {
  try {
    const { mode } = await stat(folder);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if ((mode & GROUP_AND_OTHERS) === 0) return fine(name, `${folder} is this user’s alone.`);
    return wrong(name, `${folder} can be read by other users of this machine.`, `chmod 700 ${folder}`);
  } catch (fault) {
    return wrong(
      name,
      `${folder} can not be used (${faultCode(fault)}).`,
      'Give the folder to the user that the server runs as; is its disk mounted?',
    );
  }
}

async function checkDisk({ dataDir }: Config, free: FreeBytes): Promise<HealthCheck> {
  const bytes = await free(dataDir);
  if (bytes >= ROOM_BYTES_MIN) return fine('disk', `${megabytes(bytes)} are free where the data lies.`);
  return wrong(
    'disk',
    `Only ${megabytes(bytes)} are free where the data lies; with none, events are refused with 503.`,
    'Free space, or move the data folder; `hushtag retention` says what may go.',
  );
}

async function checkWal(config: Config): Promise<HealthCheck> {
  const size = (await stat(`${filesOf(config).ground}-wal`).catch(() => undefined))?.size ?? 0;
  if (size <= WAL_BYTES_MAX) return fine('wal', `The write-ahead log has ${megabytes(size)}.`);
  return wrong(
    'wal',
    `The write-ahead log has ${megabytes(size)}; it should be cut back at 64 MB.`,
    'A program reads ground.db without an end (a shell, a copy that hangs): end it. Or the disk is full.',
  );
}

async function checkBackups(config: Config, now: number): Promise<HealthCheck> {
  const newest = (await listBackups(config)).at(-1);
  if (newest === undefined) return fine('backups', 'There are no backups: take one a night with `hushtag backup`.');
  const age = now - newest.madeAt;
  if (age <= BACKUP_MS_MAX) return fine('backups', `The newest backup is ${Math.round(age / HOUR_MS)} hours old.`);
  return wrong(
    'backups',
    `The newest backup is ${Math.round(age / DAY_MS)} days old.`,
    'Run `hushtag backup` every night (a timer is in docs/operating.md), and look why it stopped.',
  );
}

/** What is looked at beside the shared checks, for a server that runs and for `hushtag doctor` alike. */
async function checkMachine(config: Config, now: number, free: FreeBytes): Promise<HealthCheck[]> {
  return [
    await checkFolder('data_folder', config.dataDir),
    ...(config.masterKey === undefined ? [await checkFolder('key_folder', config.keyDir)] : []),
    ...(config.secondDir === undefined ? [] : [await checkFolder('second_folder', config.secondDir)]),
    await checkDisk(config, free),
    await checkWal(config),
    await checkBackups(config, now),
  ];
}

/** Everything, for a server that runs: `GET /v1/health`. */
export const checkRunning = async (
  config: Config,
  { db, keys, now }: { readonly db: Db; readonly keys: KeyProvider; readonly now: EpochMs },
): Promise<HealthCheck[]> => [
  ...(await checkMachine(config, now, freeBytes)),
  ...(await checkShared({ db, keys, now, taskMsMax: taskMsMax(config) })),
];

const SCHEMAS: { readonly [S in SchemaState]: HealthCheck } = {
  none: wrong(
    'schema',
    'ground.db has no tables of hushtag.',
    'Is HUSHTAG_DATA_DIR right? `hushtag migrate` makes them.',
  ),
  older: wrong(
    'schema',
    'The database has an older schema.',
    'Run `hushtag migrate`, or start the server: it does so.',
  ),
  newest: fine('schema', 'The database has the newest schema.'),
  newer: wrong(
    'schema',
    'The database was made by a newer hushtag.',
    'Run that version, or restore a backup made before it (`hushtag backup --list`).',
  ),
};

/** The schema, before anything is opened: opening would bring it to the newest. */
async function checkSchema(config: Config): Promise<HealthCheck> {
  try {
    const damage = await findStartDamage(config);
    if (damage !== undefined) return wrong('schema', damage.message, 'See docs/reliability.md.');
    return SCHEMAS[await readSchemaState(filesOf(config), join(projectFolder(), 'migrations'))];
  } catch (fault) {
    return wrong(
      'schema',
      `ground.db can not be read (${faultCode(fault)}).`,
      'See docs/reliability.md: copy the data folder aside, restore a backup.',
    );
  }
}

/** Everything, from outside: `hushtag doctor`. Changes nothing, and needs no server. */
export async function examine(config: Config, now: EpochMs, free: FreeBytes = freeBytes): Promise<HealthCheck[]> {
  const files = filesOf(config);
  if ((await stat(files.ground).catch(() => undefined)) === undefined) {
    const damage = await findStartDamage(config);
    return damage === undefined
      ? [
          wrong(
            'database',
            `There is no ground.db in ${config.dataDir}.`,
            'Run `hushtag init`, or `hushtag serve`, which makes it.',
          ),
        ]
      : [wrong('database', damage.message, 'See docs/reliability.md.')];
  }
  const served = await servingProcess(config.dataDir);
  const server =
    served === undefined
      ? wrong('server', `No server runs on ${config.dataDir}.`, 'Start it: `hushtag serve`, or its service.')
      : fine('server', `Process ${served} serves ${config.dataDir}.`);
  const schema = await checkSchema(config);
  const before = [server, schema, ...(await checkMachine(config, now, free))];
  if (!schema.ok) return before;
  try {
    const keys = await configuredKeys(config);
    const db = await openFiles(files);
    try {
      return [...before, ...(await checkShared({ db, keys, now, taskMsMax: taskMsMax(config) }))];
    } finally {
      db.client.close();
    }
  } catch (fault) {
    const words = fault instanceof KeyFolderError ? fault.message : `The data can not be opened (${faultCode(fault)}).`;
    return [...before, wrong('open', words, 'Mend that first; then run this again.')];
  }
}
