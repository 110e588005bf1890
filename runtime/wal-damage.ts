// runtime/wal-damage.ts: tells a log that a crash cut short, which is normal, from one that lost what was acknowledged.
//
// SQLite takes the log up to its first bad frame and drops the rest without a word: right after a crash, when that rest is
// the one transaction nobody was told about; wrong after a flipped bit. A commit is synced before the next one begins, so a
// crash leaves one unfinished transaction at most.
import type { FileHandle } from 'node:fs/promises';
import { open, readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { faultCode } from '../core/index.ts';
import type { Pair, WalHeader } from './wal-frames.ts';
import {
  FRAME_HEADER_BYTES,
  isFlipped,
  isOneBitOff,
  isSamePair,
  readFrame,
  readFrameHead,
  readWalHeader,
  WAL_HEADER_BYTES,
} from './wal-frames.ts';

/** What is wrong with a log. */
export interface WalDamage {
  /**
   * `header`: the log would be taken for empty · `flipped`: one bit is wrong · `behind`: commits stand behind a bad frame ·
   * `cut`: the log is shorter than what was committed to it.
   */
  readonly kind: 'header' | 'flipped' | 'behind' | 'cut';
  /** Whole frames before it. */
  readonly frame: number;
}

/** Frames read from the disk at once. */
const FRAMES_AT_ONCE = 256;
const COMMITS_OF_A_CRASH_MAX = 1;
/** Where the shared index of the log keeps, in its header: page size, frames, salts; and the bytes of one copy of it. */
const INDEX = { frames: 16, salts: 32, bytes: 48, checked: 40 } as const;

const readIfThere = async (path: string): Promise<Uint8Array | undefined> => {
  try {
    return await readFile(path);
  } catch (fault) {
    if (faultCode(fault) === 'ENOENT') return undefined;
    throw fault;
  }
};

/** Sum of the index's header, by the log's own rule in the machine's order of bytes. */
function indexChecksum(view: DataView, isLittle: boolean): Pair {
  let [first, second] = [0, 0];
  for (let at = 0; at < INDEX.checked; at += 8) {
    first = (first + view.getUint32(at, isLittle) + second) >>> 0;
    second = (second + view.getUint32(at + 4, isLittle) + first) >>> 0;
  }
  return [first, second];
}

/**
 * Frames that were committed by what the shared index (`-shm`) says. It is written after each sync, so where it is there
 * and whole it never says more than was synced; after a loss of power it may say less.
 */
async function committedFrames(path: string, salts: Pair): Promise<number> {
  const index = await readIfThere(`${path}-shm`);
  if (index === undefined || index.length < 2 * INDEX.bytes) return 0;
  if (Buffer.compare(index.subarray(0, INDEX.bytes), index.subarray(INDEX.bytes, 2 * INDEX.bytes)) !== 0) return 0;
  const view = new DataView(index.buffer, index.byteOffset, INDEX.bytes);
  const isLittle = endianness() === 'LE';
  const written: Pair = [view.getUint32(INDEX.checked, isLittle), view.getUint32(INDEX.checked + 4, isLittle)];
  if (!isSamePair(indexChecksum(view, isLittle), written)) return 0;
  // Salts are copied from the log as they stand there, high byte first.
  const indexed: Pair = [view.getUint32(INDEX.salts), view.getUint32(INDEX.salts + 4)];
  return isSamePair(indexed, salts) ? view.getUint32(INDEX.frames, isLittle) : 0;
}

/** The page size that a database's first page names, or undefined where there is no such page. */
async function pageBytesOf(path: string): Promise<number | undefined> {
  const handle = await open(path, 'r').catch((fault: unknown) => {
    if (faultCode(fault) === 'ENOENT') return undefined;
    throw fault;
  });
  if (handle === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(18), 0, 18, 16);
    if (bytesRead < 2) return undefined;
    const named = (buffer[0] ?? 0) * 256 + (buffer[1] ?? 0);
    return named === 1 ? 65_536 : named >= 512 && (named & (named - 1)) === 0 ? named : undefined;
  } finally {
    await handle.close();
  }
}

