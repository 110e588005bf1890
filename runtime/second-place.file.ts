// runtime/second-place.file.ts: the second place as a folder, best on another disk or machine.
import { appendFile, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { faultCode } from '../core/index.ts';
import type { Db } from '../store/index.ts';
import { addKept, decodeKept } from '../store/index.ts';
import type { SecondPlace } from './second-place.ts';
import { StartError } from './start-error.ts';

/** What `hushtag audit verify --known` reads. */
const CHECKPOINTS = 'checkpoints.txt';
/** What `hushtag erasure replay --from` reads, and the server at its start. */
const ERASED = 'erased.json';

async function readOr(path: string, absent: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (fault) {
    if (faultCode(fault) === 'ENOENT') return absent;
    throw fault;
  }
}

/** Opens it, making the folder where absent. @throws where it can't be written. */
export async function openSecondFolder(folder: string): Promise<SecondPlace> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    keepCheckpoint: async ({ note }) => {
      const path = join(folder, CHECKPOINTS);
      // Appended and never rewritten: the folder may be one that only takes more.
      if (!(await readOr(path, '')).endsWith(`${note}\n`)) await appendFile(path, `${note}\n`, { mode: 0o600 });
    },
    keepErased: async (text) => {
      const [path, fresh] = [join(folder, ERASED), join(folder, `.${ERASED}`)];
      const file = await open(fresh, 'w', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(fresh, path);
    },
  };
}

/** Tells a database that may have been restored who was erased and who objected since. @throws {StartError} the file was altered. */
export async function recallErased(db: Db, folder: string | undefined): Promise<void> {
  const text = folder === undefined ? '' : await readOr(join(folder, ERASED), '');
  if (text === '') return;
  const kept = decodeKept(text);
  if (kept === undefined) {
    throw new StartError(
      'second_folder',
      `${ERASED} in ${folder} is not what was written there: put back a copy of it, or move it away where the database was not restored.`,
    );
  }
  await addKept(db, kept);
}
