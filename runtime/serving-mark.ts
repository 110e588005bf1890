// runtime/serving-mark.ts: which process serves a data folder, so that a second one started by mistake is noticed.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MARK = 'serve.pid';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    // EPERM: it lives and belongs to somebody else.
    return fault instanceof Error && 'code' in fault && fault.code === 'EPERM';
  }
};

/** This process's mark on a data folder. */
export interface ServingMark {
  /** The process that already serves the folder; undefined where there is none. A dead process's mark does not count. */
  readonly other?: number;
  /** Takes this process's mark away. */
  readonly clear: () => Promise<void>;
}

/** The process that serves a data folder, other than this one. */
export async function servingProcess(dataDir: string): Promise<number | undefined> {
  const held = Number(await readFile(join(dataDir, MARK), 'utf8').catch(() => ''));
  return Number.isInteger(held) && held > 0 && held !== process.pid && isAlive(held) ? held : undefined;
}

/** Marks a data folder as served by this process. It is a notice, no lock: two servers on one folder write it safely. */
export async function markServing(dataDir: string): Promise<ServingMark> {
  const path = join(dataDir, MARK);
  const other = await servingProcess(dataDir);
  if (other !== undefined) return { other, clear: async () => undefined };
  await writeFile(path, `${process.pid}\n`, { mode: 0o600 });
  return { clear: () => rm(path, { force: true }) };
}