/** Hands over each whole frame of a log in order. */
async function* framesOf(handle: FileHandle, { pageBytes }: WalHeader): AsyncGenerator<Uint8Array> {
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const buffer = new Uint8Array(FRAMES_AT_ONCE * frameBytes);
  for (let at = WAL_HEADER_BYTES; ; at += buffer.length) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    const whole = Math.floor(bytesRead / frameBytes);
    for (let nth = 0; nth < whole; nth += 1) yield buffer.subarray(nth * frameBytes, (nth + 1) * frameBytes);
    if (bytesRead < buffer.length) return;
  }
}

async function walk(handle: FileHandle, header: WalHeader, committed: number): Promise<WalDamage | undefined> {
  let before = header.checksum;
  let sound = 0;
  let bad: number | undefined;
  let commits = 0;
  for await (const bytes of framesOf(handle, header)) {
    if (bad === undefined) {
      const frame = readFrame(bytes, header, before);
      const isOurs = isSamePair(frame.salts, header.salts);
      const fits = isSamePair(frame.written, frame.found);
      if (isOurs && fits) {
        before = frame.found;
        sound += 1;
        continue;
      }
      // What an earlier filling of the log left has its salts and none of our sums.
      if (fits || ((isOurs || isOneBitOff(frame.salts, header.salts)) && isFlipped(bytes, header, frame)))
        return { kind: 'flipped', frame: sound };
      bad = sound;
    }
    const { commits: isCommit, salts } = readFrameHead(bytes);
    if (isCommit && isSamePair(salts, header.salts)) commits += 1;
  }
  if (commits > COMMITS_OF_A_CRASH_MAX) return { kind: 'behind', frame: sound };
  return committed > sound ? { kind: 'cut', frame: sound } : undefined;
}

/** Whether a frame that stands in the log belongs to its present filling: then its header had been synced whole. */
async function isInUse(handle: FileHandle, header: WalHeader): Promise<boolean> {
  for await (const bytes of framesOf(handle, header)) {
    return isSamePair(readFrame(bytes, header, header.checksum).salts, header.salts);
  }
  return false;
}

async function look(path: string): Promise<WalDamage | undefined> {
  const handle = await open(`${path}-wal`, 'r').catch((fault: unknown) => {
    if (faultCode(fault) === 'ENOENT') return undefined;
    throw fault;
  });
  if (handle === undefined) return undefined;
  try {
    const first = new Uint8Array(WAL_HEADER_BYTES);
    const { bytesRead } = await handle.read(first, 0, first.length, 0);
    // A header is written at once, so no crash leaves a part of one: SQLite would take such a log for empty.
    if (bytesRead > 0 && bytesRead < WAL_HEADER_BYTES) return { kind: 'header', frame: 0 };
    const header = readWalHeader(first.subarray(0, bytesRead), await pageBytesOf(path));
    if (header === undefined) return undefined;
    if (header.state === 'flipped') return { kind: 'header', frame: 0 };
    if (header.state === 'broken') return (await isInUse(handle, header)) ? { kind: 'header', frame: 0 } : undefined;
    return await walk(handle, header, await committedFrames(path, header.salts));
  } finally {
    await handle.close();
  }
}

/** The pause before damage is looked at again, ms. */
const LOOK_AGAIN_MS = 300;

/**
 * Looks at the write-ahead log of a database before anybody opens it: opening drops what stands behind a bad frame.
 * @param path the database; its log is `path-wal`. @param pauseMs the pause before it is looked at again. @returns undefined where all that was acknowledged will be there.
 */
export async function findWalDamage(path: string, pauseMs = LOOK_AGAIN_MS): Promise<WalDamage | undefined> {
  const seen = await look(path);
  if (seen === undefined) return undefined;
  // A log that another process is writing looks torn for a moment; damage stays where it is.
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  const again = await look(path);
  return again?.kind === seen.kind && again.frame === seen.frame ? again : undefined;
}
