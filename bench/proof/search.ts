// bench/proof/search.ts: looks for values in bytes, in every spelling an unkeyed computation gives.
import { createHash } from 'node:crypto';

/** Shorter values are found by chance. */
const CHARS_MIN = 7;

/** A value in a spelling. */
export interface Needle {
  readonly spelling: string;
  readonly bytes: Buffer;
}

/** Base64 of a value in the middle of a longer one: three alignments, less the characters that its neighbours decide. */
function base64Inside(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const start = before === 0 ? 0 : before + 1;
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    return text.slice(start, whole);
  });
}

/** All spellings that are searched of one value. */
export function needlesOf(value: string): Needle[] {
  if (value.length < CHARS_MIN) throw new RangeError('a marker is long enough not to be found by chance');
  const needles: Needle[] = [];
  const add = (spelling: string, bytes: Buffer | string): void => {
    const found = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    if (!needles.some((needle) => needle.bytes.equals(found))) needles.push({ spelling, bytes: found });
  };
  for (const [name, text] of [
    ['', value],
    ['lower ', value.toLowerCase()],
    ['upper ', value.toUpperCase()],
  ] as const) {
    const bytes = Buffer.from(text);
    add(`${name}raw`, bytes);
    add(`${name}url`, encodeURIComponent(text));
    add(`${name}hex`, bytes.toString('hex'));
    add(`${name}hex upper`, bytes.toString('hex').toUpperCase());
    add(`${name}utf-16`, Buffer.from(text, 'utf16le'));
    for (const part of base64Inside(bytes)) {
      add(`${name}base64`, part);
      add(`${name}base64url`, part.replaceAll('+', '-').replaceAll('/', '_'));
    }
    for (const algorithm of ['md5', 'sha1', 'sha256']) {
      const digest = createHash(algorithm).update(text).digest();
      add(`${name}${algorithm}`, digest);
      add(`${name}${algorithm} hex`, digest.toString('hex'));
      add(`${name}${algorithm} base64`, digest.toString('base64').replaceAll('=', ''));
    }
  }
  return needles;
}

/** Bytes under a name. */
export interface Haystack {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A value that was found. */
export interface Hit {
  readonly marker: string;
  readonly spelling: string;
  readonly file: string;
}

// Needles share their first four bytes rarely, so one pass over a file asks for each position whether any begins there.
const KEY_BYTES = 4;
/** Bits of a start that are asked first: most positions end there, without a look into the map. */
const SIEVE_BITS = 22;
const sieved = (start: number): number => Math.imul(start, 0x9e3779b1) >>> (32 - SIEVE_BITS);

/** Searches all needles in one pass over each file. */
export function searchAll(
  files: readonly Haystack[],
  wanted: readonly { readonly marker: string; readonly value: string }[],
): Hit[] {
  const byStart = new Map<number, { readonly marker: string; readonly needle: Needle }[]>();
  const sieve = new Uint8Array(2 ** SIEVE_BITS);
  for (const { marker, value } of wanted) {
    for (const needle of needlesOf(value)) {
      const start = needle.bytes.readUInt32BE(0);
      const list = byStart.get(start) ?? [];
      list.push({ marker, needle });
      byStart.set(start, list);
      sieve[sieved(start)] = 1;
    }
  }
  const hits: Hit[] = [];
  for (const { name, bytes } of files) {
    for (let at = 0; at + KEY_BYTES <= bytes.length; at++) {
      const start = bytes.readUInt32BE(at);
      const candidates = sieve[sieved(start)] === 0 ? undefined : byStart.get(start);
      if (candidates === undefined) continue;
      for (const { marker, needle } of candidates) {
        if (bytes.subarray(at, at + needle.bytes.length).equals(needle.bytes)) {
          hits.push({ marker, spelling: needle.spelling, file: name });
        }
      }
    }
  }
  return hits;
}
