// runtime/durable.ts: what is on the disk, and not only on its way there.
import { open } from 'node:fs/promises';

/** Makes what is written of a file or folder durable: a folder's are the names in it. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file for this user alone, and its bytes durably; its name is so after a {@link sync} of the folder. @param flags of `open`. */
export async function writeDurably(path: string, content: string | Uint8Array, flags: 'w' | 'wx'): Promise<void> {
  const handle = await open(path, flags, 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
