// runtime/second-place.file.ts: the second place as a folder, best on another disk or machine.
import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '../contract/index.ts';
import { faultCode } from '../core/index.ts';
import type { KeepApart } from '../edge/index.ts';
import type { Db, Kept } from '../store/index.ts';
import { addKept } from '../store/index.ts';
import { sync, writeDurably } from './durable.ts';
import type { SecondPlace } from './second-place.ts';
import { createKeepApart, togetherOf } from './second-place.ts';
import { StartError } from './start-error.ts';

/** What `hushtag audit verify --known` reads. */
const CHECKPOINTS = 'checkpoints.txt';
/** What `hushtag restore`, `hushtag erasure replay --from` and the server at its start read. */
const ERASED = 'erased.json';
/** A folder of what came since, a file a request or choice. */
const NEWS = 'erased';
const NEWS_NAME = /^[0-9a-f-]{1,100}\.json$/;
/** Of one run of the schedule. */
const NEWS_MAX = 5_000;

async function readOr(path: string, absent: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (fault) {
    if (faultCode(fault) === 'ENOENT') return absent;
    throw fault;
  }
}

/** Puts a text in place whole, and on the disk before it resolves: name and bytes. */
async function replace(folder: string, name: string, text: string): Promise<void> {
  const fresh = join(folder, `.${name}`);
  await writeDurably(fresh, text, 'w');
  await rename(fresh, join(folder, name));
  await sync(folder);
}

async function newsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(join(folder, NEWS))).filter((name) => NEWS_NAME.test(name));
  } catch (fault) {
    if (faultCode(fault) === 'ENOENT') return [];
    throw fault;
  }
}

/** Opens it, making the folder where absent. @throws where it can't be written. */
export async function openSecondFolder(folder: string): Promise<SecondPlace> {
  const news = join(folder, NEWS);
  await mkdir(news, { recursive: true, mode: 0o700 });
  return {
    keepCheckpoint: async ({ note }) => {
      const path = join(folder, CHECKPOINTS);
      // Appended and never rewritten: the folder may be one that only takes more.
      if (!(await readOr(path, '')).endsWith(`${note}\n`)) await appendFile(path, `${note}\n`, { mode: 0o600 });
    },
    keepErased: (text) => replace(folder, ERASED, text),
    keepNews: (name, text) => replace(news, `${name}.json`, text),
    newsNames: async () => (await newsIn(folder)).slice(0, NEWS_MAX),
    dropNews: async (names) => {
      for (const name of names) await rm(join(news, name), { force: true });
    },
  };
}

/** What requests are given to write there at once; undefined where no folder is set. @param failed as of `createKeepApart`. */
export const keepApartIn = (
  db: Db,
  folder: string | undefined,
  failed?: (fault: unknown) => void,
): KeepApart | undefined =>
  folder === undefined ? undefined : createKeepApart(db, () => openSecondFolder(folder), failed);

/** What a second folder says; `wholeAt` is when the schedule last wrote the whole, absent where it never did. */
export type Recalled =
  | { readonly state: 'absent' }
  | { readonly state: 'altered'; readonly file: string }
  | { readonly state: 'read'; readonly kept: Kept; readonly wholeAt?: EpochMs };

/** Reads who was erased, objected or withdrew: the whole, and what came since. @throws where a file is there and can't be read. */
export async function readSecondFolder(folder: string): Promise<Recalled> {
  // The names first: what the schedule takes up meanwhile, and away, is in the whole that is read after.
  const names = await newsIn(folder);
  const news = await Promise.all(names.map((name) => readOr(join(folder, NEWS, name), '[]')));
  const whole = await readOr(join(folder, ERASED), '');
  if (whole === '' && news.length === 0) return { state: 'absent' };
  const texts = [...(whole === '' ? [] : [whole]), ...news];
  const kept = togetherOf(texts);
  if (kept === undefined) {
    const broken = texts.findIndex((text) => togetherOf([text]) === undefined);
    const nth = broken - (whole === '' ? 0 : 1);
    return { state: 'altered', file: nth < 0 ? ERASED : join(NEWS, names[nth] ?? '') };
  }
  if (whole === '') return { state: 'read', kept };
  const { mtimeMs } = await stat(join(folder, ERASED));
  return { state: 'read', kept, wholeAt: Math.floor(mtimeMs) as EpochMs };
}

/** Tells a database that may have been restored who was erased and who objected since. @throws {StartError} a file was altered. */
export async function recallErased(db: Db, folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  const recalled = await readSecondFolder(folder);
  if (recalled.state === 'read') await addKept(db, recalled.kept);
  if (recalled.state === 'altered') {
    throw new StartError(
      'second_folder',
      `${recalled.file} in ${folder} is not what was written there: put back a copy of it, or move it away where the database was not restored.`,
    );
  }
}
