// runtime/key-provider.test.ts: one contract for every place keys can live; the file form guards its folder (P2).
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyProvider } from '../core/index.ts';
import { openKeyFolder } from './key-provider.file.ts';
import { masterKeys } from './key-provider.master.ts';
import { memoryKeys } from './key-provider.memory.ts';

const fresh = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

describe('P2: key providers', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-keys-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const providers: Record<string, () => Promise<KeyProvider>> = {
    file: () => openKeyFolder(folder),
    memory: async () => memoryKeys(),
    master: () => masterKeys(fresh(9)),
  };

  it.each(Object.keys(providers))('%s: gives one key an id, whatever the second caller brings', async (name) => {
    const keys = await (providers[name] ?? providers['memory'])?.();
    if (keys === undefined) throw new Error('no provider');
    const first = Buffer.from(await keys.obtain('1-day-0', fresh(1)));
    expect(Buffer.from(await keys.obtain('1-day-0', fresh(2))).equals(first)).toBe(true);
    expect(Buffer.from(await keys.obtain('1-day-1', fresh(3))).equals(first)).toBe(false);
    expect(Buffer.from((await keys.read('1-day-0')) ?? []).equals(first)).toBe(true);
    expect(
      Buffer.from(await keys.secret('tokens', fresh(4))).equals(Buffer.from(await keys.secret('publish', fresh(5)))),
    ).toBe(false);
  });

  it.each(['file', 'memory'])('%s: forgets a destroyed key and takes a second destruction', async (name) => {
    const keys = await (providers[name] ?? providers['memory'])?.();
    if (keys === undefined) throw new Error('no provider');
    await keys.obtain('1-day-0', fresh(1));
    await keys.destroy('1-day-0');
    await keys.destroy('1-day-0');
    expect(keys.forgets).toBe(true);
    expect(await keys.read('1-day-0')).toBeUndefined();
  });

  it('master: says that it can not forget', async () => {
    const keys = await masterKeys(fresh(9));
    await keys.destroy('1-day-0');
    expect(keys.forgets).toBe(false);
    expect(await keys.read('1-day-0')).toBeDefined();
  });

  it('file: refuses a key of zeros, as an interrupted destruction leaves it, and can still destroy it', async () => {
    const keys = await openKeyFolder(folder);
    await keys.obtain('1-day-0', fresh(1));
    await writeFile(join(folder, '1-day-0.kek'), fresh(0));
    await expect(keys.read('1-day-0')).rejects.toMatchObject({ code: 'key_folder' });
    await keys.destroy('1-day-0');
    expect(await keys.read('1-day-0')).toBeUndefined();
  });

  it.each([
    { why: 'a link into the data folder', keys: 'link', ok: false },
    { why: 'a link to the data folder itself', keys: 'same', ok: false },
    { why: 'a folder beside it', keys: 'beside', ok: true },
  ])('file: follows links: $why is taken: $ok', async ({ keys, ok }) => {
    const data = join(folder, 'data');
    await mkdir(join(data, 'inner'), { recursive: true, mode: 0o700 });
    await chmod(data, 0o700);
    await symlink(join(data, 'inner'), join(folder, 'link'));
    await symlink(data, join(folder, 'same'));
    const opened = openKeyFolder(join(folder, keys), data).then(() => true);
    if (ok) expect(await opened).toBe(true);
    else await expect(opened).rejects.toMatchObject({ code: 'key_folder' });
  });

  it('file: writes keys that only their owner can read, whole or not at all', async () => {
    const keys = await openKeyFolder(join(folder, 'made'));
    await Promise.all(Array.from({ length: 20 }, (_, nth) => keys.obtain('1-day-0', fresh(nth + 1))));
    expect(await readdir(join(folder, 'made'))).toEqual(['1-day-0.kek']);
    const info = await stat(join(folder, 'made', '1-day-0.kek'));
    expect(info.mode & 0o777).toBe(0o600);
    expect(info.size).toBe(32);
    expect((await stat(join(folder, 'made'))).mode & 0o777).toBe(0o700);
  });

  it.each([0o750, 0o705, 0o777])('file: refuses a folder of mode %o and says what to run', async (mode) => {
    await chmod(folder, mode);
    await expect(openKeyFolder(folder)).rejects.toMatchObject({
      code: 'key_folder',
      message: expect.stringContaining('chmod 700') as string,
    });
  });

  it('file: refuses a torn key instead of using it', async () => {
    await writeFile(join(folder, '1-day-0.kek'), fresh(1).subarray(0, 31), { mode: 0o600 });
    await expect((await openKeyFolder(folder)).read('1-day-0')).rejects.toMatchObject({ code: 'key_folder' });
  });

  it('file: overwrites a key before it unlinks it', async () => {
    const keys = await openKeyFolder(folder);
    await keys.obtain('1-day-0', fresh(7));
    const path = join(folder, '1-day-0.kek');
    // A second name for the same bytes stands for the blocks a disk keeps after unlink.
    const { link } = await import('node:fs/promises');
    await link(path, join(folder, 'blocks'));
    await keys.destroy('1-day-0');
    expect((await readFile(join(folder, 'blocks'))).equals(Buffer.alloc(32))).toBe(true);
  });
});
