// core/siphash.ts: SipHash-2-4, a keyed hash for tables in memory: a stranger can neither guess nor invert its values without the
// key, at a tenth of what an HMAC costs (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012).

/** Bytes of a key. */
export const SIPHASH_KEY_BYTES = 16;

/** State and sum in 32-bit halves, low first: v0, v1, v2, v3. One message is hashed at a time, so all share it. */
const v = new Int32Array(8);

/** v[a] += v[b] as 64-bit numbers; `a` and `b` are places of low halves. */
function add(a: number, b: number): void {
  const low = ((v[a] ?? 0) >>> 0) + ((v[b] ?? 0) >>> 0);
  v[a] = low;
  v[a + 1] = (v[a + 1] ?? 0) + (v[b + 1] ?? 0) + (low > 0xffffffff ? 1 : 0);
}

/** v[a] = rotl(v[a], bits) ^ v[b], for fewer than 32 bits. */
function turn(a: number, bits: number, b: number): void {
  const low = v[a] ?? 0;
  const high = v[a + 1] ?? 0;
  v[a] = ((low << bits) | (high >>> (32 - bits))) ^ (v[b] ?? 0);
  v[a + 1] = ((high << bits) | (low >>> (32 - bits))) ^ (v[b + 1] ?? 0);
}

/** v[a] = rotl(v[a], 32). */
function swap(a: number): void {
  const low = v[a] ?? 0;
  v[a] = v[a + 1] ?? 0;
  v[a + 1] = low;
}

function rounds(count: number): void {
  for (let round = 0; round < count; round += 1) {
    add(0, 2);
    turn(2, 13, 0);
    swap(0);
    add(4, 6);
    turn(6, 16, 4);
    add(0, 6);
    turn(6, 21, 0);
    add(4, 2);
    turn(2, 17, 4);
    swap(4);
  }
}

function absorb(low: number, high: number): void {
  v[6] = (v[6] ?? 0) ^ low;
  v[7] = (v[7] ?? 0) ^ high;
  rounds(2);
  v[0] = (v[0] ?? 0) ^ low;
  v[1] = (v[1] ?? 0) ^ high;
}

const wordOf = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);

/**
 * Hashes a message under a key of {@link SIPHASH_KEY_BYTES} bytes.
 * @returns the low and the high 32 bits of the 64-bit value, unsigned.
 */
export function sipHash(key: Uint8Array, message: Uint8Array): readonly [low: number, high: number] {
  const [k0, k1, k2, k3] = [wordOf(key, 0), wordOf(key, 4), wordOf(key, 8), wordOf(key, 12)];
  v[0] = k0 ^ 0x70736575;
  v[1] = k1 ^ 0x736f6d65;
  v[2] = k2 ^ 0x6e646f6d;
  v[3] = k3 ^ 0x646f7261;
  v[4] = k0 ^ 0x6e657261;
  v[5] = k1 ^ 0x6c796765;
  v[6] = k2 ^ 0x79746573;
  v[7] = k3 ^ 0x74656462;
  const whole = message.length - (message.length % 8);
  for (let at = 0; at < whole; at += 8) absorb(wordOf(message, at), wordOf(message, at + 4));
  // What is left over, and the message's length in the last byte.
  absorb(wordOf(message, whole), (wordOf(message, whole + 4) & 0xffffff) | (message.length << 24));
  v[4] = (v[4] ?? 0) ^ 0xff;
  rounds(4);
  const low = (v[0] ?? 0) ^ (v[2] ?? 0) ^ (v[4] ?? 0) ^ (v[6] ?? 0);
  const high = (v[1] ?? 0) ^ (v[3] ?? 0) ^ (v[5] ?? 0) ^ (v[7] ?? 0);
  return [low >>> 0, high >>> 0];
}
