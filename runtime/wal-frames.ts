// runtime/wal-frames.ts: SQLite's write-ahead log as bytes: header, frames, checksums (sqlite.org/fileformat2.html, section 4).

/** Bytes of the log's header, and of the header before each page. */
export const WAL_HEADER_BYTES = 32;
export const FRAME_HEADER_BYTES = 24;
/** Bytes of both that their checksum covers. */
const CHECKED_WAL_HEADER_BYTES = 24;
const CHECKED_FRAME_HEADER_BYTES = 8;

const MAGIC = 0x377f0682;
const PAGE_BYTES_MIN = 512;
const PAGE_BYTES_MAX = 65_536;
const WORD_BITS = 32;

/** Two words of 32 bits: a running checksum, or the salts that name one filling of the log. */
export type Pair = readonly [number, number];

/** The log's header as it stands. */
export interface WalHeader {
  readonly pageBytes: number;
  readonly salts: Pair;
  /** Whether the checksums read their words with the low byte first. */
  readonly isLittle: boolean;
  readonly checksum: Pair;
  /** `flipped`: one bit turned back makes the checksum fit. */
  readonly state: 'sound' | 'flipped' | 'broken';
}

/** What a frame says of itself. */
export interface FrameHead {
  /** Whether it ends a transaction. */
  readonly commits: boolean;
  readonly salts: Pair;
}

/** A frame as it stands. */
export interface Frame extends FrameHead {
  /** The checksum that is written in it, and the one that its bytes give. */
  readonly written: Pair;
  readonly found: Pair;
}

export const isSamePair = (a: Pair, b: Pair): boolean => a[0] === b[0] && a[1] === b[1];

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const pairAt = (view: DataView, at: number): Pair => [view.getUint32(at), view.getUint32(at + 4)];
const isPowerOfTwo = (value: number): boolean => value > 0 && (value & (value - 1)) === 0;

/** Goes on with a running checksum over words, of which there is an even number. */
function checksumOver(words: readonly number[] | Uint32Array, start: Pair): Pair {
  let [first, second] = start;
  for (let at = 0; at < words.length; at += 2) {
    first = (first + (words[at] ?? 0) + second) >>> 0;
    second = (second + (words[at + 1] ?? 0) + first) >>> 0;
  }
  return [first, second];
}

function wordsOf(view: DataView, from: number, to: number, isLittle: boolean): Uint32Array {
  const words = new Uint32Array((to - from) / 4);
  for (let nth = 0; nth < words.length; nth += 1) words[nth] = view.getUint32(from + nth * 4, isLittle);
  return words;
}

/** Whether pairs differ in exactly one bit. */
export function isOneBitOff(a: Pair, b: Pair): boolean {
  const first = (a[0] ^ b[0]) >>> 0;
  const second = (a[1] ^ b[1]) >>> 0;
  return (first === 0 && isPowerOfTwo(second)) || (second === 0 && isPowerOfTwo(first));
}

/**
 * Whether turning back one bit of what was summed, or of the sum that is written, makes the two fit. The checksum is linear: a
 * change of a word reaches the end as itself times a number that its place alone decides, and those are Fibonacci's.
 */
function isOneBitFrom(words: Uint32Array, written: Pair, found: Pair): boolean {
  if (isOneBitOff(written, found)) return true;
  const wanted: Pair = [(written[0] - found[0]) >>> 0, (written[1] - found[1]) >>> 0];
  let [first, second] = [0, 1];
  for (let at = words.length - 1; at >= 0; at -= 1) {
    for (let bit = 0; bit < WORD_BITS; bit += 1) {
      const mask = (1 << bit) >>> 0;
      // Turned back, a bit that is set takes its weight away, and one that is not adds it.
      const change = (((words[at] ?? 0) & mask) === 0 ? mask : -mask) | 0;
      if (isSamePair([Math.imul(first, change) >>> 0, Math.imul(second, change) >>> 0], wanted)) return true;
    }
    [first, second] = [second, (first + second) >>> 0];
  }
  return false;
}

/**
 * Reads a log's header.
 * @param pageBytes the page size that the database itself names: where the header's own is damaged, frames are still found.
 * @returns undefined where it is cut short or is no header of a log at all.
 */
export function readWalHeader(bytes: Uint8Array, pageBytes: number | undefined): WalHeader | undefined {
  if (bytes.length < WAL_HEADER_BYTES) return undefined;
  const view = viewOf(bytes);
  // The magic may be what is damaged: its last bit tells the order of bytes, so both are tried.
  const tries = [true, false].map((isLittle) => {
    const words = wordsOf(view, 0, CHECKED_WAL_HEADER_BYTES, isLittle);
    const written = pairAt(view, CHECKED_WAL_HEADER_BYTES);
    const found = checksumOver(words, [0, 0]);
    const state = isSamePair(written, found) ? 'sound' : isOneBitFrom(words, written, found) ? 'flipped' : 'broken';
    return { isLittle, state } as const;
  });
  const magic = view.getUint32(0);
  const told = tries[magic === MAGIC ? 0 : 1];
  const fitting = told?.state === 'sound' ? told : (tries.find(({ state }) => state !== 'broken') ?? tries[0]);
  if (fitting === undefined) return undefined;
  const named = view.getUint32(8);
  const isSize = isPowerOfTwo(named) && named >= PAGE_BYTES_MIN && named <= PAGE_BYTES_MAX;
  const isSound = fitting.state === 'sound';
  const size = isSound && isSize ? named : (pageBytes ?? (isSize ? named : undefined));
  if (size === undefined) return undefined;
  const isKnown = magic === MAGIC || magic === MAGIC + 1;
  return {
    pageBytes: size,
    salts: pairAt(view, 16),
    isLittle: fitting.isLittle,
    checksum: pairAt(view, CHECKED_WAL_HEADER_BYTES),
    state: isSound && !isKnown ? 'broken' : fitting.state,
  };
}

/** Reads what a frame says of itself, and sums nothing up: of a log of 64 MB most is room. */
export function readFrameHead(bytes: Uint8Array): FrameHead {
  const view = viewOf(bytes);
  return { commits: view.getUint32(4) !== 0, salts: pairAt(view, 8) };
}

/** Reads a frame whose checksum goes on from `before`. */
export function readFrame(bytes: Uint8Array, header: WalHeader, before: Pair): Frame {
  const view = viewOf(bytes);
  const words = frameWords(bytes, header);
  return {
    ...readFrameHead(bytes),
    written: pairAt(view, 16),
    found: checksumOver(words, before),
  };
}

function frameWords(bytes: Uint8Array, { isLittle, pageBytes }: WalHeader): Uint32Array {
  const view = viewOf(bytes);
  const words = new Uint32Array((CHECKED_FRAME_HEADER_BYTES + pageBytes) / 4);
  words.set(wordsOf(view, 0, CHECKED_FRAME_HEADER_BYTES, isLittle));
  words.set(wordsOf(view, FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + pageBytes, isLittle), 2);
  return words;
}

/** Whether a frame would be sound but for one bit: a flipped bit does that, a write that was cut short does not. */
export const isFlipped = (bytes: Uint8Array, header: WalHeader, { written, found }: Frame): boolean =>
  isOneBitFrom(frameWords(bytes, header), written, found);
