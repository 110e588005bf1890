// runtime/key-provider.file.ts: keys as files of mode 0600 in a folder outside the data folder and its backups.
import { chmod, link, mkdir, open, readFile, realpath, stat, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { KeyProvider } from '../core/index.ts';
import { faultCode, KEY_BYTES, toHex } from '../core/index.ts';
import { isInside } from './config.ts';
import { sync, writeDurably } from './durable.ts';

const GROUP_AND_OTHERS = 0o077;

/** Thrown where the key folder can't be trusted or used; the message says what to do. */
export class KeyFolderError extends Error {
  override readonly name = 'KeyFolderError';
  /** Stable code for logs. */
  readonly code = 'key_folder';
}

const isMissing = (fault: unknown): boolean => faultCode(fault) === 'ENOENT';
const isThere = (fault: unknown): boolean => faultCode(fault) === 'EEXIST';

async function readKey(path: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = new Uint8Array(await readFile(path));
    if (bytes.length !== KEY_BYTES)
      throw new KeyFolderError(`${path} is not a key of ${KEY_BYTES} bytes: restore it or remove it`);
    // What a destruction that was killed between overwriting and removing leaves; anybody could open what it wraps.
    if (bytes.every((byte) => byte === 0)) {
      throw new KeyFolderError(
        `${path} holds zeros and no key: its destruction was interrupted, or it was damaged; remove it`,
      );
    }
    return bytes;
  } catch (fault) {
    if (isMissing(fault)) return undefined;
    throw fault;
  }
}

/** Writes a whole key under a name of its own, then links it: other processes see all of it or nothing, and the first wins. */
async function createKey(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(folder, `.new-${process.pid}-${toHex(crypto.getRandomValues(new Uint8Array(8)))}`);
  await writeDurably(temporary, bytes, 'wx');
  try {
    await link(temporary, path);
  } catch (fault) {
    if (!isThere(fault)) throw fault;
  } finally {
    await unlink(temporary);
  }
  await sync(folder);
}

async function destroyKey(folder: string, path: string): Promise<void> {
  try {
    // Overwritten in place before it is unlinked, so that the bytes do not stay in free blocks.
    const handle = await open(path, 'r+');
    try {
      await handle.write(new Uint8Array(KEY_BYTES), 0, KEY_BYTES, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await unlink(path);
  } catch (fault) {
    if (!isMissing(fault)) throw fault;
  }
  await sync(folder);
}

/** Where a path leads once links are followed; the path itself where nothing is there yet. */
const realPath = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));

/** Refuses a key folder that a link puts inside the data folder, or the other way round: a backup of one would hold the other. */
async function checkApart(keyDir: string, dataDir: string): Promise<void> {
  const [keys, data] = [await realPath(keyDir), await realPath(dataDir)];
  if (isInside(keys, data) || isInside(data, keys)) {
    throw new KeyFolderError(
      `${keyDir} and the data folder ${dataDir} lie inside each other (${keys}, ${data}): keep keys outside the data and its backups`,
    );
  }
}

/**
 * Opens a key folder, making it where absent.
 * @param dataDir the data folder, which must lie elsewhere.
 * @throws {KeyFolderError} the folder can be read by others, lies with the data, or can't be made.
 */
export async function openKeyFolder(folder: string, dataDir?: string): Promise<KeyProvider> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { mode } = await stat(folder);
    if ((mode & GROUP_AND_OTHERS) !== 0) {
      throw new KeyFolderError(`${folder} can be read by others: run chmod 700 ${folder}`);
    }
    if (dataDir !== undefined) await checkApart(folder, dataDir);
    await chmod(folder, 0o700);
  } catch (fault) {
    if (fault instanceof KeyFolderError) throw fault;
    throw new KeyFolderError(
      `${folder} can not be used as key folder: ${fault instanceof Error ? fault.message : 'unknown fault'}`,
    );
  }
  const obtain = async (path: string, fresh: Uint8Array): Promise<Uint8Array> => {
    const held = await readKey(path);
    if (held !== undefined) return held;
    await createKey(folder, path, fresh);
    const made = await readKey(path);
    if (made === undefined)
      throw new KeyFolderError(`${path} vanished while it was made: is another program cleaning ${folder}?`);
    return made;
  };
  // A folder that went away, or rights that did, is one thing to an operator, whatever call met it first.
  const named = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (fault) {
      if (fault instanceof KeyFolderError) throw fault;
      throw new KeyFolderError(
        `${folder} can not be used as key folder (${faultCode(fault)}): is it still there and yours?`,
      );
    }
  };
  const kekPath = (kekId: string): string => join(folder, `${kekId.replaceAll(/[^a-z0-9-]/gi, '_')}.kek`);
  return {
    forgets: true,
    obtain: (kekId, fresh) => named(obtain(kekPath(kekId), fresh)),
    read: (kekId) => named(readKey(kekPath(kekId))),
    destroy: (kekId) => named(destroyKey(folder, kekPath(kekId))),
    secret: (name, fresh) => named(obtain(join(folder, `${name}.secret`), fresh)),
  };
}
