// core/siphash.test.ts: the hash is SipHash-2-4, by its authors' own vectors.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIPHASH_KEY_BYTES, sipHash } from './siphash.ts';

/** The same by the paper's definition, in 64-bit arithmetic. */
function byDefinition(key: Uint8Array, message: Uint8Array): bigint {
  const u64 = (n: bigint): bigint => BigInt.asUintN(64, n);
  const rotl = (n: bigint, bits: bigint): bigint => u64((n << bits) | (n >> (64n - bits)));
  const word = (bytes: Uint8Array, at: number): bigint =>
    Array.from({ length: 8 }, (_, n) => BigInt(bytes[at + n] ?? 0) << BigInt(8 * n)).reduce((a, b) => a | b);
  let [v0, v1] = [word(key, 0) ^ 0x736f6d6570736575n, word(key, 8) ^ 0x646f72616e646f6dn];
  let [v2, v3] = [word(key, 0) ^ 0x6c7967656e657261n, word(key, 8) ^ 0x7465646279746573n];
  const rounds = (count: number): void => {
    for (let round = 0; round < count; round += 1) {
      v0 = u64(v0 + v1);
      v1 = rotl(v1, 13n) ^ v0;
      v0 = rotl(v0, 32n);
      v2 = u64(v2 + v3);
      v3 = rotl(v3, 16n) ^ v2;
      v0 = u64(v0 + v3);
      v3 = rotl(v3, 21n) ^ v0;
      v2 = u64(v2 + v1);
      v1 = rotl(v1, 17n) ^ v2;
      v2 = rotl(v2, 32n);
    }
  };
  const whole = message.length - (message.length % 8);
  const words = Array.from({ length: whole / 8 }, (_, n) => word(message, n * 8));
  const last = word(message.subarray(whole), 0) | (BigInt(message.length & 255) << 56n);
  for (const m of [...words, last]) {
    v3 ^= m;
    rounds(2);
    v0 ^= m;
  }
  v2 ^= 0xffn;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

const KEY = Uint8Array.from({ length: SIPHASH_KEY_BYTES }, (_, n) => n);
const valueOf = (key: Uint8Array, message: Uint8Array): bigint => {
  const [low, high] = sipHash(key, message);
  return (BigInt(high) << 32n) | BigInt(low);
};

describe('SipHash-2-4', () => {
  it('gives the value of the paper’s appendix A', () => {
    const message = Uint8Array.from({ length: 15 }, (_, n) => n);
    expect(valueOf(KEY, message)).toBe(0xa129ca6149be45e5n);
  });

  it('is what the paper defines, for every key and message', () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(SIPHASH_KEY_BYTES), fc.uint8Array({ maxLength: 300 }), (key, message) => {
        expect(valueOf(key, message)).toBe(byDefinition(key, message));
      }),
    );
  });
});
