// runtime/erased-since.ts: who was erased, objected or withdrew since a backup, and who says so (P4).
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '../contract/index.ts';
import { faultCode } from '../core/index.ts';
import type { Kept } from '../store/index.ts';
import { decodeKept } from '../store/index.ts';
import { BackupError } from './backup-error.ts';
import type { Backup } from './backup.ts';
import { BACKUP_FILES } from './backup.ts';
import { readSecondFolder } from './second-place.file.ts';

/** What is known of it. */
export interface Since {
  readonly kept: readonly Kept[];
  /** The folder and the file that told; empty where none did, or what they told is older than the backup. */
  readonly toldBy: readonly string[];
  /** When the schedule last wrote a second place as a whole; what came after is beside it. */
  readonly secondPlaceAt?: EpochMs;
}

/** Where it is asked, and whether a restore may go on without. */
export interface SinceOptions {
  /** HUSHTAG_SECOND_DIR. */
  readonly secondDir?: string | undefined;
  /** A file of tombstones, or another folder of a second place. */
  readonly erased?: string | undefined;
  readonly acceptsLostErasures?: boolean | undefined;
}

const HOW_TO_KNOW =
  'Name the second place by HUSHTAG_SECOND_DIR, or a file that `hushtag erasure tombstones` wrote by --erased FILE. Where there is neither, --accept-lost-erasures restores all the same; answer then again every erasure and objection since that a receipt or a record of your own tells of. Nothing was changed.';

/** Reads a file of tombstones. @throws {BackupError} `altered`: it is none. */
export async function readErasedFile(path: string): Promise<Kept> {
  const kept = decodeKept(await readFile(path, 'utf8').catch(() => ''));
  if (kept !== undefined) return kept;
  throw new BackupError(
    'altered',
    `${path} does not say who was erased: name a file that \`hushtag erasure tombstones\` wrote.`,
  );
}

/** What one place tells; a text where it tells nothing. */
async function readPlace(folder: string): Promise<Since | string> {
  const recalled = await readSecondFolder(folder).catch((fault: unknown) => faultCode(fault));
  if (typeof recalled === 'string') return `${folder} can't be read (${recalled})`;
  if (recalled.state === 'absent') return `${folder} holds nothing that a server wrote`;
  if (recalled.state === 'altered') {
    const words = `${recalled.file} in ${folder} is not what was written there: put back a copy of it. Nothing was changed.`;
    throw new BackupError('altered', words);
  }
  const { kept, wholeAt } = recalled;
  // What single requests wrote alone says nothing of those before them.
  return wholeAt === undefined
    ? { kept: [kept], toldBy: [] }
    : { kept: [kept], toldBy: [folder], secondPlaceAt: wholeAt };
}

const isFolder = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/**
 * Asks whoever may know. To be done before anything is written: who restores must decide about what nobody can tell.
 * @throws {BackupError} `erasures_unknown` where nobody tells, or all that they tell is older than the backup; `altered`.
 */
export async function readSince(
  { folder, madeAt }: Pick<Backup, 'folder' | 'madeAt'>,
  { secondDir, erased, acceptsLostErasures = false }: SinceOptions,
): Promise<Since> {
  const told: Since[] = [];
  const silent: string[] = [];
  const hear = (said: Since | string): unknown => (typeof said === 'string' ? silent.push(said) : told.push(said));
  if (secondDir !== undefined) hear(await readPlace(secondDir));
  if (erased !== undefined)
    hear(
      (await isFolder(erased)) ? await readPlace(erased) : { kept: [await readErasedFile(erased)], toldBy: [erased] },
    );
  const kept = told.flatMap((one) => one.kept);
  const known = new Set(kept.flatMap(({ tombstones }) => tombstones.map(({ site, digest }) => `${site} ${digest}`)));
  const own = await readErasedFile(join(folder, BACKUP_FILES.erased));
  // Tombstones are for ever: what is newer than the backup knows those that it knows.
  const isOlder = own.tombstones.some(({ site, digest }) => !known.has(`${site} ${digest}`));
  const toldBy = told.flatMap((one) => one.toldBy);
  if (toldBy.length > 0 && !isOlder) {
    const secondPlaceAt = told.flatMap((one) => one.secondPlaceAt ?? [])[0];
    return { kept, toldBy, ...(secondPlaceAt === undefined ? {} : { secondPlaceAt }) };
  }
  if (acceptsLostErasures) return { kept, toldBy: [] };
  const older = toldBy.length > 0 ? [`${toldBy.join(' and ')} knows less than the backup itself`] : [];
  const partly =
    told.length > 0 && toldBy.length === 0 ? ['the second place has no erased.json that a server wrote'] : [];
  const why = [...silent, ...older, ...partly].join('; ') || 'no second place is set, and no file is named';
  throw new BackupError(
    'erasures_unknown',
    `Whoever was erased, objected or withdrew since ${new Date(madeAt).toISOString()} would be back: ${why}. ${HOW_TO_KNOW}`,
  );
}
